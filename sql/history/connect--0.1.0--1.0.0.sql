\echo Use "ALTER EXTENSION connect UPDATE" to load this file. \quit
-- The trigger function of the gate, new in 1.0.0; create_store() puts it on the table.

CREATE FUNCTION connect.mark_pair() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_mark_pair'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.mark_pair() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.mark_pair() IS
'Marks in shared memory which pair of organizations a row is of, so that the gate asks for it again.
Refuses nothing; does nothing unless connect is in shared_preload_libraries.';
-- The store: what it consists of.
-- Its tables are ordinary ones, not members of the extension: members lose
-- policies, indexes and triggers of the DBA's in a dump while their grants stay.

CREATE OR REPLACE FUNCTION connect.store_definition()
RETURNS TABLE (step int, kind text, relation text, name text, statement text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $definition$
VALUES
(1, 'table', 'organization', 'organization', $$
CREATE TABLE connect.organization (
    id text COLLATE "C" CONSTRAINT organization_pkey PRIMARY KEY,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE connect.organization IS 'Organizations that may offer and accept Connections.';
COMMENT ON COLUMN connect.organization.id IS 'The id that a partner needs, for example org_ABC123.';
COMMENT ON COLUMN connect.organization.name IS 'What people call it.';
COMMENT ON COLUMN connect.organization.created_at IS 'When it was registered.';
ALTER TABLE connect.organization ENABLE ROW LEVEL SECURITY;
CREATE POLICY organization_self ON connect.organization FOR SELECT
    USING (id = (SELECT connect.current_organization_id()));
COMMENT ON POLICY organization_self ON connect.organization IS 'An organization sees itself.';
$$),

(2, 'table', 'scope', 'scope', $$
CREATE TABLE connect.scope (
    name text COLLATE "C" CONSTRAINT scope_pkey PRIMARY KEY
        CONSTRAINT scope_name_check CHECK (name ~ '^[A-Za-z0-9_.:-]{1,64}$'),
    description text NOT NULL,
    is_default boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE connect.scope IS 'The catalogue of kinds of data that a Connection can share; the DBA adds rows.';
COMMENT ON COLUMN connect.scope.name IS 'For example inquiry.read.';
COMMENT ON COLUMN connect.scope.description IS 'What sharing it means, for people.';
COMMENT ON COLUMN connect.scope.is_default IS 'Is it part of an offer that names no scopes?';
INSERT INTO connect.scope (name, description, is_default) VALUES
    ('account.read', 'Read the shared accounts.', true),
    ('inquiry.read', 'Read the shared inquiries.', true),
    ('verification.read', 'Read the shared verifications.', false);
ALTER TABLE connect.scope ENABLE ROW LEVEL SECURITY;
CREATE POLICY scope_all ON connect.scope FOR SELECT USING (true);
COMMENT ON POLICY scope_all ON connect.scope IS 'The catalogue is open to everybody who may read the table.';
$$),

-- No index mentions status or updated_at and a page keeps room, so that a
-- transition is a HOT update.
(3, 'table', 'connection', 'connection', $$
CREATE TABLE connect.connection (
    id text COLLATE "C" CONSTRAINT connection_pkey PRIMARY KEY,
    source_organization_id text COLLATE "C" NOT NULL
        CONSTRAINT connection_source_fkey REFERENCES connect.organization,
    destination_organization_id text COLLATE "C" NOT NULL
        CONSTRAINT connection_destination_fkey REFERENCES connect.organization,
    name text,
    status connect.connection_status NOT NULL DEFAULT 'pending',
    scopes text[] NOT NULL,
    creator_id text COLLATE "C",
    creator_type text COLLATE "C",
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    CONSTRAINT connection_pair_key UNIQUE (source_organization_id, destination_organization_id),
    CONSTRAINT connection_times_check CHECK (
        -- not BETWEEN: PostgreSQL would nest it, and dump another text after each restore
        created_at >= '0001-01-01 00:00:00+00' AND created_at <= '9999-12-31 00:00:00+00'
        AND updated_at >= '0001-01-01 00:00:00+00' AND updated_at <= '9999-12-31 00:00:00+00')
) WITH (fillfactor = 90);
CREATE INDEX connection_source_idx ON connect.connection (source_organization_id, id);
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id, id);
COMMENT ON TABLE connect.connection IS 'Connections: who shares which kinds of data with whom, and in which state that is.';
COMMENT ON COLUMN connect.connection.id IS 'TypeID, cxn_...; ascends in time.';
COMMENT ON COLUMN connect.connection.source_organization_id IS 'Who shares.';
COMMENT ON COLUMN connect.connection.destination_organization_id IS 'With whom.';
COMMENT ON COLUMN connect.connection.name IS 'What the source calls it; at most 255 characters.';
COMMENT ON COLUMN connect.connection.status IS 'Data may be shared while it is active.';
COMMENT ON COLUMN connect.connection.scopes IS 'Kinds of data, sorted, without duplicates.';
COMMENT ON COLUMN connect.connection.creator_id IS 'Who created it, in the source''s organization.';
COMMENT ON COLUMN connect.connection.creator_type IS 'What creator_id names: api-key, user, role.';
COMMENT ON COLUMN connect.connection.created_at IS 'When it was first offered.';
COMMENT ON COLUMN connect.connection.updated_at IS 'When name, status or scopes last changed.';
COMMENT ON INDEX connect.connection_source_idx IS 'Pages of outbound Connections.';
COMMENT ON INDEX connect.connection_destination_idx IS 'Pages of inbound Connections.';
ALTER TABLE connect.connection ENABLE ROW LEVEL SECURITY;
CREATE POLICY connection_parties_read ON connect.connection FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()));
CREATE POLICY connection_parties_change ON connect.connection FOR UPDATE
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()));
CREATE POLICY connection_source_create ON connect.connection FOR INSERT
    WITH CHECK (source_organization_id = (SELECT connect.current_organization_id()));
