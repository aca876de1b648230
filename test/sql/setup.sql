-- What every other test starts from: extension, store, three organizations and
-- the roles that stand for them. Runs first; each other test needs it alone.
SET client_min_messages = warning;
\set VERBOSITY default
\set SHOW_CONTEXT never

-- Roles outlive the database, so an earlier run may have left them.
DO $$
DECLARE
    r name;
BEGIN
    FOREACH r IN ARRAY ARRAY['regress_connect_owner', 'regress_connect_source', 'regress_connect_destination',
        'regress_connect_third', 'regress_connect_nobody', 'regress_connect_gateway',
        'regress_connect_stranger'] LOOP
        IF to_regrole(quote_ident(r)) IS NULL THEN
            EXECUTE format('CREATE ROLE %I', r);
        END IF;
    END LOOP;
END $$;

CREATE EXTENSION connect;
-- a role that owns the tables and nothing else
GRANT USAGE, CREATE ON SCHEMA connect TO regress_connect_owner;
GRANT EXECUTE ON FUNCTION connect.create_store() TO regress_connect_owner;
SET SESSION AUTHORIZATION regress_connect_owner;
SELECT connect.create_store();
RESET SESSION AUTHORIZATION;

SELECT connect.grant_usage(r)
FROM unnest(ARRAY['regress_connect_source', 'regress_connect_destination', 'regress_connect_third',
    'regress_connect_nobody', 'regress_connect_gateway']::name[]) AS r;

-- Helpers. Connections are for ever, so a test begins by taking them away as
-- only a superuser can: with the triggers off.
CREATE SCHEMA test;
GRANT USAGE ON SCHEMA test TO PUBLIC;

CREATE PROCEDURE test.reset() LANGUAGE sql SECURITY DEFINER SET session_replication_role = replica AS $$
    DELETE FROM connect.event;
    DELETE FROM connect.share_token;
    DELETE FROM connect.share_kind;
    DELETE FROM connect.connection;
    DELETE FROM connect.idempotency;
    DELETE FROM connect.api_key;
    DELETE FROM connect.organization_role;
    DELETE FROM connect.gateway_role;
    DELETE FROM connect.organization;
    DELETE FROM connect.scope WHERE name NOT IN ('account.read', 'inquiry.read', 'verification.read');
    INSERT INTO connect.organization (id, name, created_at) VALUES
        ('org_ABC123', 'Acme', '2001-01-01 00:00:00+00'),
        ('org_DEF456', 'Delta', '2001-01-01 00:00:00+00'),
        ('org_GHI789', 'Third', '2001-01-01 00:00:00+00');
    SELECT connect.map_role('regress_connect_source', 'org_ABC123');
    SELECT connect.map_role('regress_connect_destination', 'org_DEF456');
    SELECT connect.map_role('regress_connect_third', 'org_GHI789');
    SELECT connect.trust_gateway('regress_connect_gateway');
$$;

-- A Connection as an import leaves it: any state, fixed times, no event.
CREATE PROCEDURE test.add(id text, status connect.connection_status = 'pending', name text = NULL,
    scopes text[] = '{account.read,inquiry.read}', source text = 'org_ABC123', destination text = 'org_DEF456')
LANGUAGE sql SECURITY DEFINER SET session_replication_role = replica AS $$
    INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, status,
        scopes, creator_id, creator_type, created_at, updated_at)
    VALUES (id, source, destination, name, status, scopes, 'usr_1', 'user',
        '2001-02-03 04:05:06.789012+00', '2001-02-03 04:05:06.789012+00');
$$;

-- A document without what differs from run to run.
CREATE FUNCTION test.doc(document jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT regexp_replace(regexp_replace(regexp_replace(jsonb_pretty(document),
        '(cxn|evt|api|cnst)_[0-9a-hjkmnp-tv-z]{26}', '\1_(new)', 'g'),
        '"20[1-9][0-9]-[^"]*Z"', '"(now)"', 'g'),
        '"position": "[0-9]+"', '"position": "(transaction)"', 'g');
$$;

-- The same in one line, for a Connection.
CREATE FUNCTION test.line(document jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT format('%s %s %s %s %s', a ->> 'status', a ->> 'scopes', coalesce(a ->> 'name', '-'),
        document #>> '{data,meta,direction}', document #>> '{data,meta,allowed-actions}')
    FROM (SELECT document #> '{data,attributes}') AS d (a);
$$;

-- Waits until the horizon has passed all events: some other transaction of the cluster, such as
-- autovacuum's, may hold it back for a moment.
CREATE PROCEDURE test.settle() LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    FOR i IN 1 .. 1000 LOOP
        EXIT WHEN NOT EXISTS (SELECT FROM connect.event WHERE position >= pg_snapshot_xmin(pg_current_snapshot()));
        PERFORM pg_sleep(0.01);
    END LOOP;
END $$;

-- Rows and history as the owner sees them, whoever asks.
CREATE FUNCTION test.rows() RETURNS TABLE (source text, destination text, status text, name text,
    scopes text[], creator text, touched boolean)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT source_organization_id, destination_organization_id, status, name, scopes,
        creator_type || ' ' || creator_id, updated_at <> '2001-02-03 04:05:06.789012+00'
    FROM connect.connection ORDER BY 1, 2;
$$;
CREATE FUNCTION test.events() RETURNS TABLE (action text, "from" text, "to" text, name text,
    scopes text[], actor text, actor_id text, actor_type text, reason text)
LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT action, from_status, to_status, name, scopes, actor_organization_id, actor_id, actor_type, reason
    FROM connect.event ORDER BY id;
$$;

-- All of a sound setup but the preload, which is the server's.
SELECT code, severity FROM connect.check_setup() WHERE code NOT IN ('not_preloaded', 'bypassrls_role', 'logs_parameters');
