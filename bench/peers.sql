-- peers.sql: what connect is measured against, each on tables of its own that have the columns, keys
-- and indexes which the job needs, and no check.
--   floor    raw statements: no rule is checked, nobody is asked who they are
--   answered the same, whose answers are documents
--   twin     connect written in PL/pgSQL: same rules for every writer, same event, same documents
--   lean     the same for callers of its functions alone, as a good engineer writes it
--   machine  a state machine in triggers, as people commonly write it
--   app      the application's way: rules in the program, statements one by one

CREATE FUNCTION pg_temp.copy_store(schema_name name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE SCHEMA %1$I;
        CREATE TABLE %1$I.connection (LIKE connect.connection INCLUDING ALL EXCLUDING CONSTRAINTS) WITH (fillfactor = 90);
        ALTER TABLE %1$I.connection ADD FOREIGN KEY (source_organization_id) REFERENCES connect.organization,
            ADD FOREIGN KEY (destination_organization_id) REFERENCES connect.organization,
            ALTER created_at SET DEFAULT now(), ALTER updated_at SET DEFAULT now();
        CREATE TABLE %1$I.event (LIKE connect.event INCLUDING ALL EXCLUDING CONSTRAINTS);
        -- what connect computes, the others store as it comes
        ALTER TABLE %1$I.event ALTER subject_type SET DEFAULT ''connection'', ALTER position SET DEFAULT pg_current_xact_id(),
            ALTER seal SET DEFAULT sha256(''seal''), ALTER personal_salt SET DEFAULT ''\x00112233445566778899aabbccddeeff'',
            ALTER personal_digest SET DEFAULT sha256(''digest''), ALTER created_at SET DEFAULT now()', schema_name);
END $$;
SELECT pg_temp.copy_store('floor'), pg_temp.copy_store('answered'), pg_temp.copy_store('twin'), pg_temp.copy_store('lean'), pg_temp.copy_store('machine'), pg_temp.copy_store('app');

-- twin
CREATE TABLE twin.rule AS SELECT * FROM connect.transition_rules();

CREATE FUNCTION twin.me() RETURNS text LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN (SELECT organization_id FROM connect.organization_role WHERE role_name = session_user);
END $$;

CREATE FUNCTION twin.guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    me text := twin.me();
    action_taken text;
BEGIN
    IF me IS NULL THEN
        RAISE EXCEPTION 'must be authenticated';
    END IF;
    IF TG_OP = 'INSERT' THEN
        IF new.source_organization_id <> me OR new.status <> 'pending' THEN
            RAISE EXCEPTION 'organization may not take this action';
        END IF;
        new.created_at := now();
        new.updated_at := now();
    ELSE
        IF me NOT IN (old.source_organization_id, old.destination_organization_id) THEN
            RAISE EXCEPTION 'connection not found';
        END IF;
        IF (new.id, new.source_organization_id, new.destination_organization_id, new.created_at)
            IS DISTINCT FROM (old.id, old.source_organization_id, old.destination_organization_id, old.created_at) THEN
            RAISE EXCEPTION 'connection identity cannot be changed';
        END IF;
        IF new.status <> old.status THEN
            SELECT r.action INTO action_taken FROM twin.rule AS r
            WHERE r.from_status = old.status AND r.to_status = new.status AND r.action IN ('activate', 'deactivate', 'reactivate')
                AND me = CASE r.party WHEN 'source' THEN old.source_organization_id ELSE old.destination_organization_id END;
            IF action_taken IS NULL THEN
                RAISE EXCEPTION 'connection cannot be changed this way';
            END IF;
        END IF;
        new.updated_at := now();
    END IF;
    IF length(new.name) > 255 THEN
        RAISE EXCEPTION 'name is too long';
    END IF;
    IF TG_OP = 'INSERT' OR new.scopes <> old.scopes THEN
        IF EXISTS (SELECT FROM unnest(new.scopes) AS s WHERE NOT EXISTS (SELECT FROM connect.scope AS k WHERE k.name = s)) THEN
            RAISE EXCEPTION 'scope is unknown';
        END IF;
    END IF;
    RETURN new;
END $$;
CREATE TRIGGER guard BEFORE INSERT OR UPDATE ON twin.connection FOR EACH ROW EXECUTE FUNCTION twin.guard();

CREATE FUNCTION twin.record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    INSERT INTO twin.event (id, subject_id, connection_id, source_organization_id, destination_organization_id, action,
        from_status, to_status, name, scopes, actor_organization_id, actor_id, actor_type)
    VALUES ('evt_' || gen_random_uuid(), new.id, new.id, new.source_organization_id, new.destination_organization_id,
        CASE WHEN TG_OP = 'INSERT' THEN 'create' WHEN new.status = 'active' THEN 'activate'
            WHEN new.status = 'inactive' THEN 'deactivate' ELSE 'reactivate' END,
        CASE WHEN TG_OP = 'UPDATE' THEN old.status END, new.status, new.name, new.scopes, twin.me(), session_user, 'role');
    RETURN NULL;
END $$;
CREATE TRIGGER record AFTER INSERT OR UPDATE ON twin.connection FOR EACH ROW EXECUTE FUNCTION twin.record();

CREATE FUNCTION twin.document(c twin.connection, me text) RETURNS jsonb LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN jsonb_build_object('type', 'connect/connection', 'id', c.id,
        'attributes', jsonb_build_object('token', c.id, 'name', c.name, 'status', c.status,
            'organization-id', c.source_organization_id, 'source-organization-id', c.source_organization_id,
            'destination-organization-id', c.destination_organization_id, 'scopes', to_jsonb(c.scopes),
            'creator-id', c.creator_id, 'creator-type', c.creator_type,
            'created-at', to_char(c.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
            'updated-at', to_char(c.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')),
        'links', jsonb_build_object('self', '/api/v1/connect/connections/' || c.id),
        'meta', jsonb_build_object('direction', CASE me WHEN c.source_organization_id THEN 'outbound' ELSE 'inbound' END,
            'allowed-actions', (SELECT coalesce(jsonb_agg(DISTINCT r.action ORDER BY r.action), '[]') FROM twin.rule AS r
                WHERE r.from_status = c.status AND r.action <> 'widen'
                    AND me = CASE r.party WHEN 'source' THEN c.source_organization_id ELSE c.destination_organization_id END)));
END $$;

CREATE FUNCTION twin.create_connection(destination text, connection_name text = NULL, wanted text[] = NULL)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    me text := twin.me();
    made twin.connection;
BEGIN
    IF NOT EXISTS (SELECT FROM connect.organization WHERE id = destination) THEN
        RAISE EXCEPTION 'organization is unknown';
    END IF;
    INSERT INTO twin.connection (id, source_organization_id, destination_organization_id, name, scopes, creator_id, creator_type)
    VALUES ('cxn_' || gen_random_uuid(), me, destination, connection_name,
        coalesce(wanted, (SELECT array_agg(s.name ORDER BY s.name) FROM connect.scope AS s WHERE s.is_default)), session_user, 'role')
    ON CONFLICT (source_organization_id, destination_organization_id) DO NOTHING RETURNING * INTO made;
    IF made IS NULL THEN
        RAISE unique_violation USING MESSAGE = 'connection already exists';
    END IF;
    RETURN jsonb_build_object('data', twin.document(made, me));
END $$;

CREATE FUNCTION twin.move_connection(connection_id text, wanted connect.connection_status)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    me text := twin.me();
    moved twin.connection;
BEGIN
    SELECT * INTO moved FROM twin.connection WHERE id = connection_id FOR UPDATE;
    IF NOT FOUND OR me NOT IN (moved.source_organization_id, moved.destination_organization_id) THEN
        RAISE EXCEPTION 'connection not found';
    END IF;
    IF moved.status = wanted THEN
        RAISE EXCEPTION 'connection is in that state';
    END IF;
    UPDATE twin.connection SET status = wanted WHERE id = connection_id RETURNING * INTO moved;
    RETURN jsonb_build_object('data', twin.document(moved, me));
END $$;

CREATE FUNCTION twin.get_connection(connection_id text) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    me text := twin.me();
    found_one twin.connection;
BEGIN
    SELECT * INTO found_one FROM twin.connection
    WHERE id = connection_id AND me IN (source_organization_id, destination_organization_id);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'connection not found';
    END IF;
    RETURN jsonb_build_object('data', twin.document(found_one, me));
END $$;

CREATE FUNCTION twin.list_connections(page_size int) RETURNS jsonb LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
DECLARE
    me text := twin.me();
BEGIN
    RETURN jsonb_build_object('data', (SELECT coalesce(jsonb_agg(twin.document(c, me)), '[]') FROM (
        SELECT * FROM twin.connection WHERE source_organization_id = me ORDER BY id DESC LIMIT page_size) AS c));
END $$;

CREATE FUNCTION twin.is_allowed(source text, destination text, scope text) RETURNS boolean LANGUAGE plpgsql STABLE SECURITY DEFINER AS $$
BEGIN
    RETURN EXISTS (SELECT FROM connect.connection AS c WHERE c.source_organization_id = source
        AND c.destination_organization_id = destination AND c.status = 'active' AND scope = ANY (c.scopes));
END $$;

-- lean: who may write at all may only call these, so that no trigger is needed; rules in WHERE and CASE
CREATE FUNCTION lean.create_connection(destination text, connection_name text = NULL, wanted text[] = NULL)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    me text;
    made lean.connection;
BEGIN
    SELECT organization_id INTO STRICT me FROM connect.organization_role WHERE role_name = session_user;
    IF length(connection_name) > 255 THEN
        RAISE EXCEPTION 'name is too long';
    END IF;
    SELECT array_agg(s.name ORDER BY s.name) INTO wanted FROM connect.scope AS s
    WHERE CASE WHEN wanted IS NULL THEN s.is_default ELSE s.name = ANY (wanted) END;
    INSERT INTO lean.connection (id, source_organization_id, destination_organization_id, name, scopes, creator_id, creator_type)
    VALUES ('cxn_' || gen_random_uuid(), me, destination, connection_name, wanted, session_user, 'role')
    ON CONFLICT (source_organization_id, destination_organization_id) DO NOTHING RETURNING * INTO made;
    IF made IS NULL THEN
        RAISE unique_violation USING MESSAGE = 'connection already exists';
    END IF;
    INSERT INTO lean.event (id, subject_id, connection_id, source_organization_id, destination_organization_id, action, to_status, name, scopes,
        actor_organization_id, actor_id, actor_type)
    VALUES ('evt_' || gen_random_uuid(), made.id, made.id, me, destination, 'create', 'pending', made.name, made.scopes, me, session_user, 'role');
    RETURN jsonb_build_object('data', lean.document(made, me));
END $$;

CREATE FUNCTION lean.move_connection(connection_id text, wanted connect.connection_status)
RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    me text;
    was connect.connection_status;
    moved lean.connection;
BEGIN
    SELECT organization_id INTO STRICT me FROM connect.organization_role WHERE role_name = session_user;
    SELECT c.status INTO was FROM lean.connection AS c
    WHERE c.id = connection_id AND me IN (c.source_organization_id, c.destination_organization_id) FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'connection not found';
    END IF;
    UPDATE lean.connection AS c SET status = wanted, updated_at = now() WHERE c.id = connection_id AND CASE wanted
        WHEN 'active' THEN was = 'pending' AND c.destination_organization_id = me
        WHEN 'inactive' THEN was <> 'inactive'
        ELSE was = 'inactive' AND c.source_organization_id = me END
    RETURNING * INTO moved;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'connection cannot be changed this way';
    END IF;
    INSERT INTO lean.event (id, subject_id, connection_id, source_organization_id, destination_organization_id, action, from_status, to_status, name,
        scopes, actor_organization_id, actor_id, actor_type)
    VALUES ('evt_' || gen_random_uuid(), moved.id, moved.id, moved.source_organization_id, moved.destination_organization_id, CASE wanted
        WHEN 'active' THEN 'activate' WHEN 'inactive' THEN 'deactivate' ELSE 'reactivate' END, was, wanted, moved.name, moved.scopes,
        me, session_user, 'role');
    RETURN jsonb_build_object('data', lean.document(moved, me));
END $$;

CREATE FUNCTION lean.document(c lean.connection, me text) RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT jsonb_build_object('type', 'connect/connection', 'id', c.id,
        'attributes', jsonb_build_object('token', c.id, 'name', c.name, 'status', c.status,
            'organization-id', c.source_organization_id, 'source-organization-id', c.source_organization_id,
            'destination-organization-id', c.destination_organization_id, 'scopes', to_jsonb(c.scopes),
            'creator-id', c.creator_id, 'creator-type', c.creator_type, 'created-at', c.created_at, 'updated-at', c.updated_at),
        'links', jsonb_build_object('self', '/api/v1/connect/connections/' || c.id),
        'meta', jsonb_build_object('direction', CASE me WHEN c.source_organization_id THEN 'outbound' ELSE 'inbound' END,
            'allowed-actions', CASE WHEN me = c.source_organization_id THEN CASE c.status WHEN 'inactive'
                THEN '["reactivate", "update"]'::jsonb ELSE '["deactivate", "update"]' END
            ELSE CASE c.status WHEN 'pending' THEN '["activate", "deactivate"]'::jsonb WHEN 'active' THEN '["deactivate"]'
                ELSE '[]' END END))
$$;

-- machine
CREATE TABLE machine.transition (from_status connect.connection_status, to_status connect.connection_status,
    PRIMARY KEY (from_status, to_status));
INSERT INTO machine.transition VALUES ('pending', 'active'), ('pending', 'inactive'), ('active', 'inactive'), ('inactive', 'pending');

CREATE FUNCTION machine.check_transition() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF new.status <> old.status AND NOT EXISTS (SELECT FROM machine.transition
        WHERE from_status = old.status AND to_status = new.status) THEN
        RAISE EXCEPTION 'invalid transition from % to %', old.status, new.status;
    END IF;
    new.updated_at := now();
    RETURN new;
END $$;
CREATE TRIGGER check_transition BEFORE UPDATE ON machine.connection FOR EACH ROW EXECUTE FUNCTION machine.check_transition();

CREATE FUNCTION machine.audit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO machine.event (id, subject_id, connection_id, source_organization_id, destination_organization_id, action,
        from_status, to_status, name, scopes, actor_id)
    VALUES ('evt_' || gen_random_uuid(), new.id, new.id, new.source_organization_id, new.destination_organization_id, TG_OP,
        CASE WHEN TG_OP = 'UPDATE' THEN old.status END, new.status, new.name, new.scopes, current_user);
    RETURN NULL;
END $$;
CREATE TRIGGER audit AFTER INSERT OR UPDATE ON machine.connection FOR EACH ROW EXECUTE FUNCTION machine.audit();
