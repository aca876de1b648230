\echo Use "CREATE EXTENSION connect" to load this file. \quit

-- Schemas and types. Plain CREATE: a schema that somebody planted is refused.

CREATE SCHEMA connect;
COMMENT ON SCHEMA connect IS 'Connections between organizations: functions of the extension, tables of create_store().';

CREATE SCHEMA connect_api;
COMMENT ON SCHEMA connect_api IS 'HTTP handlers that PostgREST calls behind nginx.';

CREATE TYPE connect.connection_status AS ENUM ('pending', 'active', 'inactive');
COMMENT ON TYPE connect.connection_status IS 'State of a Connection: offered, accepted, ended.';
-- The rule table of src/rules.c, as rows.

CREATE FUNCTION connect.transition_rules()
RETURNS TABLE (action text, from_status connect.connection_status,
               to_status connect.connection_status, party text)
AS 'MODULE_PATHNAME', 'connect_transition_rules'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 13;
REVOKE ALL ON FUNCTION connect.transition_rules() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.transition_rules() IS
'Lists who may take a Connection from which state to which.
13 rows, one per (action, from, to, party); from_status is null for create. Functions and triggers decide by this table and no other (design, section 1). Raises nothing.';
-- The trigger functions; create_store() puts them on the tables.

CREATE FUNCTION connect.guard_connection() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_connection'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_connection() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_connection() IS
'Fills in and checks every row written to connect.connection, and refuses DELETE and TRUNCATE.
Raises the errors of create_, activate_, deactivate_, reactivate_ and update_connection(), transition_not_allowed (PT409), and 23001 for a changed identity, a state other than pending at birth, DELETE and TRUNCATE.';

CREATE FUNCTION connect.record_event() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_record_event'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.record_event() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.record_event() IS
'Checks a stored change of connect.connection once more and writes its event.
A trigger that fires between the two may have rewritten the row. Raises what guard_connection() raises, and actor_too_long (PT422).';

CREATE FUNCTION connect.guard_event() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_event'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_event() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_event() IS
'Keeps connect.event append-only, and record_event() its only writer.
Raises 23001 for everything else.';
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

CREATE FUNCTION connect.store_definition()
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
-- The store: making it, bringing it up to date, checking it.

CREATE FUNCTION connect.create_store() RETURNS void
AS 'MODULE_PATHNAME', 'connect_create_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.create_store() FROM PUBLIC;  -- whoever calls it owns the store
COMMENT ON FUNCTION connect.create_store() IS
'Makes the store''s tables in schema connect, owned by the caller.
To be run once, best as a NOLOGIN role with USAGE and CREATE on schema connect. Raises 42P07 if there is a store, 55000 inside another extension''s script, 0A000 unless the database''s encoding is UTF8, 42501.';

CREATE FUNCTION connect.upgrade_store() RETURNS void
AS 'MODULE_PATHNAME', 'connect_upgrade_store'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.upgrade_store() FROM PUBLIC;  -- for the store's owner
COMMENT ON FUNCTION connect.upgrade_store() IS
'Brings the store up to date after ALTER EXTENSION connect UPDATE; may be repeated.
Makes the tables, constraints and triggers that the present definition has and the store lacks, and replaces what has changed. The caller must own the tables. Raises store_missing (55000), 42501.';

CREATE FUNCTION connect.check_setup()
RETURNS TABLE (code text, severity text, finding text, remedy text)
AS 'MODULE_PATHNAME', 'connect_check_setup'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.check_setup() FROM PUBLIC;  -- it tells of roles and settings
COMMENT ON FUNCTION connect.check_setup() IS
'Looks for mistakes in the setup; no rows when it is sound.
Severity is error or warning; remedy is a statement or a sentence. Codes: store_missing, trigger_disabled, trigger_missing, row_security_disabled, public_grant, trigger_privilege, truncate_privilege, owner_member, owner_login, bypassrls_role, gateway_superuser, execute_public, logs_parameters, not_preloaded. Raises nothing.';
-- Who is acting.