COMMENT ON POLICY connection_parties_read ON connect.connection IS 'Both parties see a Connection.';
COMMENT ON POLICY connection_parties_change ON connect.connection IS 'Both parties may change it, as far as the guard allows.';
COMMENT ON POLICY connection_source_create ON connect.connection IS 'Whoever creates a Connection is its source.';
$$),

(4, 'table', 'event', 'event', $$
CREATE TABLE connect.event (
    id text COLLATE "C" CONSTRAINT event_pkey PRIMARY KEY,
    connection_id text COLLATE "C" NOT NULL
        CONSTRAINT event_connection_fkey REFERENCES connect.connection,
    source_organization_id text COLLATE "C" NOT NULL,
    destination_organization_id text COLLATE "C" NOT NULL,
    action text COLLATE "C" NOT NULL,
    from_status connect.connection_status,
    to_status connect.connection_status NOT NULL,
    name text,
    scopes text[] NOT NULL,
    actor_organization_id text COLLATE "C",
    actor_id text COLLATE "C",
    actor_type text COLLATE "C",
    reason text,
    request_id text COLLATE "C",
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX event_connection_idx ON connect.event (connection_id, id);
CREATE INDEX event_source_idx ON connect.event (source_organization_id, id);
CREATE INDEX event_destination_idx ON connect.event (destination_organization_id, id);
CREATE INDEX event_outbox_idx ON connect.event (transaction_id, id);
COMMENT ON TABLE connect.event IS 'History of all Connections and outbox in one: a row for each change, never changed itself.
An outbox reader takes rows with transaction_id < pg_snapshot_xmin(pg_current_snapshot()) ordered by (transaction_id, id), and misses none.';
COMMENT ON COLUMN connect.event.id IS 'TypeID, evt_...; ascends in time.';
COMMENT ON COLUMN connect.event.connection_id IS 'What changed.';
COMMENT ON COLUMN connect.event.source_organization_id IS 'Copied from the Connection.';
COMMENT ON COLUMN connect.event.destination_organization_id IS 'Copied from the Connection.';
COMMENT ON COLUMN connect.event.action IS 'An action of connect.transition_rules().';
COMMENT ON COLUMN connect.event.from_status IS 'The state before; null for create.';
COMMENT ON COLUMN connect.event.to_status IS 'The state after.';
COMMENT ON COLUMN connect.event.name IS 'The name after.';
COMMENT ON COLUMN connect.event.scopes IS 'The scopes after.';
COMMENT ON COLUMN connect.event.actor_organization_id IS 'Who did it; null for the store''s owner.';
COMMENT ON COLUMN connect.event.actor_id IS 'Who in that organization did it.';
COMMENT ON COLUMN connect.event.actor_type IS 'What actor_id names: api-key, user, role.';
COMMENT ON COLUMN connect.event.reason IS 'Why; at most 1000 characters.';
COMMENT ON COLUMN connect.event.request_id IS 'The HTTP request that did it.';
COMMENT ON COLUMN connect.event.transaction_id IS 'The transaction that did it, for outbox readers.';
COMMENT ON COLUMN connect.event.created_at IS 'When that transaction began.';
COMMENT ON INDEX connect.event_connection_idx IS 'The history of one Connection.';
COMMENT ON INDEX connect.event_source_idx IS 'Pages of events of outbound Connections.';
COMMENT ON INDEX connect.event_destination_idx IS 'Pages of events of inbound Connections.';
COMMENT ON INDEX connect.event_outbox_idx IS 'Outbox readers.';
ALTER TABLE connect.event ENABLE ROW LEVEL SECURITY;
CREATE POLICY event_parties_read ON connect.event FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()));
COMMENT ON POLICY event_parties_read ON connect.event IS 'Both parties see the history.';
$$),