CREATE FUNCTION connect.current_organization_id() RETURNS text
AS 'MODULE_PATHNAME', 'connect_current_organization_id'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.current_organization_id() FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.current_organization_id() IS
'Returns the id of the organization that is acting, or null for nobody.
First match wins: an API key in request.headers; the current role in connect.organization_role; for a login in connect.gateway_role what act_as() said, else the JWT claims organization_id and sub (design, section 3). Raises nothing.';

CREATE FUNCTION connect.act_as(organization_id text, actor_id text = NULL, actor_type text = 'user') RETURNS void
AS 'MODULE_PATHNAME', 'connect_act_as'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.act_as(text, text, text) FROM PUBLIC;  -- trust_gateway() gives it
COMMENT ON FUNCTION connect.act_as(text, text, text) IS
'Makes a trusted gateway act for an organization to the end of the transaction; null ends it.
actor_id, at most 255 characters, and actor_type, such as user, name who in it acts. Follows savepoints, survives RESET ALL. Raises 42501 for a login that is no gateway, parameter_missing and parameter_invalid (22023), organization_unknown and actor_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.map_role(role_name name, organization_id text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_map_role'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.map_role(name, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.map_role(name, text) IS
'Makes a database role stand for an organization, whichever it stood for before.
By exact name: members of the role do not inherit it. Raises 42704 for an unknown role, parameter_missing and parameter_invalid (22023), organization_unknown (PT422), store_missing (55000).';

CREATE FUNCTION connect.unmap_role(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unmap_role'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.unmap_role(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unmap_role(name) IS
'Makes a database role stand for no organization.
The role need not exist any more. Raises parameter_missing (22023), store_missing (55000).';

CREATE FUNCTION connect.trust_gateway(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_trust_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.trust_gateway(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.trust_gateway(name) IS
'Lets a login say for whom it acts, by act_as() or by JWT claims, and grants it act_as().
For PostgREST''s authenticator and for back ends that authenticate their users. Raises 42704 for an unknown role, parameter_missing (22023), store_missing (55000).';

CREATE FUNCTION connect.distrust_gateway(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_distrust_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.distrust_gateway(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.distrust_gateway(name) IS
'Takes back what trust_gateway() gave.
The role need not exist any more. Raises parameter_missing (22023), store_missing (55000).';
-- What organizations do with Connections. All but the scopes are text; documents are JSON:API.
-- Common to all: not_authenticated (PT401) for nobody, permission_missing (42501) for an
-- API key without it, store_missing (55000).

CREATE FUNCTION connect.create_connection(destination_organization_id text, name text = NULL, scopes text[] = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_create_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.create_connection(text, text, text[]) FROM PUBLIC;  -- grant_usage() gives it
COMMENT ON FUNCTION connect.create_connection(text, text, text[]) IS
'Offers a Connection from the acting organization to another one; it starts as pending.
name has at most 255 characters; scopes default to those of connect.scope with is_default. Returns the document of the Connection. Raises not_authenticated (PT401), permission_missing (42501), parameter_missing and parameter_invalid (22023), connection_exists (23505), organization_unknown, name_too_long, scope_unknown and scopes_empty (PT422), store_missing (55000).';

CREATE FUNCTION connect.activate_connection(connection_id text, reason text = NULL, scopes text[] = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_activate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.activate_connection(text, text, text[]) FROM PUBLIC;  -- grant_usage() gives it
COMMENT ON FUNCTION connect.activate_connection(text, text, text[]) IS
'Accepts a pending Connection, as its destination.
reason has at most 1000 characters. scopes, if given, must equal the row''s, for the source may have widened the offer since. Returns the document of the Connection. Raises not_authenticated (PT401), permission_missing and wrong_party (42501), parameter_missing and parameter_invalid (22023), not_found (PT404), connection_not_pending and scopes_changed (PT409), reason_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.deactivate_connection(connection_id text, reason text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_deactivate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.deactivate_connection(text, text) FROM PUBLIC;  -- grant_usage() gives it
COMMENT ON FUNCTION connect.deactivate_connection(text, text) IS
'Ends a pending or active Connection, as either party.
reason has at most 1000 characters. Returns the document of the Connection. Raises not_authenticated (PT401), permission_missing (42501), parameter_missing (22023), not_found (PT404), connection_inactive (PT409), reason_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.reactivate_connection(connection_id text, reason text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_reactivate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.reactivate_connection(text, text) FROM PUBLIC;  -- grant_usage() gives it
COMMENT ON FUNCTION connect.reactivate_connection(text, text) IS
'Offers an inactive Connection again, as its source; the destination must activate it anew.
reason has at most 1000 characters. Returns the document of the Connection. Raises not_authenticated (PT401), permission_missing and wrong_party (42501), parameter_missing (22023), not_found (PT404), connection_not_inactive (PT409), reason_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.update_connection(connection_id text, name text = NULL, scopes text[] = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_update_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.update_connection(text, text, text[]) FROM PUBLIC;  -- grant_usage() gives it
COMMENT ON FUNCTION connect.update_connection(text, text, text[]) IS
'Changes name and scopes of a Connection, as its source; null leaves either, an empty name clears it.
An added scope takes an active Connection back to pending. Returns the document of the Connection. Raises not_authenticated (PT401), permission_missing and wrong_party (42501), parameter_missing and parameter_invalid (22023), not_found (PT404), name_too_long, scope_unknown and scopes_empty (PT422), store_missing (55000).';

CREATE FUNCTION connect.get_connection(connection_id text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_get_connection'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.get_connection(text) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.get_connection(text) IS
'Shows one Connection to a party to it.
Returns its document. Raises not_authenticated (PT401), permission_missing (42501), parameter_missing (22023), not_found (PT404), store_missing (55000).';

CREATE FUNCTION connect.list_connections(status connect.connection_status = NULL, direction text = NULL,
    source_organization_id text = NULL, destination_organization_id text = NULL,
    page_size int = 10, page_after text = NULL, page_before text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_connections'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.list_connections(connect.connection_status, text, text, text, int, text, text) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.list_connections(connect.connection_status, text, text, text, int, text, text) IS
'Lists the Connections of the acting organization in both directions, newest first.
Filters are ANDed; direction is inbound or outbound. page_size is 1 to 100; page_after and page_before are ids of rows that the caller may see, exclusive, at most one of them. Returns a document with links to the pages beside it. Raises not_authenticated (PT401), permission_missing (42501), parameter_invalid (22023), store_missing (55000).';

CREATE FUNCTION connect.list_events(connection_id text = NULL, page_size int = 10,
    page_after text = NULL, page_before text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_events'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.list_events(text, int, text, text) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.list_events(text, int, text, text) IS
'Lists the history of one Connection, or of all of the acting organization, newest first.
Pages as in list_connections(), by ids of events. Who acted is shown to the actor''s own organization only. Returns a document. Raises not_authenticated (PT401), permission_missing (42501), not_found (PT404), parameter_invalid (22023), store_missing (55000).';

CREATE FUNCTION connect.get_organization() RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_get_organization'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.get_organization() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.get_organization() IS
'Shows the acting organization, with the id that a partner needs.
Returns its document. Raises not_authenticated (PT401), permission_missing (42501), store_missing (55000).';

CREATE FUNCTION connect.list_scopes() RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_scopes'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.list_scopes() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.list_scopes() IS
'Lists the catalogue of scopes by name.
Returns a document of one page. Raises not_authenticated (PT401), permission_missing (42501), store_missing (55000).';
-- The gate: may one organization see another one's data now?
-- All are by the statement's snapshot; none is leakproof, so that policies are not reordered.

CREATE FUNCTION connect.is_allowed(source_organization_id text, destination_organization_id text, scope text = NULL) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_is_allowed'
LANGUAGE C STABLE PARALLEL SAFE COST 10;
REVOKE ALL ON FUNCTION connect.is_allowed(text, text, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.is_allowed(text, text, text) IS
'Tells whether the destination may see the source''s data now: is their Connection active, and does it grant the scope?
False for a null organization, an unknown scope, and whoever is no party; nobody gets true only as the store''s owner, a superuser or a gateway. An API key without the permission read gets false. Raises store_missing (55000).';

CREATE FUNCTION connect.allowed_sources(scope text = NULL) RETURNS text[]
AS 'MODULE_PATHNAME', 'connect_allowed_sources'
LANGUAGE C STABLE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.allowed_sources(text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.allowed_sources(text) IS
'Returns the ids of the organizations that share with the acting one now, sorted.
Empty for nobody. Fast for large reports as column = ANY ((SELECT connect.allowed_sources())::text[]) with an index on the column. Raises store_missing (55000).';

CREATE FUNCTION connect.explain_access(source_organization_id text, destination_organization_id text, scope text = NULL) RETURNS text
AS 'MODULE_PATHNAME', 'connect_explain_access'
LANGUAGE C STABLE PARALLEL SAFE COST 10;
REVOKE ALL ON FUNCTION connect.explain_access(text, text, text) FROM PUBLIC;  -- grant_share() gives it
COMMENT ON FUNCTION connect.explain_access(text, text, text) IS
'Tells why is_allowed() is true or false: allowed, no_connection, pending, inactive, scope_not_granted.
no_connection for whoever is no party. Raises store_missing (55000).';

CREATE FUNCTION connect.require_allowed(source_organization_id text, destination_organization_id text, scope text = NULL) RETURNS void
AS 'MODULE_PATHNAME', 'connect_require_allowed'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.require_allowed(text, text, text) FROM PUBLIC;  -- grant_share() gives it
COMMENT ON FUNCTION connect.require_allowed(text, text, text) IS
'Refuses unless is_allowed(), and otherwise holds the Connection to the end of the transaction.
A deactivation waits until then, so bound such transactions. Raises sharing_not_allowed (42501) with the word of explain_access() in DETAIL, 40001 under REPEATABLE READ, 25006 in a read-only transaction, store_missing (55000).';

CREATE FUNCTION connect.share_table(relation regclass, organization_column name, scope text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_share_table'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.share_table(regclass, name, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.share_table(regclass, name, text) IS
'Makes a table of yours shareable: enables row security and creates the policy connect_shared, for SELECT.
It shows the acting organization its own rows and those of whoever shares the scope with it now. organization_column is text or varchar. Raises parameter_missing (22023), scope_unknown (PT422), 42501 for somebody else''s table, 42809 for what is none, 42703 and 42804 for the column, 42710 if it is shared, store_missing (55000).';

CREATE FUNCTION connect.unshare_table(relation regclass) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unshare_table'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.unshare_table(regclass) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unshare_table(regclass) IS
'Drops the policy that share_table() made; row security stays on.
Raises parameter_missing (22023), 42501 for somebody else''s table, 42809 for what is none, 42704 if it is not shared.';

-- What the DBA keeps: organizations, API keys, and what may be thrown away.

CREATE FUNCTION connect.register_organization(id text, name text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_register_organization'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.register_organization(text, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.register_organization(text, text) IS
'Registers an organization, or renames it.
id matches ^[A-Za-z0-9_-]{1,64}$, name has 1 to 255 characters. Raises parameter_missing and parameter_invalid (22023), name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.create_api_key(organization_id text, name text, permissions text[] = '{read,write}',
    expires_at timestamptz = NULL)
RETURNS TABLE (id text, secret text)
AS 'MODULE_PATHNAME', 'connect_create_api_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE ROWS 1;
REVOKE ALL ON FUNCTION connect.create_api_key(text, text, text[], timestamptz) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.create_api_key(text, text, text[], timestamptz) IS
'Makes an API key for an organization and returns its id and its secret.
The secret is shown this once; only its SHA-256 is kept. permissions is a non-empty subset of {read,write}; expires_at null means never. Raises parameter_missing and parameter_invalid (22023), organization_unknown and name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.revoke_api_key(id text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_revoke_api_key'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.revoke_api_key(text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.revoke_api_key(text) IS
'Revokes an API key: whoever presents it from the next statement on is nobody.
Revoking it again changes nothing. Raises parameter_missing and parameter_invalid (22023; also for an id that does not exist), store_missing (55000).';

CREATE FUNCTION connect.prune_idempotency(older_than interval = '24 hours') RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_prune_idempotency'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.prune_idempotency(interval) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.prune_idempotency(interval) IS
'Deletes stored answers to requests with an Idempotency-Key and returns how many.
Clients are promised 24 hours. Raises parameter_missing and parameter_invalid (22023), store_missing (55000).';
-- The HTTP handlers, one for each operation; PostgREST calls them behind nginx.
-- A body is one unnamed bytea, so that no byte of it is lost or judged on the
-- way. Everything else comes in headers, which nginx sets. No error leaves them:
-- it is answered as a document, with response.status set.

CREATE FUNCTION connect_api.list_connections() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_connections'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_connections() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_connections() IS
'GET /api/v1/connect/connections: a page of Connections.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.create_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_create_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.create_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.create_connection(bytea) IS
'POST /api/v1/connect/connections: offers a Connection.
Takes the body of the request, the rest from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.get_connection() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_get_connection'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.get_connection() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.get_connection() IS
'GET /api/v1/connect/connections/{id}: one Connection.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.update_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_update_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.update_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.update_connection(bytea) IS
'PATCH /api/v1/connect/connections/{id}: changes name and scopes.
Takes the body of the request, the rest from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.activate_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_activate_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.activate_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.activate_connection(bytea) IS
'POST /api/v1/connect/connections/{id}/activate: accepts an offer.
Takes the body of the request, the rest from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.deactivate_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_deactivate_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.deactivate_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.deactivate_connection(bytea) IS
'POST /api/v1/connect/connections/{id}/deactivate: ends a Connection.
Takes the body of the request, the rest from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.reactivate_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_reactivate_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.reactivate_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.reactivate_connection(bytea) IS
'POST /api/v1/connect/connections/{id}/reactivate: offers it again.
Takes the body of the request, the rest from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.list_connection_events() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_connection_events'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_connection_events() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_connection_events() IS
'GET /api/v1/connect/connections/{id}/events: the history of one Connection.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.list_events() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_events'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_events() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_events() IS
'GET /api/v1/connect/events: the history of all Connections of the organization.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.get_organization() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_get_organization'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.get_organization() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.get_organization() IS
'GET /api/v1/connect/organization: the acting organization.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.list_scopes() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_scopes'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_scopes() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_scopes() IS
'GET /api/v1/connect/scopes: the catalogue of scopes.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises nothing.';

-- Grants by purpose. Each also gives USAGE on the schema, and is run by whoever may GRANT.

CREATE FUNCTION connect.grant_check(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_check'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_check(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_check(name) IS
'Grants what row security needs: current_organization_id(), is_allowed(), allowed_sources().
For roles that read tables under such policies. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_read(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_read'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_read(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_read(name) IS
'Grants grant_check(), get_..., list_... and transition_rules().
For roles that look but change nothing. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_usage(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_usage'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_usage(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_usage(name) IS
'Grants grant_read() and create_, activate_, deactivate_, reactivate_ and update_connection().
For roles that act for organizations. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_share(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_share'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_share(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_share(name) IS
'Grants grant_check(), explain_access() and require_allowed().
For trusted back ends that hand out data. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_http(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_http'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_http(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_http(name) IS
'Grants the HTTP handlers of schema connect_api.
For the role that PostgREST takes for its requests. Raises 42704 for an unknown role, parameter_missing (22023), 42501.';

-- PostgREST keeps a picture of the schema.
NOTIFY pgrst, 'reload schema';