(5, 'table', 'organization_role', 'organization_role', $$
CREATE TABLE connect.organization_role (
    role_name name CONSTRAINT organization_role_pkey PRIMARY KEY,
    organization_id text COLLATE "C" NOT NULL
        CONSTRAINT organization_role_organization_fkey REFERENCES connect.organization
);
COMMENT ON TABLE connect.organization_role IS 'Which organization a database role stands for; see connect.map_role().';
COMMENT ON COLUMN connect.organization_role.role_name IS 'The current role, by exact name.';
COMMENT ON COLUMN connect.organization_role.organization_id IS 'The organization that acts.';
ALTER TABLE connect.organization_role ENABLE ROW LEVEL SECURITY;
$$),

(6, 'table', 'gateway_role', 'gateway_role', $$
CREATE TABLE connect.gateway_role (
    role_name name CONSTRAINT gateway_role_pkey PRIMARY KEY
);
COMMENT ON TABLE connect.gateway_role IS 'Logins whose word on the acting organization counts; see connect.trust_gateway().';
COMMENT ON COLUMN connect.gateway_role.role_name IS 'The login (session_user), by exact name.';
ALTER TABLE connect.gateway_role ENABLE ROW LEVEL SECURITY;
$$),

(7, 'table', 'api_key', 'api_key', $$
CREATE TABLE connect.api_key (
    id text COLLATE "C" CONSTRAINT api_key_pkey PRIMARY KEY,
    organization_id text COLLATE "C" NOT NULL
        CONSTRAINT api_key_organization_fkey REFERENCES connect.organization,
    name text NOT NULL,
    secret_sha256 bytea NOT NULL CONSTRAINT api_key_secret_sha256_key UNIQUE,
    permissions text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE connect.api_key IS 'API keys; see connect.create_api_key().';
COMMENT ON COLUMN connect.api_key.id IS 'TypeID, api_...; no secret.';
COMMENT ON COLUMN connect.api_key.organization_id IS 'For whom the key acts.';
COMMENT ON COLUMN connect.api_key.name IS 'What people call it.';
COMMENT ON COLUMN connect.api_key.secret_sha256 IS 'SHA-256 of the secret, which is kept nowhere.';
COMMENT ON COLUMN connect.api_key.permissions IS 'A non-empty subset of {read,write}.';
COMMENT ON COLUMN connect.api_key.created_at IS 'When it was made.';
COMMENT ON COLUMN connect.api_key.expires_at IS 'From when on it is void; null for never.';
COMMENT ON COLUMN connect.api_key.revoked_at IS 'When it was revoked.';
ALTER TABLE connect.api_key ENABLE ROW LEVEL SECURITY;
$$),

(8, 'table', 'idempotency', 'idempotency', $$
CREATE TABLE connect.idempotency (
    organization_id text COLLATE "C" NOT NULL
        CONSTRAINT idempotency_organization_fkey REFERENCES connect.organization,
    key text COLLATE "C" NOT NULL,
    request_sha256 bytea NOT NULL,
    status int NOT NULL,
    headers text NOT NULL,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT idempotency_pkey PRIMARY KEY (organization_id, key)
);
CREATE INDEX idempotency_created_at_idx ON connect.idempotency (created_at);
COMMENT ON TABLE connect.idempotency IS 'First answers to requests with an Idempotency-Key; see connect.prune_idempotency().';
COMMENT ON COLUMN connect.idempotency.organization_id IS 'Whose request it was.';
COMMENT ON COLUMN connect.idempotency.key IS 'The Idempotency-Key.';
COMMENT ON COLUMN connect.idempotency.request_sha256 IS 'SHA-256 of method, path, query and body.';
COMMENT ON COLUMN connect.idempotency.status IS 'The HTTP status answered.';
COMMENT ON COLUMN connect.idempotency.headers IS 'The Location answered, or empty.';
COMMENT ON COLUMN connect.idempotency.body IS 'The body answered.';
COMMENT ON COLUMN connect.idempotency.created_at IS 'When it was answered.';
COMMENT ON INDEX connect.idempotency_created_at_idx IS 'connect.prune_idempotency().';
ALTER TABLE connect.idempotency ENABLE ROW LEVEL SECURITY;
$$),

-- The pattern is ^[A-Za-z0-9_-]{1,64}$. Matched as that it would be a quarter of what a transition
-- costs, since the bounded repetition is a state for each character.
-- As pg_get_constraintdef() has it, by which upgrade_store() knows an older one.
(10, 'constraint', 'organization', 'organization_id_check', $$
ALTER TABLE connect.organization ADD CONSTRAINT organization_id_check
    CHECK (((octet_length(id) <= 64) AND (id ~ '^[A-Za-z0-9_-]+$'::text)));
COMMENT ON CONSTRAINT organization_id_check ON connect.organization IS 'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.';
$$),
(11, 'constraint', 'connection', 'connection_id_check', $$
ALTER TABLE connect.connection ADD CONSTRAINT connection_id_check
    CHECK (((octet_length(id) <= 64) AND (id ~ '^[A-Za-z0-9_-]+$'::text)));
COMMENT ON CONSTRAINT connection_id_check ON connect.connection IS 'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.';
$$),

-- Options of earlier versions, which upgrade_store() changes where they still stand.
(15, 'option', 'connection', 'fillfactor=85', $$
ALTER TABLE connect.connection SET (fillfactor = 90);
$$),

-- Triggers fire by name. The guard comes last, to see what the DBA's own BEFORE
-- triggers made of a row; the event is written first, so that a change which a
-- DBA's AFTER trigger makes in turn stands behind it in the history.
(20, 'trigger', 'connection', 'zz_guard_connection', $$
CREATE TRIGGER zz_guard_connection BEFORE INSERT OR UPDATE OR DELETE ON connect.connection
    FOR EACH ROW EXECUTE FUNCTION connect.guard_connection();
COMMENT ON TRIGGER zz_guard_connection ON connect.connection IS 'Fills in and checks rows; refuses DELETE.';
$$),
(21, 'trigger', 'connection', 'aa_record_event', $$
CREATE TRIGGER aa_record_event AFTER INSERT OR UPDATE ON connect.connection
    FOR EACH ROW EXECUTE FUNCTION connect.record_event();
COMMENT ON TRIGGER aa_record_event ON connect.connection IS 'Checks stored rows again and writes their events.';
$$),
(22, 'trigger', 'connection', 'aa_refuse_truncate', $$
CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.connection
    FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_connection();
COMMENT ON TRIGGER aa_refuse_truncate ON connect.connection IS 'Refuses TRUNCATE.';
$$),
(23, 'trigger', 'event', 'zz_guard_event', $$
CREATE TRIGGER zz_guard_event BEFORE INSERT OR UPDATE OR DELETE ON connect.event
    FOR EACH ROW EXECUTE FUNCTION connect.guard_event();
COMMENT ON TRIGGER zz_guard_event ON connect.event IS 'Refuses every write but record_event()''s.';
$$),
(24, 'trigger', 'event', 'aa_refuse_truncate', $$
CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.event
    FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_event();
COMMENT ON TRIGGER aa_refuse_truncate ON connect.event IS 'Refuses TRUNCATE.';
$$),
(25, 'trigger', 'connection', 'zz_mark_pair', $$
CREATE TRIGGER zz_mark_pair AFTER INSERT OR UPDATE OR DELETE ON connect.connection
    FOR EACH ROW EXECUTE FUNCTION connect.mark_pair();
ALTER TABLE connect.connection ENABLE ALWAYS TRIGGER zz_mark_pair;
COMMENT ON TRIGGER zz_mark_pair ON connect.connection IS 'Tells the gate of changes, replicated ones too.';
$$)
$definition$;
REVOKE ALL ON FUNCTION connect.store_definition() FROM PUBLIC;  -- for create_store() and its like
COMMENT ON FUNCTION connect.store_definition() IS
'Lists the statements that make the store, in order: a table, constraint or trigger each, and options that replace those of earlier versions.
create_store() runs all but the options, upgrade_store() those whose object is missing or another; check_setup() looks for its tables and triggers. Raises nothing.';
COMMENT ON FUNCTION connect.upgrade_store() IS
'Brings the store up to date after ALTER EXTENSION connect UPDATE; may be repeated.
Makes the tables, constraints and triggers that the present definition has and the store lacks, and replaces what has changed. The caller must own the tables. Raises store_missing (55000), 42501.';
