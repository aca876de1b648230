\echo Use "ALTER EXTENSION connect UPDATE" to load this file. \quit

-- From 1.0.0 to 1.1.0. What stands in sql/ as it does for a new installation stands here again.

-- The functions that were there before, for the end of this script.
SELECT pg_catalog.set_config('connect_update.functions',
    (SELECT pg_catalog.string_agg(p.oid::text, ' ') FROM pg_catalog.pg_proc AS p
     WHERE p.pronamespace IN ('connect'::pg_catalog.regnamespace,
         'connect_api'::pg_catalog.regnamespace)), true);

-- These functions take other arguments now. Who could call them may call them still.
CREATE TEMPORARY TABLE connect_update_grants AS
SELECT p.proname, a.grantee, a.is_grantable
FROM pg_catalog.pg_proc AS p, pg_catalog.aclexplode(p.proacl) AS a
WHERE p.pronamespace = 'connect'::pg_catalog.regnamespace AND a.grantee <> p.proowner
AND p.proname IN ('trust_gateway', 'create_connection', 'reactivate_connection', 'update_connection',
    'list_connections');
DROP FUNCTION connect.store_definition();
DROP FUNCTION connect.trust_gateway(name);
DROP FUNCTION connect.create_connection(text, text, text[]);
DROP FUNCTION connect.reactivate_connection(text, text);
DROP FUNCTION connect.update_connection(text, text, text[]);
DROP FUNCTION connect.list_connections(connect.connection_status, text, text, text, int, text, text);

-- share_token/status

CREATE TYPE connect.share_token_status
    AS ENUM ('created', 'pending', 'redeemed', 'expired', 'failed');
COMMENT ON TYPE connect.share_token_status IS
'State of a share token: made, being redeemed, redeemed, past use, redeemed in vain.';

-- connection/rules

ALTER FUNCTION connect.transition_rules() ROWS 15;
COMMENT ON FUNCTION connect.transition_rules() IS
'Lists who may take a Connection from which state to which.
15 rows, one per (action, from, to, party); from_status is null for create. Functions and '
'triggers decide by this table and no other (design, section 1). Raises nothing.';

-- resource/check

CREATE FUNCTION connect.has_valid_id_and_times(id text, created_at timestamptz,
    updated_at timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_has_valid_id_and_times'
LANGUAGE C IMMUTABLE PARALLEL SAFE;
-- grant_check() gives it, for whoever writes to the table runs its CHECK
REVOKE ALL ON FUNCTION connect.has_valid_id_and_times(text, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION connect.has_valid_id_and_times(text, timestamptz, timestamptz) IS
'Tells whether an id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -, and times lie between '
'the years 0001 and 9999.
The CHECKs of connect.connection and connect.share_token ask it. Null for null. Raises nothing.';

-- connection/guard

CREATE FUNCTION connect.guard_scope() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_scope'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_scope() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_scope() IS
'Refuses to delete or rename a scope that a Connection grants, and to truncate the catalogue then.
Waits for whoever is writing Connections, and makes others wait to the end of the transaction. '
'Raises scope_granted (23503).';

-- store/narrow

CREATE FUNCTION connect.keep_open() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_keep_open'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.keep_open() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.keep_open() IS
'Keeps the rows of connect.open_connection, open_term and open_share_token for replicated rows.
record_event() and record_share_token() do so for all others. Refuses nothing. Raises '
'store_missing (55000).';

CREATE FUNCTION connect.guard_open() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_open'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_open() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_open() IS
'Lets connect.open_connection, open_term and open_share_token follow other rows, and no other write.
Replicated rows are passed by. Raises open_changed (23001).';

CREATE FUNCTION connect.collect_open() RETURNS void
AS 'MODULE_PATHNAME', 'connect_collect_open'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.collect_open() FROM PUBLIC;  -- upgrade_store() calls it
COMMENT ON FUNCTION connect.collect_open() IS
'Makes connect.open_connection, open_term and open_share_token right for what no trigger has seen.
The caller keeps others from writing to the tables that they follow, as upgrade_store() does. '
'Raises store_missing (55000).';

-- event/guard

COMMENT ON FUNCTION connect.guard_event() IS
'Keeps connect.event append-only, and connect itself its only writer.
Raises event_changed (23001) for everything else.';

-- organization/guard

CREATE FUNCTION connect.guard_organization() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_organization'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_organization() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_organization() IS
'Retires an organization whose retired_at is set, and takes it back when that becomes null.
Locks it, marks its API keys and roles, and ends its Connections, each of which leaves its event. '
'Raises store_not_owned (42501), 40001, and what deactivate_connection() raises.';

CREATE FUNCTION connect.guard_credential() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_credential'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_credential() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_credential() IS
'Refuses an API key or a mapped role that would act for a retired organization.
Raises organization_retired (PT422).';

CREATE FUNCTION connect.follow_organization() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_follow_organization'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.follow_organization() FROM PUBLIC;
COMMENT ON FUNCTION connect.follow_organization() IS
'Registers, renames and retires the organizations that the rows of a followed table are.
Raises organization_exists (23505), organization_key_changed and followed_truncate (23001), '
'parameter_missing and parameter_invalid (22023), name_too_long (PT422), column_unknown (42703), '
'and 39P01 on a table that connect.followed_table does not list.';

-- share_token/guard

CREATE FUNCTION connect.guard_share_token() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_share_token'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_share_token() IS
'Fills in and checks every row written to connect.share_token, and refuses DELETE and TRUNCATE.
Raises the errors of create_, expire_, redeem_, complete_ and fail_share_token(), '
'transition_not_allowed (PT409), and 23001 for a changed identity, a state other than created at '
'birth, DELETE and TRUNCATE.';

CREATE FUNCTION connect.record_share_token() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_record_share_token'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.record_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.record_share_token() IS
'Checks a stored change of connect.share_token once more and writes its event.
A trigger that fires between the two may have rewritten the row. Raises what guard_share_token() '
'raises, and actor_too_long (PT422).';

-- store/expression

CREATE FUNCTION connect.expression_parts(expression pg_node_tree, relation oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $parts$
WITH tokens AS (
    SELECT place, token[1] AS bracket, token[2] AS boolean, token[3]::oid AS operator,
        token[4]::oid AS function, token[5]::int AS attribute, token[6]::oid AS type,
        token[7] AS value, token[8] AS node
    FROM regexp_matches(expression::text,
        '(\((?=\{)|(?<=\})\))|:boolop (\w+)|:opno (\d+)|:funcid (\d+)|:varattno (-?\d+)'
        '|:consttype (\d+) [^{}]*:constvalue (<>|\d+ \[[^]]*\])|\{(\w+)', 'g')
        WITH ORDINALITY AS t (token, place)),
-- A constant's bytes, which are signed in the tree.
bytes AS (
    SELECT t.place, b.n, (b.byte[1]::int + 256) % 256 AS byte,
        count(*) OVER (PARTITION BY t.place) AS size
    FROM tokens AS t, regexp_matches(substring(t.value FROM '\[.*\]'), '-?\d+', 'g')
        WITH ORDINALITY AS b (byte, n)),
-- A text begins behind its length, which takes four bytes. A number is read from either end, for
-- the machine decides which comes first, and the lesser one is taken.
constants AS (
    SELECT t.place,
        string_agg(CASE WHEN t.type = 'text'::regtype AND b.byte > 0 THEN chr(b.byte) END, ''
            ORDER BY b.n) FILTER (WHERE b.n > 4) AS characters,
        trunc(least(sum(b.byte * 256::numeric ^ (b.n - 1)::int) FILTER (WHERE b.size <= 8),
            sum(b.byte * 256::numeric ^ (b.size - b.n)::int) FILTER (WHERE b.size <= 8))) AS number
    FROM tokens AS t JOIN bytes AS b ON b.place = t.place GROUP BY t.place)
SELECT replace(replace(string_agg(CASE
    WHEN t.bracket IS NOT NULL THEN t.bracket
    WHEN t.boolean IS NOT NULL THEN t.boolean
    WHEN t.operator IS NOT NULL THEN t.operator::regoperator::text
    WHEN t.function IS NOT NULL THEN t.function::regprocedure::text
    WHEN t.attribute IS NOT NULL THEN coalesce((SELECT a.attname::text FROM pg_attribute AS a
        WHERE a.attrelid = expression_parts.relation AND a.attnum = t.attribute), t.attribute::text)
    WHEN t.value = '<>' THEN 'null'
    WHEN t.type = 'text'::regtype THEN quote_literal(coalesce(c.characters, ''))
    WHEN t.type = 'boolean'::regtype THEN CASE c.number WHEN 0 THEN 'false' ELSE 'true' END
    WHEN t.value IS NOT NULL THEN coalesce((SELECT e.enumlabel::text FROM pg_enum AS e
        WHERE e.enumtypid = t.type AND e.oid::bigint = c.number), c.number::text, md5(t.value))
    WHEN t.node = 'SUBLINK' THEN 'select'
    WHEN t.node NOT IN ('BOOLEXPR', 'OPEXPR', 'FUNCEXPR', 'VAR', 'CONST', 'QUERY', 'FROMEXPR',
        'TARGETENTRY') THEN lower(t.node) END, ' ' ORDER BY t.place), '( ', '('), ' )', ')')
FROM tokens AS t LEFT JOIN constants AS c ON c.place = t.place
$parts$;
REVOKE ALL ON FUNCTION connect.expression_parts(pg_node_tree, oid) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.expression_parts(pg_node_tree, oid) IS
'Returns the operators, functions, columns and constants of a stored expression, in their order.
expression is that of a constraint, policy, default or index of relation. The text is the same '
'in every database, session and major. Null for null. Raises nothing.';

-- store/organization

CREATE FUNCTION connect.describe_organization()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'organization', NULL, NULL,
    'Organizations are those that may offer and accept Connections.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is what a partner needs to make an offer, for example org_ABC123.'),
('column', 'name', 'text NOT NULL', NULL,
    'The name is what people call the organization.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is that of the registration.'),
('column', 'retired_at', 'timestamptz', NULL,
    'The time is when the organization was retired: it acts no more. Null takes it back.'),
('column', 'followed_from', 'regclass', NULL,
    'The table is the one of the application''s that registered the organization; no other may '
    'follow it. See connect.follow_organizations().'),

('primary_key', 'organization_pkey', 'id', NULL, NULL),
-- The pattern is ^[A-Za-z0-9_-]{1,64}$. Matched as that it would be a quarter of what a transition
-- costs, since the bounded repetition is a state for each character.
('check', 'organization_id_check', 'octet_length(id) <= 64 AND id ~ ''^[A-Za-z0-9_-]+$''',
    'and (<=(integer,integer) (octet_length(text) (id) 64) ~(text,text) (id ''^[A-Za-z0-9_-]+$''))',
    'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.'),

-- In the order of bytes, whatever the database's collation is, all that begins with something is
-- one range.
('index', 'organization_lower_name_idx', 'lower(name) COLLATE "C"', '(lower(text) (name))',
    'The index serves a search for partners by what their names begin with.'),
('index', 'organization_lower_id_idx', 'lower(id) COLLATE "C"', '(lower(text) (id))',
    'The index serves a search for partners by what their ids begin with.'),

('row_security', 'organization', NULL, NULL, NULL),
('policy', 'organization_self',
    'FOR SELECT USING (id = (SELECT connect.current_organization_id()))',
    '=(text,text) (id select (connect.current_organization_id()))',
    'An organization sees itself.'),

-- Triggers fire by name, and the guard is to see what the DBA's own BEFORE triggers made of a row.
('trigger', 'zz_guard_organization',
    'BEFORE UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_organization()',
    'ENABLE', 'The trigger locks an organization that is being retired.'),
('trigger', 'aa_end_connections',
    'AFTER UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_organization()',
    'ENABLE', 'The trigger ends what a retired organization has, and marks its keys and roles.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_organization() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_organization() IS
'Describes table connect.organization, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/scope

CREATE FUNCTION connect.describe_scope()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'scope', NULL, NULL,
    'Scopes are the kinds of data that a Connection can share. The DBA adds rows.'),

('column', 'name', 'text COLLATE "C" NOT NULL', NULL,
    'The name is what Connections list, for example inquiry.read.'),
('column', 'description', 'text NOT NULL', NULL,
    'The description tells people what sharing it means.'),
('column', 'is_default', 'boolean NOT NULL DEFAULT false', 'false',
    'The flag says whether the scope is part of an offer that names no scopes.'),
('column', 'title', 'text', NULL,
    'The title is what people call the scope; null where the name says enough.'),
('column', 'retired_at', 'timestamptz', NULL,
    'The time is when the scope was retired: it cannot be offered, and the gate is shut for it, '
    'until this is null again.'),

('primary_key', 'scope_pkey', 'name', NULL, NULL),
('check', 'scope_name_check', 'name ~ ''^[A-Za-z0-9_.:-]{1,64}$''',
    '~(text,text) (name ''^[A-Za-z0-9_.:-]{1,64}$'')',
    'A name has 1 to 64 characters out of A-Z, a-z, 0-9, _, ., : and -.'),

('row_security', 'scope', NULL, NULL, NULL),
('policy', 'scope_all', 'FOR SELECT USING (true)', 'true',
    'The catalogue is open to everybody who may read the table.'),

-- After, to see what the DBA's own triggers made of the name.
('trigger', 'zz_guard_scope',
    'AFTER UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_scope()',
    'ENABLE', 'The trigger keeps scopes that Connections grant.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_scope()',
    'ENABLE', 'The trigger keeps the catalogue as long as there are Connections.'),

-- A dump of the schema alone leaves the catalogue empty, and no offer could be made then.
('rows', 'scope', $$
INSERT INTO connect.scope (name, description, is_default)
SELECT v.name, v.description, v.is_default
FROM (VALUES ('account.read', 'Read the shared accounts.', true),
             ('inquiry.read', 'Read the shared inquiries.', true),
             ('verification.read', 'Read the shared verifications.', false))
    AS v (name, description, is_default)
WHERE NOT EXISTS (SELECT FROM connect.scope)
$$, NULL, NULL)
$description$;
REVOKE ALL ON FUNCTION connect.describe_scope() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_scope() IS
'Describes table connect.scope, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/connection

CREATE FUNCTION connect.describe_connection()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'connection', NULL, NULL,
    'Connections say who shares which kinds of data with whom, and in which state that is.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, cxn_..., and ascends in time.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is the organization that shares.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is the organization with which the source shares.'),
('column', 'name', 'text', NULL,
    'The name is what the source calls the Connection; it has at most 255 characters.'),
('column', 'status', 'connect.connection_status NOT NULL DEFAULT ''pending''', 'pending',
    'The status says whether data may be shared: they may while it is active.'),
('column', 'scopes', 'text[] NOT NULL', NULL,
    'The scopes are the kinds of data, sorted and without duplicates.'),
('column', 'creator_id', 'text COLLATE "C"', NULL,
    'The creator is who made the offer in the source''s organization.'),
('column', 'creator_type', 'text COLLATE "C"', NULL,
    'The type says what creator_id names: api-key, user, or role.'),
('column', 'created_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the first offer.'),
('column', 'updated_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the last change of name, status, scopes or terms.'),
('column', 'respond_by', 'timestamptz', NULL,
    'A pending Connection lapses at this time; null for never.'),
('column', 'expires_at', 'timestamptz', NULL,
    'Sharing through a pending or active Connection ends at this time; null for never.'),

('primary_key', 'connection_pkey', 'id', NULL, NULL),
('unique', 'connection_pair_key', 'source_organization_id, destination_organization_id', NULL,
    NULL),
('foreign_key', 'connection_source_fkey', 'source_organization_id', 'organization', NULL),
('foreign_key', 'connection_destination_fkey', 'destination_organization_id', 'organization', NULL),
-- One call: PostgreSQL reads the expression anew for each statement, by its length.
('check', 'connection_check', 'connect.has_valid_id_and_times(id, created_at, updated_at)',
    'connect.has_valid_id_and_times(text,timestamp with time zone,timestamp with time zone)'
    ' (id created_at updated_at)',
    'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -, and times lie within the years '
    'that RFC 3339 can write.'),
('former_constraint', 'connection_id_check',
    'CHECK (octet_length(id) <= 64 AND id ~ ''^[A-Za-z0-9_-]+$'')', NULL, NULL),
('former_constraint', 'connection_times_check',
    'CHECK (created_at >= ''0001-01-01 00:00:00+00'' AND created_at <= ''9999-12-31 00:00:00+00'''
    ' AND updated_at >= ''0001-01-01 00:00:00+00'' AND updated_at <= ''9999-12-31 00:00:00+00'')',
    NULL, NULL),

('index', 'connection_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of outbound Connections.'),
('index', 'connection_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of inbound Connections.'),
-- A DBA may choose another number than the present one; 85 is what 0.1.0 chose.
('option', 'fillfactor', '90', '85', NULL),

('row_security', 'connection', NULL, NULL, NULL),
('policy', 'connection_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see a Connection.'),
('policy', 'connection_parties_change', $$FOR UPDATE
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties may change a Connection, as far as the guard allows.'),
('policy', 'connection_source_create', $$FOR INSERT
    WITH CHECK (source_organization_id = (SELECT connect.current_organization_id()))$$,
    '=(text,text) (source_organization_id select (connect.current_organization_id()))',
    'Whoever creates a Connection is its source.'),

-- Triggers fire by name. The guard comes last, to see what the DBA's own BEFORE triggers made of a
-- row; the event is written first, so that a change which a DBA's AFTER trigger makes in turn
-- stands behind it in the history.
('trigger', 'zz_guard_connection',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_connection()',
    'ENABLE', 'The trigger fills in and checks rows, and refuses DELETE.'),
('trigger', 'aa_record_event',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.record_event()',
    'ENABLE', 'The trigger checks stored rows again and writes their events.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_connection()',
    'ENABLE', 'The trigger refuses TRUNCATE.'),
('trigger', 'zz_mark_pair',
    'AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.mark_pair()',
    'ENABLE ALWAYS', 'The trigger tells the gate of changes, replicated ones too.'),
('trigger', 'zz_keep_open',
    'AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.keep_open()',
    'ENABLE REPLICA',
    'The trigger keeps open_connection for replicated rows, as record_event() does for others.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_connection() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_connection() IS
'Describes table connect.connection, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/open_connection

CREATE FUNCTION connect.describe_open_connection()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'open_connection', NULL, NULL,
    'Open Connections are those that are pending; their rows follow connect.connection.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the Connection.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),

('primary_key', 'open_connection_pkey', 'destination_organization_id, id', NULL, NULL),

('row_security', 'open_connection', NULL, NULL, NULL),

('trigger', 'zz_guard_open',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_open()',
    'ENABLE ALWAYS', 'The trigger refuses every write but that of keep_open().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()',
    'ENABLE', 'The trigger refuses TRUNCATE.'),

-- What no trigger has seen, as in an older store or after a restore with triggers off, for all
-- narrow tables.
('rows', 'open_connection', 'SELECT connect.collect_open()', NULL, NULL)
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_open_connection() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_open_connection() IS
'Describes table connect.open_connection, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/open_term

CREATE FUNCTION connect.describe_open_term()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'open_term', NULL, NULL,
    'Open terms are those of pending and active Connections; rows follow connect.connection.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the Connection.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'ends_at', 'timestamptz NOT NULL', NULL,
    'From this time on the Connection is inactive, unless its terms change.'),

('primary_key', 'open_term_pkey', 'id', NULL, NULL),
('index', 'open_term_ends_at_idx', 'ends_at, id', NULL,
    'The index serves expire_due() and reminders.'),

('row_security', 'open_term', NULL, NULL, NULL),

('trigger', 'zz_guard_open',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_open()',
    'ENABLE ALWAYS', 'The trigger refuses every write but that of keep_open().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_open_term() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_open_term() IS
'Describes table connect.open_term, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/event

CREATE FUNCTION connect.describe_event()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'event', NULL, NULL,
    'Events are the history of all Connections and the outbox in one: a row for each change, never '
    'changed itself.
An outbox reader takes rows with position < pg_snapshot_xmin(pg_current_snapshot()) ordered by '
    '(position, id): it misses none, and meets the events of each subject in their order.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, evt_..., and ascends along the history of each subject.'),
('column', 'subject_type', 'text COLLATE "C" NOT NULL', NULL,
    'The type says what changed: connection, or something that belongs to one.'),
('column', 'subject_id', 'text COLLATE "C" NOT NULL', NULL,
    'The subject is the row that changed, by its id.'),
-- No foreign key: the guard is the only writer, nothing is deleted, and the check would be a
-- twentieth of each transition.
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is the one that changed, or to which the subject belongs.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'action', 'text COLLATE "C" NOT NULL', NULL,
    'The action is one of connect.transition_rules().'),
('column', 'from_status', 'text COLLATE "C"', NULL,
    'The status is the one before the change; it is null for create.'),
('column', 'to_status', 'text COLLATE "C" NOT NULL', NULL,
    'The status is the one after the change.'),
('column', 'name', 'text', NULL,
    'The name is the one after the change.'),
('column', 'scopes', 'text[]', NULL,
    'The scopes are those after the change.'),
('column', 'respond_by', 'timestamptz', NULL,
    'The term is the one after the change until which the offer stands.'),
('column', 'expires_at', 'timestamptz', NULL,
    'The term is the one after the change at which sharing ends.'),
('column', 'effective_at', 'timestamptz', NULL,
    'The time is when an expiry took effect, which may be long before it was recorded.'),
('column', 'actor_organization_id', 'text COLLATE "C"', NULL,
    'The organization is the one that acted; it is null for the store''s owner.'),
('column', 'actor_id', 'text COLLATE "C"', NULL,
    'The actor is who in that organization made the change.'),
('column', 'actor_type', 'text COLLATE "C"', NULL,
    'The type says what actor_id names: api-key, user, or role.'),
('column', 'reason', 'text', NULL,
    'The reason is what the actor gave; it has at most 1000 characters.'),
('column', 'request_id', 'text COLLATE "C"', NULL,
    'The request is the one over HTTP that made the change.'),
('column', 'transaction_id', 'xid8 NOT NULL DEFAULT pg_current_xact_id()', 'pg_current_xact_id()',
    'The transaction is the one that made the change.'),
('column', 'position', 'xid8 NOT NULL', NULL,
    'The position is what outbox readers go by: the transaction, or the position of the subject''s '
    'last event if that is greater.'),
('column', 'seal', 'bytea NOT NULL', NULL,
    'The seal is a SHA-256 over this event and the seal of the subject''s last one; see '
    'connect.verify_history().'),
('column', 'personal_salt', 'bytea', NULL,
    'The salt is of 16 random bytes; connect.forget_actor() takes it away.'),
('column', 'personal_digest', 'bytea NOT NULL', NULL,
    'The digest is the SHA-256 of the salt, the actor, the reason and the request.'),
('column', 'created_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the change, and ascends along the history of each subject.'),

('fill', 'event', 'SELECT connect.seal_history()', NULL, NULL),

('primary_key', 'event_pkey', 'id', NULL, NULL),
('former_constraint', 'event_connection_fkey',
    'FOREIGN KEY (connection_id) REFERENCES connect.connection', NULL, NULL),

('index', 'event_subject_idx', 'subject_id, id', NULL,
    'The index serves the history of one subject, and finds its last event.'),
-- Partial, for a Connection's own events are found by subject_id.
('index', 'event_token_idx', 'connection_id, id WHERE subject_id <> connection_id',
    '<>(text,text) (subject_id connection_id)',
    'The index serves pages of events of what belongs to a Connection.'),
('former_index', 'event_connection_idx', 'connection_id, id', NULL, NULL),
('index', 'event_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of events of outbound Connections.'),
('index', 'event_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of events of inbound Connections.'),
('index', 'event_outbox_idx', 'position, id', NULL,
    'The index serves outbox readers.'),
('index', 'event_source_feed_idx', 'source_organization_id, position, id', NULL,
    'The index serves connect.read_events() for outbound Connections.'),
('index', 'event_destination_feed_idx', 'destination_organization_id, position, id', NULL,
    'The index serves connect.read_events() for inbound Connections.'),

('row_security', 'event', NULL, NULL, NULL),
('policy', 'event_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see the history.'),

('trigger', 'zz_guard_event',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_event()',
    'ENABLE', 'The trigger refuses every write that is not connect''s own.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_event()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_event() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_event() IS
'Describes table connect.event, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/organization_role

CREATE FUNCTION connect.describe_organization_role()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'organization_role', NULL, NULL,
    'Rows say which organization a database role stands for; see connect.map_role().'),

('column', 'role_name', 'name NOT NULL', NULL,
    'The role is the current role, by its exact name.'),
('column', 'organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The organization is the one that acts.'),
-- Looking at the organization at each call would double what it costs to find out who is acting.
('column', 'retired_at', 'timestamptz', NULL,
    'The time is that of the organization, if that is retired: then the role acts for nobody.'),

('primary_key', 'organization_role_pkey', 'role_name', NULL, NULL),
('foreign_key', 'organization_role_organization_fkey', 'organization_id', 'organization', NULL),

('row_security', 'organization_role', NULL, NULL, NULL),

-- It fires after the foreign key's own trigger, which locks the organization.
('trigger', 'zz_guard_credential',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_credential()',
    'ENABLE', 'The trigger refuses a role that would act for a retired organization.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_organization_role() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_organization_role() IS
'Describes table connect.organization_role, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/gateway_role

CREATE FUNCTION connect.describe_gateway_role()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'gateway_role', NULL, NULL,
    'Gateways are logins whose word on the acting organization counts; see '
    'connect.trust_gateway().'),

('column', 'role_name', 'name NOT NULL', NULL,
    'The role is the login (session_user), by its exact name.'),
('column', 'organization_claim',
    'text[] NOT NULL DEFAULT string_to_array(''organization_id'', '','')',
    'string_to_array(text,text) (''organization_id'' '','')',
    'The claim is where its JWTs name the organization: names, one inside the other.'),
('column', 'actor_claim', 'text[] NOT NULL DEFAULT string_to_array(''sub'', '','')',
    'string_to_array(text,text) (''sub'' '','')',
    'The claim is where its JWTs name who in it acts.'),

('primary_key', 'gateway_role_pkey', 'role_name', NULL, NULL),

('row_security', 'gateway_role', NULL, NULL, NULL)
$description$;
REVOKE ALL ON FUNCTION connect.describe_gateway_role() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_gateway_role() IS
'Describes table connect.gateway_role, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/api_key

CREATE FUNCTION connect.describe_api_key()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'api_key', NULL, NULL,
    'API keys act for organizations; see connect.create_api_key().'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, api_..., and no secret.'),
('column', 'organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The organization is the one for which the key acts.'),
('column', 'name', 'text NOT NULL', NULL,
    'The name is what people call the key.'),
('column', 'secret_sha256', 'bytea NOT NULL', NULL,
    'The hash is the SHA-256 of the secret, which is kept nowhere.'),
('column', 'permissions', 'text[] NOT NULL', NULL,
    'The permissions are a non-empty subset of {read,write}.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is when the key was made.'),
('column', 'expires_at', 'timestamptz', NULL,
    'The time is from when on the key is void; null means never.'),
('column', 'revoked_at', 'timestamptz', NULL,
    'The time is when the key was revoked.'),
-- Looking at the organization at each call would double what it costs to find out who is acting.
('column', 'retired_at', 'timestamptz', NULL,
    'The time is that of the organization, if that is retired: then the key acts for nobody.'),

('primary_key', 'api_key_pkey', 'id', NULL, NULL),
('unique', 'api_key_secret_sha256_key', 'secret_sha256', NULL, NULL),
('foreign_key', 'api_key_organization_fkey', 'organization_id', 'organization', NULL),

('row_security', 'api_key', NULL, NULL, NULL),

-- It fires after the foreign key's own trigger, which locks the organization.
('trigger', 'zz_guard_credential',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_credential()',
    'ENABLE', 'The trigger refuses a key that would act for a retired organization.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_api_key() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_api_key() IS
'Describes table connect.api_key, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/idempotency

CREATE FUNCTION connect.describe_idempotency()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'idempotency', NULL, NULL,
    'Rows are first answers to requests with an Idempotency-Key; see connect.prune_idempotency().'),

('column', 'organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The organization is the one whose request it was.'),
('column', 'key', 'text COLLATE "C" NOT NULL', NULL,
    'The key is the Idempotency-Key.'),
('column', 'request_sha256', 'bytea NOT NULL', NULL,
    'The hash is the SHA-256 of method, path, query and body.'),
('column', 'status', 'integer NOT NULL', NULL,
    'The status is that of the HTTP answer.'),
('column', 'headers', 'text NOT NULL', NULL,
    'The headers are the Location of the answer, or empty.'),
('column', 'body', 'text NOT NULL', NULL,
    'The body is that of the answer.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is when the request was answered.'),

('primary_key', 'idempotency_pkey', 'organization_id, key', NULL, NULL),
('foreign_key', 'idempotency_organization_fkey', 'organization_id', 'organization', NULL),

('index', 'idempotency_created_at_idx', 'created_at', NULL,
    'The index serves connect.prune_idempotency().'),

('row_security', 'idempotency', NULL, NULL, NULL)
$description$;
REVOKE ALL ON FUNCTION connect.describe_idempotency() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_idempotency() IS
'Describes table connect.idempotency, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/followed_table

CREATE FUNCTION connect.describe_followed_table()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'followed_table', NULL, NULL,
    'Rows name the tables of the application whose rows are organizations; see '
    'connect.follow_organizations().'),

('column', 'relation', 'regclass NOT NULL', NULL,
    'The relation is the application''s table.'),
('column', 'id_column', 'name NOT NULL', NULL,
    'The column is the key, whose text form is the id of the organization.'),
('column', 'name_column', 'name NOT NULL', NULL,
    'The column holds the name of the organization.'),

('primary_key', 'followed_table_pkey', 'relation', NULL, NULL),

('row_security', 'followed_table', NULL, NULL, NULL)
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_followed_table() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_followed_table() IS
'Describes table connect.followed_table, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/share_kind

CREATE FUNCTION connect.describe_share_kind()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'share_kind', NULL, NULL,
    'Kinds are what a share token may name; see connect.share_rows().'),

('column', 'name', 'text COLLATE "C" NOT NULL', NULL,
    'The name is that of the kind, for example inquiry.'),
('column', 'relation', 'regclass NOT NULL', NULL,
    'The relation is the application''s table that holds the rows.'),
('column', 'organization_column', 'name NOT NULL', NULL,
    'The column of the relation says whose row it is.'),
('column', 'key_column', 'name NOT NULL', NULL,
    'The column of the relation holds the id by which a token names a row.'),
('column', 'scope', 'text COLLATE "C" NOT NULL', NULL,
    'The scope is what a Connection must grant for a token of this kind to be redeemed.'),
('column', 'id_prefix', 'text COLLATE "C"', NULL,
    'The prefix is what stands before the last _ in ids of this kind.'),
-- regprocedure would keep pg_upgrade away.
('column', 'redeem_function', 'text', NULL,
    'The function makes the destination''s copy; null where the application does that later.'),
('column', 'retired_at', 'timestamptz', NULL,
    'The time is when connect.unshare_rows() took the kind out of use.'),

('primary_key', 'share_kind_pkey', 'name', NULL, NULL),
('unique', 'share_kind_id_prefix_key', 'id_prefix', NULL, NULL),
('unique', 'share_kind_relation_key', 'relation, key_column', NULL, NULL),
('foreign_key', 'share_kind_scope_fkey', 'scope', 'scope', NULL),
('check', 'share_kind_name_check', 'name ~ ''^[A-Za-z0-9_./-]{1,64}$''',
    '~(text,text) (name ''^[A-Za-z0-9_./-]{1,64}$'')',
    'A name has 1 to 64 characters out of A-Z, a-z, 0-9, _, ., / and -.'),

('row_security', 'share_kind', NULL, NULL, NULL)
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_share_kind() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_share_kind() IS
'Describes table connect.share_kind, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/share_token

CREATE FUNCTION connect.describe_share_token()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'share_token', NULL, NULL,
    'Share tokens say which row may be handed over through which Connection, once, until when.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, cnst_..., and ascends in time. It is no secret.'),
-- No foreign key: the guard is the only writer, and Connections are never deleted.
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is the one through which the row is handed over.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'kind', 'text COLLATE "C" NOT NULL', NULL,
    'The kind says in which table the row is.'),
('column', 'source_id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the row; the destination does not see it.'),
('column', 'status', 'connect.share_token_status NOT NULL DEFAULT ''created''', 'created',
    'The status is what was last written; one whose time has passed is expired or failed.'),
('column', 'expires_at', 'timestamptz NOT NULL', NULL,
    'The time is when the token can no longer be redeemed.'),
('column', 'redeem_mode', 'text COLLATE "C"', NULL,
    'The mode is hydrate if the destination named an object of its own, else clone.'),
('column', 'destination_id', 'text COLLATE "C"', NULL,
    'The id is that of the destination''s copy.'),
('column', 'failure_reason', 'text COLLATE "C"', NULL,
    'The reason is source_not_found, source_redacted, import_failed or unrecoverable_error.'),
('column', 'creator_id', 'text COLLATE "C"', NULL,
    'The creator is who made the token in the source''s organization.'),
('column', 'creator_type', 'text COLLATE "C"', NULL,
    'The type says what creator_id names: api-key, user, or role.'),
('column', 'pending_at', 'timestamptz', NULL,
    'The time is when the token was redeemed.'),
('column', 'redeemed_at', 'timestamptz', NULL,
    'The time is when the destination had its copy.'),
('column', 'failed_at', 'timestamptz', NULL,
    'The time is when the redemption failed.'),
('column', 'created_at', 'timestamptz NOT NULL', NULL,
    'The time is when the token was made.'),
('column', 'updated_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the last change.'),

('primary_key', 'share_token_pkey', 'id', NULL, NULL),
('foreign_key', 'share_token_kind_fkey', 'kind', 'share_kind', NULL),
-- as connection_check, which knows these three
('check', 'share_token_check', 'connect.has_valid_id_and_times(id, created_at, updated_at)',
    'connect.has_valid_id_and_times(text,timestamp with time zone,timestamp with time zone)'
    ' (id created_at updated_at)',
    'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -, and times lie within the years '
    'that RFC 3339 can write.'),

('index', 'share_token_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of outbound tokens.'),
('index', 'share_token_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of inbound tokens.'),
('index', 'share_token_connection_idx', 'connection_id, id', NULL,
    'The index serves pages of a Connection''s tokens.'),
('option', 'fillfactor', '90', '85', NULL),

('row_security', 'share_token', NULL, NULL, NULL),
('policy', 'share_token_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see a token.'),
('policy', 'share_token_parties_change', $$FOR UPDATE
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties may change a token, as far as the guard allows.'),
('policy', 'share_token_source_create', $$FOR INSERT
    WITH CHECK (source_organization_id = (SELECT connect.current_organization_id()))$$,
    '=(text,text) (source_organization_id select (connect.current_organization_id()))',
    'Whoever makes a token is its source.'),

-- Triggers fire by name. The guard comes last, to see what the DBA's own BEFORE triggers made of a
-- row; the event is written first, so that a change which a DBA's AFTER trigger makes in turn
-- stands behind it in the history.
('trigger', 'zz_guard_share_token',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_share_token()',
    'ENABLE', 'The trigger fills in and checks rows, and refuses DELETE.'),
('trigger', 'aa_record_share_token',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.record_share_token()',
    'ENABLE', 'The trigger checks stored rows again and writes their events.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_share_token()',
    'ENABLE', 'The trigger refuses TRUNCATE.'),
('trigger', 'zz_keep_open',
    'AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.keep_open()',
    'ENABLE REPLICA', 'The trigger keeps open_share_token for replicated rows, '
    'as record_share_token() does for others.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_share_token() IS
'Describes table connect.share_token, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/open_share_token

CREATE FUNCTION connect.describe_open_share_token()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'open_share_token', NULL, NULL,
    'Open share tokens are created or pending ones; their rows follow connect.share_token.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the share token.'),
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is copied from the share token.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the share token.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the share token.'),
('column', 'status', 'text COLLATE "C" NOT NULL', NULL,
    'The status is created or pending, as it was last written.'),
('column', 'ends_at', 'timestamptz NOT NULL', NULL,
    'From this time on the share token is expired, or has failed if it is pending.'),

-- No index begins with the id: a page must not be read in the order of all ids.
('primary_key', 'open_share_token_pkey', 'connection_id, status, id', NULL, NULL),
('index', 'open_share_token_source_idx', 'source_organization_id, status, id', NULL,
    'The index serves pages of outbound tokens in one of these states.'),
('index', 'open_share_token_destination_idx', 'destination_organization_id, status, id', NULL,
    'The index serves pages of inbound tokens in one of these states.'),
('index', 'open_share_token_ends_at_idx', 'ends_at, id', NULL,
    'The index serves expire_due().'),

('row_security', 'open_share_token', NULL, NULL, NULL),

('trigger', 'zz_guard_open',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_open()',
    'ENABLE ALWAYS', 'The trigger refuses every write but that of keep_open().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_open_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_open_share_token() IS
'Describes table connect.open_share_token, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';

-- store/description

CREATE FUNCTION connect.store_description()
RETURNS TABLE (relation text, place int, kind text, name text, definition text, parts text,
    comment text, "position" bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
SELECT 'organization', 1, d.*
FROM connect.describe_organization() WITH ORDINALITY AS d
UNION ALL SELECT 'scope', 2, d.*
FROM connect.describe_scope() WITH ORDINALITY AS d
UNION ALL SELECT 'connection', 3, d.*
FROM connect.describe_connection() WITH ORDINALITY AS d
UNION ALL SELECT 'event', 4, d.*
FROM connect.describe_event() WITH ORDINALITY AS d
UNION ALL SELECT 'organization_role', 5, d.*
FROM connect.describe_organization_role() WITH ORDINALITY AS d
UNION ALL SELECT 'gateway_role', 6, d.*
FROM connect.describe_gateway_role() WITH ORDINALITY AS d
UNION ALL SELECT 'api_key', 7, d.*
FROM connect.describe_api_key() WITH ORDINALITY AS d
UNION ALL SELECT 'idempotency', 8, d.*
FROM connect.describe_idempotency() WITH ORDINALITY AS d
UNION ALL SELECT 'open_connection', 9, d.*
FROM connect.describe_open_connection() WITH ORDINALITY AS d
UNION ALL SELECT 'open_term', 10, d.*
FROM connect.describe_open_term() WITH ORDINALITY AS d
UNION ALL SELECT 'share_kind', 11, d.*
FROM connect.describe_share_kind() WITH ORDINALITY AS d
UNION ALL SELECT 'share_token', 12, d.*
FROM connect.describe_share_token() WITH ORDINALITY AS d
UNION ALL SELECT 'followed_table', 13, d.*
FROM connect.describe_followed_table() WITH ORDINALITY AS d
UNION ALL SELECT 'open_share_token', 14, d.*
FROM connect.describe_open_share_token() WITH ORDINALITY AS d
$description$;
REVOKE ALL ON FUNCTION connect.store_description() FROM PUBLIC;  -- store_definition() reads it
COMMENT ON FUNCTION connect.store_description() IS
'Lists what the functions describe_...() say of each table, the tables in the order of their making.
Raises nothing.';

CREATE FUNCTION connect.store_owner() RETURNS oid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $owner$
SELECT relowner FROM pg_class
WHERE relnamespace = 'connect'::regnamespace AND relname = 'connection'
$owner$;
REVOKE ALL ON FUNCTION connect.store_owner() FROM PUBLIC;  -- for create_store() and its like
COMMENT ON FUNCTION connect.store_owner() IS
'Returns the owner of the store, who is that of its Connections; null where there is no store.
Raises nothing.';

-- store/definition

CREATE FUNCTION connect.store_definition()
RETURNS TABLE (round int, step int, kind text, relation text, name text, statement text,
    present boolean, sound boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $definition$
-- What is described, beside the table that it is for, if that is there.
WITH described AS MATERIALIZED (
    SELECT d.*, format('connect.%I', d.relation) AS target, c.oid AS table_oid, c.relkind,
        c.relpersistence, c.relowner, c.relrowsecurity, c.reloptions
    FROM connect.store_description() AS d LEFT JOIN pg_class AS c
    ON c.relnamespace = 'connect'::regnamespace AND c.relname = d.relation),

columns AS (
    SELECT d.*, a.attnum, a.attnotnull, f.adbin,
        regexp_replace(d.definition, '( COLLATE| NOT NULL| DEFAULT).*$', '') AS type,
        regexp_replace(d.definition, '( NOT NULL| DEFAULT).*$', '') AS collated_type,
        substring(d.definition FROM 'DEFAULT (.*)$') AS default_value,
        a.atttypid, a.atttypmod, a.attcollation,
        coalesce((SELECT y.typtype = 'e' FROM pg_type AS y WHERE y.oid = a.atttypid), false)
            AS is_label
    FROM described AS d
    LEFT JOIN pg_attribute AS a ON a.attrelid = d.table_oid AND a.attname = d.name
        AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE d.kind = 'column'),

-- What alters a column that is there, and what its nullability.
changes AS (
    SELECT c.*, c.atttypid = to_regtype(c.type) AND c.atttypmod = -1
        AND c.attcollation = CASE WHEN c.definition ~ 'COLLATE "C"' THEN '"C"'::regcollation
            ELSE (SELECT typcollation FROM pg_type WHERE oid = c.atttypid) END AS sound,
        format('ALTER COLUMN %1$I DROP DEFAULT, ALTER COLUMN %1$I TYPE %2$s USING %1$I::%3$s',
            c.name, c.collated_type, c.type) AS change,
        c.attnotnull = (c.definition ~ 'NOT NULL') AS null_sound,
        format('ALTER COLUMN %I %s NOT NULL', c.name,
            CASE WHEN c.definition ~ 'NOT NULL' THEN 'SET' ELSE 'DROP' END) AS null_change
    FROM columns AS c),

-- Tables whose rows have to be filled: something is missing that must not be null.
filled AS (
    SELECT DISTINCT c.relation FROM columns AS c JOIN described AS d
    ON d.relation = c.relation AND d.kind = 'fill'
    WHERE c.table_oid IS NOT NULL AND c.attnum IS NULL AND c.definition ~ 'NOT NULL'),

constraints AS (
    SELECT d.*, n.oid AS constraint_oid, n AS found,
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
         FROM unnest(n.conkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute AS a ON a.attrelid = n.conrelid AND a.attnum = k.attnum) AS key
    FROM described AS d
    LEFT JOIN pg_constraint AS n ON n.conrelid = d.table_oid AND n.conname = d.name
    WHERE d.kind IN ('primary_key', 'unique', 'foreign_key', 'check')),

indexes AS (
    SELECT d.*, c.oid AS index_oid, c.relam, c.reltablespace, c.reloptions AS index_options,
        i AS found,
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
         FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) AS key
    FROM described AS d
    LEFT JOIN (pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid)
    ON i.indrelid = d.table_oid AND c.relname = d.name
    WHERE d.kind IN ('index', 'former_index')),

options AS (
    SELECT d.*, (SELECT split_part(o, '=', 2) FROM unnest(d.reloptions) AS o
                 WHERE split_part(o, '=', 1) = d.name) AS value
    FROM described AS d WHERE d.kind = 'option'),

policies AS (
    SELECT d.*, p.oid AS policy_oid, p AS found
    FROM described AS d
    LEFT JOIN pg_policy AS p ON p.polrelid = d.table_oid AND p.polname = d.name
    WHERE d.kind = 'policy'),

triggers AS (
    SELECT d.*, t.oid AS trigger_oid, t AS found,
        substring(d.definition FROM 'FUNCTION (.*)\(\)$') AS function
    FROM described AS d
    LEFT JOIN pg_trigger AS t
    ON t.tgrelid = d.table_oid AND t.tgname = d.name AND NOT t.tgisinternal
    WHERE d.kind = 'trigger'),

-- The facts: is it there, is it what it should be, and the statements that take another one of
-- the name away and make it. What a comment is on stands behind them.
facts (kind, relation, place, position, name, present, sound, removal, statement,
    comment, commented, object_class, object, object_part) AS (
    -- where there is no store, a table of the name is somebody else's, and CREATE TABLE is refused
    SELECT d.kind, d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        d.relkind = 'r' AND d.relpersistence = 'p' AND connect.store_owner() IS NOT NULL, '',
        CASE WHEN d.table_oid IS NULL OR connect.store_owner() IS NULL THEN
            format('CREATE TABLE %s (%s)', d.target,
                (SELECT string_agg(format('%I %s', c.name, c.definition), ', ' ORDER BY c.position)
                 FROM columns AS c WHERE c.relation = d.relation))
        ELSE format('ALTER TABLE %s SET LOGGED', d.target) END,
        d.comment, format('TABLE %s', d.target), 'pg_class'::regclass, d.table_oid, 0
    FROM described AS d WHERE d.kind = 'table'

    UNION ALL SELECT 'owner', d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        d.relowner = o.oid, '',
        format('ALTER TABLE %s OWNER TO %I', d.target, pg_get_userbyid(o.oid)),
        NULL, NULL, NULL, NULL, NULL
    FROM described AS d, connect.store_owner() AS o (oid)
    WHERE d.kind = 'table' AND o.oid IS NOT NULL

    -- each index costs at each row that is filled, and is soon made anew; one that the DBA has
    -- given a place or options stays
    UNION ALL SELECT 'index_set_aside', i.relation, i.place, i.position, i.name, true, false, '',
        format('DROP INDEX connect.%I', i.name), NULL, NULL, NULL, NULL, NULL
    FROM indexes AS i JOIN filled AS f ON f.relation = i.relation
    WHERE i.index_oid IS NOT NULL AND i.reltablespace = 0 AND i.index_options IS NULL
    AND NOT (i.found).indisclustered AND NOT (i.found).indisreplident

    -- what is altered of a table is altered by one statement, for each may write it anew
    UNION ALL SELECT c.kind, c.relation, c.place, c.position, c.name, c.attnum IS NOT NULL,
        c.sound, '',
        CASE WHEN c.attnum IS NULL THEN
            -- what must not be null is filled first, where there are rows
            format('ALTER TABLE %s ADD COLUMN %I %s', c.target, c.name,
                CASE WHEN c.default_value IS NULL THEN c.collated_type ELSE c.definition END)
        ELSE format('ALTER TABLE %s %s', c.target, CASE WHEN c.sound THEN c.change
            ELSE string_agg(c.change, ', ') FILTER (WHERE NOT c.sound)
                OVER (PARTITION BY c.relation, c.is_label) END) END,
        c.comment, format('COLUMN %s.%I', c.target, c.name), 'pg_class'::regclass, c.table_oid,
        c.attnum
    FROM changes AS c

    UNION ALL SELECT 'not_null', c.relation, c.place, c.position, c.name, c.attnum IS NOT NULL,
        c.null_sound, '',
        format('ALTER TABLE %s %s', c.target, CASE WHEN c.null_sound IS NOT FALSE
            THEN c.null_change ELSE string_agg(c.null_change, ', ')
                FILTER (WHERE NOT c.null_sound) OVER (PARTITION BY c.relation) END),
        NULL, NULL, NULL, NULL, NULL
    FROM changes AS c

    UNION ALL SELECT 'default', c.relation, c.place, c.position, c.name, c.attnum IS NOT NULL,
        connect.expression_parts(c.adbin, c.table_oid) IS NOT DISTINCT FROM c.parts, '',
        format('ALTER TABLE %s ALTER COLUMN %I %s', c.target, c.name,
            coalesce('SET DEFAULT ' || c.default_value, 'DROP DEFAULT')),
        NULL, NULL, NULL, NULL, NULL
    FROM columns AS c

    -- since 18 a constraint may be one that is not enforced
    UNION ALL SELECT n.kind, n.relation, n.place, n.position, n.name, n.constraint_oid IS NOT NULL,
        (n.found).convalidated AND NOT (n.found).condeferrable
        AND coalesce((to_jsonb(n.found) ->> 'conenforced')::boolean, true)
        AND CASE n.kind
            WHEN 'primary_key' THEN (n.found).contype = 'p' AND n.key = n.definition
            WHEN 'unique' THEN (n.found).contype = 'u' AND n.key = n.definition
            WHEN 'check' THEN (n.found).contype = 'c' AND NOT (n.found).connoinherit
                AND connect.expression_parts((n.found).conbin, n.table_oid) = n.parts
            ELSE (n.found).contype = 'f' AND n.key = n.definition
                AND (n.found).confrelid = to_regclass(format('connect.%I', n.parts))
                AND (n.found).confkey = (SELECT p.conkey FROM pg_constraint AS p
                    WHERE p.conrelid = (n.found).confrelid AND p.contype = 'p')
                AND ((n.found).confupdtype, (n.found).confdeltype, (n.found).confmatchtype)
                    = ('a', 'a', 's') END,
        format('ALTER TABLE %s DROP CONSTRAINT %I; ', n.target, n.name),
        format('ALTER TABLE %s ADD CONSTRAINT %I ', n.target, n.name) || CASE n.kind
            WHEN 'primary_key' THEN format('PRIMARY KEY (%s)', n.definition)
            WHEN 'unique' THEN format('UNIQUE (%s)', n.definition)
            WHEN 'check' THEN format('CHECK (%s)', n.definition)
            ELSE format('FOREIGN KEY (%s) REFERENCES connect.%I', n.definition, n.parts) END,
        n.comment, format('CONSTRAINT %I ON %s', n.name, n.target), 'pg_constraint'::regclass,
        n.constraint_oid, 0
    FROM constraints AS n

    UNION ALL SELECT i.kind, i.relation, i.place, i.position, i.name, i.index_oid IS NOT NULL,
        CASE WHEN i.parts IS NULL OR i.definition ~ ' WHERE '
            THEN i.key = split_part(i.definition, ' WHERE ', 1) AND (i.found).indexprs IS NULL
            ELSE (i.found).indnatts = 1 AND (i.found).indcollation[0] = '"C"'::regcollation
                AND connect.expression_parts((i.found).indexprs, i.table_oid) = i.parts END
        AND (i.found).indisvalid AND (i.found).indisready
        AND NOT (i.found).indisunique AND (i.found).indnatts = (i.found).indnkeyatts
        AND connect.expression_parts((i.found).indpred, i.table_oid)
            IS NOT DISTINCT FROM CASE WHEN i.definition ~ ' WHERE ' THEN i.parts END
        AND i.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
        AND 0 = ALL ((i.found).indoption::int2[])
        AND NOT EXISTS (SELECT FROM pg_opclass AS o
            WHERE o.oid = ANY ((i.found).indclass::oid[]) AND NOT o.opcdefault)
        AND NOT EXISTS (SELECT FROM unnest((i.found).indkey::int2[], (i.found).indcollation::oid[])
            AS k (attnum, collation_oid) JOIN pg_attribute AS a
            ON a.attrelid = i.table_oid AND a.attnum = k.attnum
            WHERE a.attcollation <> k.collation_oid),
        format('DROP INDEX connect.%I; ', i.name),
        format('CREATE INDEX %I ON %s (', i.name, i.target)
            || regexp_replace(i.definition, '( WHERE .*)?$', ')\1'),
        i.comment, format('INDEX connect.%I', i.name), 'pg_class'::regclass, i.index_oid, 0
    FROM indexes AS i WHERE i.kind = 'index'

    -- a value that no version has set is the DBA's, and stays
    UNION ALL SELECT o.kind, o.relation, o.place, o.position, o.name, o.value IS NOT NULL,
        o.value <> ALL (string_to_array(o.parts, ' ')), '',
        format('ALTER TABLE %s SET (%I = %s)', o.target, o.name, o.definition),
        NULL, NULL, NULL, NULL, NULL
    FROM options AS o

    UNION ALL SELECT d.kind, d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        d.relrowsecurity, '', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', d.target),
        NULL, NULL, NULL, NULL, NULL
    FROM described AS d WHERE d.kind = 'row_security'

    UNION ALL SELECT p.kind, p.relation, p.place, p.position, p.name, p.policy_oid IS NOT NULL,
        (p.found).polpermissive AND (p.found).polroles = '{0}'
        AND (p.found).polcmd = CASE substring(p.definition FROM 'FOR (\w+)') WHEN 'SELECT' THEN 'r'
            WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' WHEN 'DELETE' THEN 'd' ELSE '*' END
        AND connect.expression_parts((p.found).polqual, p.table_oid)
            IS NOT DISTINCT FROM CASE WHEN p.definition ~ 'USING \(' THEN p.parts END
        AND connect.expression_parts((p.found).polwithcheck, p.table_oid)
            IS NOT DISTINCT FROM CASE WHEN p.definition ~ 'WITH CHECK \(' THEN p.parts END,
        format('DROP POLICY %I ON %s; ', p.name, p.target),
        format('CREATE POLICY %I ON %s %s', p.name, p.target, p.definition),
        p.comment, format('POLICY %I ON %s', p.name, p.target), 'pg_policy'::regclass,
        p.policy_oid, 0
    FROM policies AS p

    -- tgtype has a bit for each word
    UNION ALL SELECT t.kind, t.relation, t.place, t.position, t.name, t.trigger_oid IS NOT NULL,
        (t.found).tgfoid = to_regproc(t.function)
        AND (t.found).tgtype = (SELECT sum(w.bit) FROM (VALUES ('FOR EACH ROW', 1), ('BEFORE', 2),
            ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS w (word, bit)
            WHERE t.definition ~ ('\m' || w.word || '\M'))
        AND (t.found).tgqual IS NULL AND (t.found).tgattr::text = '' AND (t.found).tgnargs = 0
        AND (t.found).tgconstraint = 0 AND (t.found).tgoldtable IS NULL
        AND (t.found).tgnewtable IS NULL,
        format('DROP TRIGGER %I ON %s; ', t.name, t.target),
        format('CREATE TRIGGER %I %s', t.name,
            replace(t.definition, ' FOR EACH', format(' ON %s FOR EACH', t.target))),
        t.comment, format('TRIGGER %I ON %s', t.name, t.target), 'pg_trigger'::regclass,
        t.trigger_oid, 0
    FROM triggers AS t

    UNION ALL SELECT 'firing', t.relation, t.place, t.position, t.name, t.trigger_oid IS NOT NULL,
        (t.found).tgenabled = CASE t.parts WHEN 'ENABLE ALWAYS' THEN 'A'
            WHEN 'ENABLE REPLICA' THEN 'R' ELSE 'O' END, '',
        format('ALTER TABLE %s %s TRIGGER %I', t.target, t.parts, t.name),
        NULL, NULL, NULL, NULL, NULL
    FROM triggers AS t

    UNION ALL SELECT d.kind, d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        NULL, '', d.definition, NULL, NULL, NULL, NULL, NULL
    FROM described AS d WHERE d.kind IN ('rows', 'fill')

    -- what an earlier version had is sound where it is not there
    UNION ALL SELECT d.kind, d.relation, d.place, d.position, d.name, n.oid IS NOT NULL,
        n.oid IS NULL, '', format('ALTER TABLE %s DROP CONSTRAINT %I', d.target, d.name),
        NULL, NULL, NULL, NULL, NULL
    FROM described AS d
    LEFT JOIN pg_constraint AS n ON n.conrelid = d.table_oid AND n.conname = d.name
    WHERE d.kind = 'former_constraint'
    UNION ALL SELECT i.kind, i.relation, i.place, i.position, i.name, i.index_oid IS NOT NULL,
        i.key IS DISTINCT FROM i.definition, '', format('DROP INDEX connect.%I', i.name),
        NULL, NULL, NULL, NULL, NULL
    FROM indexes AS i WHERE i.kind = 'former_index'),

-- A comment is a thing of its own.
things AS (
    SELECT f.kind, f.relation, f.place, f.position, f.name, f.present,
        CASE WHEN f.kind NOT IN ('rows', 'fill', 'index_set_aside')
            THEN coalesce(f.sound, false) END AS sound,
        CASE WHEN f.present THEN f.removal ELSE '' END || f.statement AS statement
    FROM facts AS f
    UNION ALL SELECT 'comment', f.relation, f.place, f.position, f.kind || ' ' || f.name, f.present,
        f.present AND EXISTS (SELECT FROM pg_description AS d WHERE d.classoid = f.object_class
            AND d.objoid = f.object AND d.objsubid = f.object_part AND d.description = f.comment),
        format('COMMENT ON %s IS %L', f.commented, f.comment)
    FROM facts AS f WHERE f.comment IS NOT NULL)

SELECT k.round, row_number() OVER (ORDER BY k.place, t.place, t.position)::int,
    t.kind, t.relation, t.name, t.statement || ';', t.present, t.sound
FROM things AS t JOIN (VALUES (1, 1, 'table'), (2, 2, 'owner'), (2, 3, 'former_constraint'),
    (2, 4, 'index_set_aside'), (2, 5, 'column'), (3, 6, 'fill'), (4, 7, 'former_index'),
    (4, 8, 'label'), (4, 9, 'not_null'), (4, 10, 'default'), (4, 11, 'primary_key'),
    (4, 12, 'unique'), (4, 13, 'foreign_key'), (4, 14, 'check'), (4, 15, 'index'),
    (4, 16, 'option'), (4, 17, 'row_security'), (4, 18, 'policy'), (4, 19, 'trigger'),
    (5, 20, 'firing'), (5, 21, 'comment'), (6, 22, 'rows'))
    -- a label can be read as an enum's, too, and who writes the table anew behind what fills it
    -- leaves behind what that has replaced
    AS k (round, place, kind) ON k.kind = CASE WHEN t.kind = 'column' AND EXISTS (
        SELECT FROM columns AS c
        WHERE (c.relation, c.name) = (t.relation, t.name) AND c.is_label) THEN 'label'
    ELSE t.kind END
ORDER BY 2
$definition$;
REVOKE ALL ON FUNCTION connect.store_definition() FROM PUBLIC;  -- for create_store() and its like
COMMENT ON FUNCTION connect.store_definition() IS
'Lists everything that the store consists of, in the order of its making, with what is there of it.
statement makes it, or makes it right; present tells whether something of the name is there, and '
'sound whether it is what it should be. What is needed of a round shows when the rounds before it '
'are done. Of rows that a table begins with, and of what fills columns, sound is null: their '
'statement finds out itself; so it is of an index that is set aside for that (index_set_aside), '
'and statements that are alike are run once. upgrade_store() runs the statements of what is not '
'sound, '
'create_store() does so from nothing, and check_setup() lists it. Raises nothing.';

-- store/obstacles

CREATE FUNCTION connect.upgrade_obstacles() RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $obstacles$
SELECT DISTINCT format('%s depends on column "%s" of table "connect.%s"',
    CASE d.classid WHEN 'pg_rewrite'::regclass THEN (
        SELECT CASE c.relkind WHEN 'v' THEN 'View ' WHEN 'm' THEN 'Materialized view '
            ELSE 'Rule ' || quote_ident(r.rulename) || ' on ' END
            || format('"%s.%s"', n.nspname, c.relname)
        FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
        JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE r.oid = d.objid)
    ELSE initcap(split_part(i.type, ' ', 1)) || format(' "%s"', i.identity) END,
    s.name, s.relation)
FROM connect.store_definition() AS s
JOIN pg_attribute AS a ON a.attrelid = to_regclass(format('connect.%I', s.relation))
    AND a.attname = s.name AND NOT a.attisdropped
JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = a.attrelid
    AND d.refobjsubid = a.attnum
    AND d.classid IN ('pg_rewrite'::regclass, 'pg_policy'::regclass, 'pg_trigger'::regclass,
        'pg_proc'::regclass, 'pg_attrdef'::regclass)
    -- a column's own default goes with it
    AND NOT (d.classid = 'pg_attrdef'::regclass AND EXISTS (SELECT FROM pg_attrdef AS f
        WHERE f.oid = d.objid AND f.adrelid = a.attrelid AND f.adnum = a.attnum))
CROSS JOIN pg_identify_object(d.classid, d.objid, d.objsubid) AS i
WHERE s.kind = 'column' AND s.present AND NOT s.sound
ORDER BY 1
$obstacles$;
REVOKE ALL ON FUNCTION connect.upgrade_obstacles() FROM PUBLIC;  -- upgrade_store() asks it
COMMENT ON FUNCTION connect.upgrade_obstacles() IS
'Lists what depends on columns whose type upgrade_store() has to alter, a sentence each.
Raises nothing.';

-- store/findings

CREATE FUNCTION connect.store_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH kinds (kind, severity, missing_code, missing, other_code, other) AS (VALUES
    ('table', 'error', 'table_missing', 'Table %2$s does not exist.',
        'definition_differs', 'Table %2$s is no ordinary table.'),
    ('owner', 'error', NULL, NULL,
        'owner_differs', 'Table %2$s has another owner than connect.connection.'),
    ('column', 'error', 'column_missing', 'Column %1$I of %2$s does not exist.',
        'definition_differs', 'Column %1$I of %2$s has another type or collation.'),
    ('not_null', 'error', NULL, NULL,
        'definition_differs', 'Column %1$I of %2$s takes nulls, or refuses them, wrongly.'),
    ('default', 'warning', NULL, NULL,
        'definition_differs', 'Column %1$I of %2$s has another default.'),
    ('primary_key', 'error', 'constraint_missing', 'Primary key %1$I on %2$s does not exist.',
        'definition_differs', 'Primary key %1$I on %2$s is another one.'),
    ('unique', 'error', 'constraint_missing', 'Constraint %1$I on %2$s does not exist.',
        'definition_differs', 'Constraint %1$I on %2$s is another one.'),
    ('foreign_key', 'error', 'constraint_missing', 'Foreign key %1$I on %2$s does not exist.',
        'definition_differs', 'Foreign key %1$I on %2$s is another one.'),
    ('check', 'error', 'constraint_missing', 'Constraint %1$I on %2$s does not exist.',
        'definition_differs', 'Constraint %1$I on %2$s is another one.'),
    ('index', 'warning', 'index_missing', 'Index %1$I on %2$s does not exist.',
        'definition_differs', 'Index %1$I on %2$s is another one.'),
    ('former_constraint', 'warning', NULL, NULL,
        'definition_differs', 'Constraint %1$I on %2$s is one of an earlier version.'),
    ('former_index', 'warning', NULL, NULL,
        'definition_differs', 'Index %1$I on %2$s is one of an earlier version.'),
    ('option', 'warning', 'option_missing', 'Option %1$s of %2$s is not set.',
        'option_differs', 'Option %1$s of %2$s is that of an earlier version.'),
    ('row_security', 'error', NULL, NULL,
        'row_security_disabled', 'Row security is off for %2$s.'),
    ('policy', 'error', 'policy_missing', 'Policy %1$I on %2$s does not exist.',
        'definition_differs', 'Policy %1$I on %2$s is another one.'),
    ('trigger', 'error', 'trigger_missing', 'Trigger %1$I on %2$s does not exist.',
        'trigger_missing', 'Trigger %1$I on %2$s is another one than create_store() makes.'),
    ('firing', 'error', NULL, NULL,
        'trigger_disabled', 'Trigger %1$I on %2$s does not fire for ordinary writers, or fires for'
        ' replicated rows.')),
-- What belongs to a table or an object that is missing itself needs no finding of its own.
unsound AS MATERIALIZED (
    SELECT d.*, format('connect.%I', d.relation) AS target FROM connect.store_definition() AS d
    WHERE NOT d.sound AND (d.kind = 'table' OR EXISTS (SELECT FROM pg_class AS c
        WHERE c.relnamespace = 'connect'::regnamespace AND c.relname = d.relation
        AND c.relkind = 'r')))
SELECT CASE WHEN u.present THEN k.other_code ELSE k.missing_code END,
    CASE WHEN u.statement ~ 'ENABLE (ALWAYS|REPLICA)' THEN 'warning' ELSE k.severity END,
    CASE WHEN u.statement ~ 'ENABLE (ALWAYS|REPLICA)'
        THEN format('Trigger %I on %s does not fire for every writer: %s.', u.name, u.target,
            CASE u.name WHEN 'zz_mark_pair' THEN 'the gate keeps nothing beyond a statement'
            ELSE 'lists of pending Connections may lack some' END)
    ELSE format(CASE WHEN u.present THEN k.other ELSE k.missing END, u.name, u.target) END,
    CASE WHEN u.kind IN ('row_security', 'firing') THEN u.statement
    WHEN u.kind = 'table' AND u.present THEN
        'Rename what is no table, then SELECT connect.upgrade_store();'
    ELSE 'SELECT connect.upgrade_store();' END
FROM unsound AS u JOIN kinds AS k ON k.kind = u.kind
WHERE u.present OR k.missing_code IS NOT NULL
UNION ALL SELECT 'comment_differs', 'warning',
    format('Comments on %s are missing or other ones: %s.', u.target,
        string_agg(u.name, ', ' ORDER BY u.step)),
    'SELECT connect.upgrade_store();'
FROM unsound AS u
WHERE u.kind = 'comment' AND u.present AND NOT EXISTS (SELECT FROM unsound AS o
    WHERE o.relation = u.relation AND o.kind || ' ' || o.name = u.name)
GROUP BY u.target
$findings$;
REVOKE ALL ON FUNCTION connect.store_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.store_findings() IS
'Lists what of the store is missing or another than it should be.
Codes: table_missing, column_missing, constraint_missing, index_missing, option_missing, '
'policy_missing, trigger_missing, trigger_disabled, row_security_disabled, owner_differs, '
'option_differs, comment_differs, and definition_differs for the rest. Raises nothing.';

CREATE FUNCTION connect.privilege_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH tables AS (
    SELECT c.* FROM pg_class AS c WHERE c.relnamespace = 'connect'::regnamespace
    AND c.relname IN (SELECT d.name FROM connect.store_description() AS d WHERE d.kind = 'table')),
acl AS (
    SELECT t.relname, a.grantee, a.privilege_type FROM tables AS t, aclexplode(t.relacl) AS a
    WHERE a.grantee <> t.relowner),
owner AS (
    SELECT * FROM pg_roles WHERE oid = connect.store_owner()),
lacking AS (
    SELECT string_agg(format('%s on %s %s', g.privilege, g.kind, g.object), ', '
        ORDER BY g.kind DESC, g.object COLLATE "C") AS privileges
    FROM connect.grant_definition() AS g, owner AS o
    WHERE g.purpose = 'owner' AND NOT CASE g.kind
        WHEN 'schema' THEN has_schema_privilege(o.oid, to_regnamespace(g.object), g.privilege)
        ELSE has_function_privilege(o.oid, to_regprocedure(g.object), g.privilege) END)
SELECT 'owner_privilege', 'error',
    format('The store''s owner %I lacks %s.', o.rolname, l.privileges),
    'SELECT connect.upgrade_store();'
FROM owner AS o, lacking AS l WHERE l.privileges IS NOT NULL
UNION ALL SELECT 'public_grant', 'error',
    format('PUBLIC has %s on connect.%I.', privilege_type, relname),
    format('REVOKE %s ON connect.%I FROM PUBLIC;', privilege_type, relname)
FROM acl WHERE grantee = 0
UNION ALL SELECT 'trigger_privilege', 'error',
    format('Role %s may put triggers on connect.%I, which run as its owner.', grantee::regrole,
        relname),
    format('REVOKE TRIGGER ON connect.%I FROM %s;', relname, grantee::regrole)
FROM acl WHERE grantee <> 0 AND privilege_type = 'TRIGGER'
UNION ALL SELECT 'truncate_privilege', 'warning',
    format('Role %s has TRUNCATE on connect.%I, past row security.', grantee::regrole, relname),
    format('REVOKE TRUNCATE ON connect.%I FROM %s;', relname, grantee::regrole)
FROM acl WHERE grantee <> 0 AND privilege_type = 'TRUNCATE'
UNION ALL SELECT 'owner_member', 'warning',
    format('Role %I is a member of the store''s owner %I and may write for no organization.',
        m.rolname, o.rolname),
    format('REVOKE %I FROM %I;', o.rolname, m.rolname)
FROM owner AS o, pg_roles AS m
WHERE m.oid <> o.oid AND NOT m.rolsuper AND pg_has_role(m.oid, o.oid, 'MEMBER')
UNION ALL SELECT 'owner_login', 'warning', format('The store''s owner %I can log in.', rolname),
    'Give the tables of schema connect to a NOLOGIN role with USAGE on it, with'
    ' ALTER TABLE ... OWNER TO, then SELECT connect.upgrade_store();'
FROM owner WHERE rolcanlogin
UNION ALL SELECT 'bypassrls_role', 'warning', format('Role %I bypasses row security.', rolname),
    format('ALTER ROLE %I NOBYPASSRLS;', rolname)
FROM pg_roles WHERE rolbypassrls AND NOT rolsuper
UNION ALL SELECT 'execute_public', 'error', format('PUBLIC may execute %s.', p.oid::regprocedure),
    format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC;', p.oid::regprocedure)
FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('connect', 'connect_api'))
AND a.grantee = 0
-- what no grant function gives is the DBA's
UNION ALL SELECT 'execute_granted', 'error',
    format('Role %I may execute %s, which is for the DBA.', r.rolname, p.oid::regprocedure),
    format('REVOKE EXECUTE ON FUNCTION %s FROM %I;', p.oid::regprocedure, r.rolname)
FROM pg_proc AS p, aclexplode(p.proacl) AS a JOIN pg_roles AS r ON r.oid = a.grantee
WHERE p.pronamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('connect', 'connect_api'))
AND NOT r.rolsuper AND r.oid <> p.proowner AND r.oid IS DISTINCT FROM connect.store_owner()
AND p.oid::regprocedure::text NOT IN (SELECT g.object FROM connect.grant_definition() AS g
    WHERE g.kind = 'function')
-- of no use to anybody but an owner: of the store, or of a table that is shared
AND p.proname NOT IN ('create_store', 'upgrade_store', 'share_table', 'unshare_table',
    'share_bypasses')
$findings$;
REVOKE ALL ON FUNCTION connect.privilege_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.privilege_findings() IS
'Lists privileges and roles that open the store, or close it to its owner.
Codes: owner_privilege, public_grant, trigger_privilege, truncate_privilege, owner_member, '
'owner_login, bypassrls_role, execute_public, execute_granted. Raises nothing.';

CREATE FUNCTION connect.gateway_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH gateways AS (
    SELECT r.* FROM connect.gateway_role AS g JOIN pg_roles AS r ON r.rolname = g.role_name),
settings AS (
    SELECT s.setrole, s.setdatabase, split_part(o, '=', 1) AS name,
        substr(o, strpos(o, '=') + 1) AS value
    FROM pg_db_role_setting AS s, unnest(s.setconfig) AS o
    WHERE s.setdatabase IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))),
-- where there is no gateway it is the login that asks
logins AS (
    SELECT oid, rolname FROM gateways
    UNION ALL SELECT 0::oid, session_user WHERE NOT EXISTS (SELECT FROM gateways)),
-- as PostgreSQL looks for them: what is set for the role, then for the database, then for all
logging AS (
    SELECT l.rolname, jsonb_object_agg(w.name, coalesce((SELECT s.value FROM settings AS s
        WHERE s.setrole IN (l.oid, 0) AND s.name = w.name
        ORDER BY s.setrole DESC, s.setdatabase DESC LIMIT 1), current_setting(w.name))) AS value
    FROM logins AS l, (VALUES ('log_parameter_max_length'), ('log_parameter_max_length_on_error'),
        ('log_statement'), ('log_min_duration_statement'), ('log_min_duration_sample'),
        ('log_statement_sample_rate'), ('log_transaction_sample_rate')) AS w (name)
    GROUP BY l.rolname)
SELECT 'gateway_superuser', 'error', format('Gateway %I is a superuser.', rolname),
    format('ALTER ROLE %I NOSUPERUSER;', rolname)
FROM gateways WHERE rolsuper
UNION ALL SELECT 'gateway_mapped', 'warning',
    format('Gateway %I stands for organization %s itself and can act for no other.', g.rolname,
        r.organization_id),
    format('SELECT connect.unmap_role(%L);', g.rolname)
FROM gateways AS g JOIN connect.organization_role AS r ON r.role_name = g.rolname
UNION ALL SELECT 'logs_parameters', 'warning',
    format('Statements of %I are logged with their parameters, which hold API keys and tokens.',
        rolname),
    format('ALTER ROLE %I SET log_parameter_max_length = 0;', rolname)
FROM logging
WHERE value ->> 'log_parameter_max_length' <> '0'
AND (value ->> 'log_statement' IN ('mod', 'all')
    OR value ->> 'log_min_duration_statement' <> '-1'
    OR value ->> 'log_min_duration_sample' <> '-1'
        AND (value ->> 'log_statement_sample_rate')::float8 > 0
    OR (value ->> 'log_transaction_sample_rate')::float8 > 0)
UNION ALL SELECT 'logs_parameters', 'warning',
    format('Statements of %I that fail are logged with their parameters, which hold API keys and'
        ' tokens.', rolname),
    format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0;', rolname)
FROM logging WHERE value ->> 'log_parameter_max_length_on_error' <> '0'
$findings$;
REVOKE ALL ON FUNCTION connect.gateway_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.gateway_findings() IS
'Lists gateways that are superusers, or stand for an organization themselves, and logins whose
statements are logged with their secrets.
Codes: gateway_superuser, gateway_mapped, logs_parameters. Raises 42501 for who may not read '
'connect.gateway_role.';

CREATE FUNCTION connect.scope_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
-- an older store has no scopes that are retired
WITH defaults AS (
    SELECT FROM connect.scope AS s WHERE s.is_default AND to_jsonb(s) ->> 'retired_at' IS NULL)
SELECT 'scopes_missing', 'error',
    'The catalogue of scopes is empty, so nobody can offer a Connection.',
    'SELECT connect.upgrade_store();'
WHERE NOT EXISTS (SELECT FROM connect.scope)
UNION ALL SELECT 'scopes_missing', 'warning',
    'No scope is a default one, so an offer must name its scopes.',
    'UPDATE connect.scope SET is_default = true WHERE name = ...;'
WHERE NOT EXISTS (SELECT FROM defaults) AND EXISTS (SELECT FROM connect.scope)
UNION ALL SELECT 'scope_unknown', 'error',
    format('A Connection grants scope %s, which is not in the catalogue.', g.name),
    format('INSERT INTO connect.scope (name, description, retired_at) VALUES (%L, ''...'', now());',
        g.name)
FROM (SELECT DISTINCT unnest(c.scopes) AS name FROM connect.connection AS c) AS g
WHERE NOT EXISTS (SELECT FROM connect.scope AS s WHERE s.name = g.name)
$findings$;
REVOKE ALL ON FUNCTION connect.scope_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.scope_findings() IS
'Lists scopes that Connections grant and the catalogue lacks, and a catalogue without default ones.
Codes: scope_unknown, scopes_missing. Reads all Connections. Raises 42501 for who may not read '
'the tables.';

CREATE FUNCTION connect.share_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
SELECT 'share_bypassed', 'warning', b.finding, b.remedy FROM connect.share_bypasses() AS b
$findings$;
REVOKE ALL ON FUNCTION connect.share_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.share_findings() IS
'Lists what opens shared tables past their policies, as share_bypasses() finds it.
Code: share_bypassed. Raises nothing.';

CREATE FUNCTION connect.outbox_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
-- of all databases, for ids are given to all of them in one order
WITH writers AS (
    SELECT a.backend_xid AS xid, a.xact_start AS since,
        format('Process %s in database %s', a.pid, a.datname) AS who,
        format('SELECT pg_terminate_backend(%s);', a.pid) AS remedy
    FROM pg_stat_activity AS a WHERE a.backend_xid IS NOT NULL
    UNION ALL SELECT p.transaction, p.prepared,
        format('Prepared transaction %L in database %s', p.gid, p.database),
        format('COMMIT PREPARED %1$L; or ROLLBACK PREPARED %1$L; in that database.', p.gid)
    FROM pg_prepared_xacts AS p),
oldest AS (
    SELECT w.* FROM writers AS w ORDER BY age(w.xid) DESC LIMIT 1)
SELECT 'outbox_held', 'warning',
    format('%s has written and not ended since %s; readers of the outbox wait for it.', o.who,
        o.since), o.remedy
FROM oldest AS o WHERE o.since < statement_timestamp() - interval '5 minutes'
$findings$;
REVOKE ALL ON FUNCTION connect.outbox_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.outbox_findings() IS
'Tells of a transaction that has kept readers of the outbox waiting for five minutes.
Code: outbox_held. Raises nothing.';

CREATE FUNCTION connect.history_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
SELECT 'positions_foreign', 'warning', 'Events have positions of another cluster: an outbox reader'
    ' meets them late, or never.', 'SELECT connect.upgrade_store();'
WHERE EXISTS (SELECT FROM connect.event AS e
    WHERE e.position >= pg_snapshot_xmax(pg_current_snapshot()))
$findings$;
REVOKE ALL ON FUNCTION connect.history_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.history_findings() IS
'Lists what is wrong with the history as a whole. Codes: positions_foreign.
Raises 42501 for who may not read connect.event.';

CREATE FUNCTION connect.setup_checks() RETURNS TABLE (function text, as_owner boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $checks$
WITH checks (function, as_owner) AS (VALUES
    ('connect.store_findings()', false),
    ('connect.privilege_findings()', false),
    ('connect.share_findings()', false),
    ('connect.outbox_findings()', false),
    ('connect.gateway_findings()', true),
    ('connect.scope_findings()', true),
    ('connect.history_findings()', true),
    ('connect.followed_findings()', true),
    ('connect.term_findings()', true), ('connect.kind_findings()', true))
-- Without these privileges there is nothing to ask the owner: privilege_findings() says so.
SELECT c.function, c.as_owner FROM checks AS c
WHERE (NOT c.as_owner OR has_schema_privilege(connect.store_owner(), 'connect', 'USAGE')
    AND has_function_privilege(connect.store_owner(), c.function, 'EXECUTE'))
-- An older store has no positions, and a table may have another owner: store_findings() says so.
AND (c.function <> 'connect.history_findings()' OR EXISTS (SELECT FROM pg_attribute AS a
    WHERE a.attrelid = to_regclass('connect.event') AND a.attname = 'position'
    AND NOT a.attisdropped AND has_table_privilege(connect.store_owner(), a.attrelid, 'SELECT')))
-- Nor has it these tables.
AND (c.function <> 'connect.followed_findings()'
    OR to_regclass('connect.followed_table') IS NOT NULL)
AND (c.function <> 'connect.term_findings()' OR to_regclass('connect.open_term') IS NOT NULL
    AND to_regclass('connect.open_share_token') IS NOT NULL)
AND (c.function <> 'connect.kind_findings()' OR to_regclass('connect.share_kind') IS NOT NULL)
$checks$;
REVOKE ALL ON FUNCTION connect.setup_checks() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.setup_checks() IS
'Lists the functions that check_setup() runs.
Those that read the store''s tables run as its owner, the others, which read catalogs only, as the '
'owner of the functions. Raises nothing.';

-- store/grants

CREATE FUNCTION connect.grant_definition()
RETURNS TABLE (purpose text, privilege text, kind text, object text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $grants$
WITH purposes (purpose, schema, functions) AS (VALUES
    ('check', 'connect', '{current_organization_id, is_allowed, allowed_sources, may_see,
        visible_organizations, visible_texts, visible_uuids, visible_integers, visible_bigints,
        sources_of, has_valid_id_and_times, effective_status}'::text[]),
    ('read', 'connect', '{get_connection, list_connections, list_events, get_organization,
        list_scopes, transition_rules, read_events, wait_for_transaction, get_share_token,
        list_share_tokens, share_token_rules}'),
    ('usage', 'connect', '{create_connection, activate_connection, deactivate_connection,
        reactivate_connection, update_connection, create_share_token, expire_share_token,
        redeem_share_token}'),
    ('fulfil', 'connect', '{complete_share_token, fail_share_token}'),
    ('share', 'connect', '{explain_access, require_allowed, was_allowed}'),
    -- every handler
    ('http', 'connect_api', NULL),
    -- what trust_gateway() grants
    ('act_as', 'connect', '{act_as}'),
    -- what create_store() grants: the trigger functions, and what check_setup() runs as the owner
    ('owner', 'connect', '{has_valid_id_and_times, guard_connection, guard_scope, record_event,
        guard_event, expire_due, keep_open, guard_open, collect_open, mark_pair, gateway_findings,
        scope_findings, history_findings, seal_history, guard_organization, guard_credential,
        follow_organization, followed_findings, term_findings, guard_share_token,
        record_share_token, kind_findings}')),
included (purpose, part) AS (
    SELECT purpose, purpose FROM purposes
    UNION ALL VALUES ('read', 'check'), ('usage', 'check'), ('usage', 'read'), ('share', 'check'))
SELECT DISTINCT i.purpose, 'USAGE', 'schema', p.schema
FROM included AS i JOIN purposes AS p ON p.purpose = i.part
UNION ALL SELECT i.purpose, 'EXECUTE', 'function', f.oid::regprocedure::text
FROM included AS i JOIN purposes AS p ON p.purpose = i.part
JOIN pg_namespace AS n ON n.nspname = p.schema
JOIN pg_proc AS f ON f.pronamespace = n.oid
    AND (f.proname = ANY (p.functions) OR p.functions IS NULL)
$grants$;
REVOKE ALL ON FUNCTION connect.grant_definition() FROM PUBLIC;  -- for the functions below
COMMENT ON FUNCTION connect.grant_definition() IS
'Lists the privileges that each purpose needs: check, read, usage, share, fulfil, http,
act_as, owner.
Raises nothing.';

CREATE FUNCTION connect.grant_statements(purpose text, role_name name)
RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $grants$
SELECT format('GRANT %s ON %s %s TO %I', g.privilege, upper(g.kind),
    string_agg(g.object, ', ' ORDER BY g.object COLLATE "C"), grant_statements.role_name)
FROM connect.grant_definition() AS g WHERE g.purpose = grant_statements.purpose
GROUP BY g.privilege, g.kind ORDER BY g.kind DESC
$grants$;
REVOKE ALL ON FUNCTION connect.grant_statements(text, name) FROM PUBLIC;  -- for the functions below
COMMENT ON FUNCTION connect.grant_statements(text, name) IS
'Returns the GRANTs that give a role what grant_definition() lists for a purpose.
Raises nothing.';

CREATE FUNCTION connect.revoke_statements(purpose text, role_name name)
RETURNS SETOF text
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $grants$
SELECT format('REVOKE %s ON %s %s FROM %I', g.privilege, upper(g.kind), g.object,
    revoke_statements.role_name)
FROM connect.grant_definition() AS g
WHERE g.purpose = revoke_statements.purpose AND g.kind = 'function'
$grants$;
REVOKE ALL ON FUNCTION connect.revoke_statements(text, name) FROM PUBLIC;  -- for distrust_gateway()
COMMENT ON FUNCTION connect.revoke_statements(text, name) IS
'Returns the REVOKEs that take a purpose''s functions from a role, and leave it the schema.
Raises nothing.';

COMMENT ON FUNCTION connect.grant_check(name) IS
'Grants what row security needs: current_organization_id(), may_see(), is_allowed(), and the like.
For roles that read tables under such policies. Raises 42704 for an unknown role, '
'parameter_missing (22023), 42501.';

COMMENT ON FUNCTION connect.grant_read(name) IS
'Grants grant_check(), and what reads Connections, events, share tokens, scopes and the rules.
For roles that look but change nothing. Raises 42704 for an unknown role, parameter_missing '
'(22023), 42501.';

COMMENT ON FUNCTION connect.grant_usage(name) IS
'Grants grant_read(), and what makes, changes and ends Connections and share tokens.
For roles that act for organizations. Raises 42704 for an unknown role, parameter_missing '
'(22023), 42501.';

COMMENT ON FUNCTION connect.grant_share(name) IS
'Grants grant_check(), explain_access(), require_allowed() and was_allowed().
For trusted back ends that hand out data. Raises 42704 for an unknown role, parameter_missing '
'(22023), 42501.';

-- store/api

CREATE FUNCTION connect.create_store(owner name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_create_store'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.create_store(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.create_store(name) IS
'Makes the store''s tables in schema connect, owned by a role that was made before.
Best a NOLOGIN role. The caller must be able to SET ROLE to it, and needs CREATE on schema connect '
'unless that role has it; null stands for the caller. Raises 42704 for an unknown role, 42501, and '
'what create_store() raises.';

COMMENT ON FUNCTION connect.upgrade_store() IS
'Brings the store up to date after ALTER EXTENSION connect UPDATE; may be repeated.
Makes what store_definition() lists and the store lacks, and replaces what is another, in the '
'order of the list; what it does not list stays as it is. Grants the store''s owner what it needs. '
'Events of before get their seals, which takes a while where there are many. First it locks '
'connect.connection and then connect.share_token to the end of the transaction: against those who '
'write (SHARE ROW EXCLUSIVE), and against all where the table is to be altered (ACCESS EXCLUSIVE). '
'The caller must own the tables. Raises store_missing (55000), store_in_use (2BP01) with the names '
'of views and the like that depend on a column to be altered, before anything is changed, 42501, '
'and what PostgreSQL raises where the rows do not allow a change.';

COMMENT ON FUNCTION connect.check_setup() IS
'Looks for mistakes in the setup; no rows when it is sound.
Severity is error or warning; remedy is a statement or a sentence. Codes of the store: '
'store_missing, table_missing, column_missing, constraint_missing, index_missing, option_missing, '
'policy_missing, trigger_missing, trigger_disabled, row_security_disabled, owner_differs, '
'option_differs, comment_differs, definition_differs, positions_foreign. Codes of privileges: '
'owner_privilege, public_grant, trigger_privilege, truncate_privilege, owner_member, owner_login, '
'bypassrls_role, execute_public, execute_granted. Codes of gateways: gateway_superuser, '
'gateway_mapped, logs_parameters. Codes of sharing: scope_unknown, scopes_missing, '
'share_bypassed, outbox_held. Of tables that are followed: trigger_missing, trigger_disabled, '
'followed_owner. Also not_preloaded; '
'extension_outdated where the library is newer than the SQL; check_failed where something could '
'not be looked at. Raises nothing.';

-- identity/acting

COMMENT ON FUNCTION connect.current_organization_id() IS
'Returns the id of the organization that is acting, or null for nobody.
First match wins: an API key in request.headers; the current role in connect.organization_role; '
'for a login in connect.gateway_role what act_as() said, else the JWT claims that trust_gateway() '
'named, organization_id and sub by default. Raises nothing.';

COMMENT ON FUNCTION connect.act_as(text, text, text) IS
'Makes a trusted gateway act for an organization to the end of the transaction; null ends it.
actor_id, at most 255 characters, and actor_type, such as user, name who in it acts. Follows '
'savepoints, survives RESET ALL. Warns outside a transaction '
'block, where it ends with its own statement. Raises 42501 for a login that is no gateway, '
'gateway_cannot_act (55000) where an API key is presented or the current role stands for an '
'organization, parameter_missing and parameter_invalid (22023), organization_unknown and '
'actor_too_long (PT422), store_missing (55000).';

-- identity/roles

CREATE FUNCTION connect.trust_gateway(role_name name,
    organization_claim text[] = '{organization_id}',
    actor_claim text[] = '{sub}') RETURNS void
AS 'MODULE_PATHNAME', 'connect_trust_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.trust_gateway(name, text[], text[]) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.trust_gateway(name, text[], text[]) IS
'Lets a login say for whom it acts, by act_as() or by JWT claims, and grants it act_as().
For PostgREST''s authenticator and for back ends that authenticate their users. organization_claim '
'and actor_claim lead to the claims: names of members, one inside the other, where * stands for '
'each member of an object; again for the same login changes them. An organization claim of several '
'needs the header x-connect-organization-id to choose one. Raises 42704 for an unknown role, '
'parameter_missing and parameter_invalid (22023), store_missing and store_outdated (55000).';

-- organization/api

COMMENT ON FUNCTION connect.register_organization(text, text) IS
'Registers an organization, or renames it; one that is retired stays so.
id matches ^[A-Za-z0-9_-]{1,64}$, name has 1 to 255 characters. Raises parameter_missing and '
'parameter_invalid (22023), name_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.follow_organizations(relation regclass, id_column name, name_column name)
RETURNS void
AS 'MODULE_PATHNAME', 'connect_follow_organizations'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
-- for the DBA
REVOKE ALL ON FUNCTION connect.follow_organizations(regclass, name, name) FROM PUBLIC;
COMMENT ON FUNCTION connect.follow_organizations(regclass, name, name) IS
'Makes the rows of a table of yours organizations, now and from now on.
A new row registers one, another name renames it, a deleted row retires it: it acts no more, and '
'its Connections end. A row that comes back takes it back. id_column is text, varchar, uuid, '
'integer or bigint, and a key. Needs the rights of the table''s owner and of the store''s owner. '
'Raises parameter_missing and parameter_invalid (22023), table_not_owned and store_not_owned '
'(42501), follow_unsuitable (42809), column_unknown (42703), column_unsuitable and '
'name_unsuitable (42804), key_not_unique (42830), table_followed (42710), organization_exists '
'(23505) for an id that another table or the DBA has registered, name_too_long (PT422), '
'store_missing and store_outdated (55000).';

CREATE FUNCTION connect.unfollow_organizations(relation regclass) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unfollow_organizations'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.unfollow_organizations(regclass) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unfollow_organizations(regclass) IS
'Takes back what follow_organizations() did; the organizations stay as they are.
Needs the rights of the table''s owner, if it is still there, and of the store''s owner. Raises '
'parameter_missing (22023), table_not_owned and store_not_owned (42501), table_not_followed '
'(42704), store_missing and store_outdated (55000).';

-- The trigger names the owner that the table had, for a trigger's arguments are dumped with it.
CREATE FUNCTION connect.followed_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH followed AS (
    SELECT f.*, c.relowner, t.tgname, t.tgenabled,
        convert_from(substring(t.tgargs
            FOR greatest(position(decode('00', 'hex') IN t.tgargs) - 1, 0)),
            'UTF8') AS former_owner
    FROM connect.followed_table AS f LEFT JOIN pg_class AS c ON c.oid = f.relation
    CROSS JOIN (VALUES ('connect_follow'), ('connect_follow_truncate')) AS n (name)
    LEFT JOIN pg_trigger AS t ON t.tgrelid = f.relation AND t.tgname = n.name
        AND t.tgfoid = 'connect.follow_organization()'::regprocedure)
SELECT DISTINCT 'trigger_missing', 'error',
    format('Table %s is not followed any more: it, or a trigger on it, was dropped.', relation),
    format('SELECT connect.unfollow_organizations(%L);', relation)
    || CASE WHEN relowner IS NULL THEN '' ELSE format(
        ' SELECT connect.follow_organizations(%L, %L, %L);', relation, id_column, name_column) END
FROM followed WHERE tgname IS NULL
UNION ALL SELECT 'trigger_disabled', 'error',
    format('Trigger %I on %s does not fire for ordinary writers.', tgname, relation),
    format('ALTER TABLE %s ENABLE TRIGGER %I;', relation, tgname)
FROM followed WHERE tgenabled NOT IN ('O', 'A')
UNION ALL SELECT 'followed_owner', 'warning',
    format('Table %s, whose rows are organizations, has a new owner %I.', relation,
        pg_get_userbyid(relowner)),
    format('SELECT connect.unfollow_organizations(%1$L);'
        ' SELECT connect.follow_organizations(%1$L, %2$L, %3$L);', relation, id_column, name_column)
FROM followed
WHERE tgname = 'connect_follow' AND former_owner IS DISTINCT FROM pg_get_userbyid(relowner)
$findings$;
REVOKE ALL ON FUNCTION connect.followed_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.followed_findings() IS
'Lists tables of the application that are followed no more, or are another owner''s by now.
Codes: trigger_missing, trigger_disabled, followed_owner. Raises 42501 for who may not read '
'connect.followed_table.';

-- connection/api

CREATE FUNCTION connect.create_connection(destination_organization_id text, name text = NULL,
    scopes text[] = NULL, respond_by timestamptz = NULL, expires_at timestamptz = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_create_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.create_connection(text, text, text[], timestamptz, timestamptz)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.create_connection(text, text, text[], timestamptz, timestamptz)
    IS
'Offers a Connection from the acting organization to another one; it starts as pending.
name has at most 255 characters; scopes default to those of connect.scope with is_default. The '
'offer lapses at respond_by, and sharing ends at expires_at; null is never. Returns the document '
'of the Connection. Raises not_authenticated (PT401), permission_missing '
'(42501), parameter_missing and parameter_invalid (22023), connection_exists (23505), '
'organization_unknown, name_too_long, scope_unknown, scopes_empty and term_past (PT422), '
'store_missing (55000).';

CREATE FUNCTION connect.reactivate_connection(connection_id text, reason text = NULL,
    respond_by timestamptz = NULL, expires_at timestamptz = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_reactivate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.reactivate_connection(text, text, timestamptz, timestamptz)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.reactivate_connection(text, text, timestamptz, timestamptz)
    IS
'Offers an inactive Connection again, as its source; the destination must activate it anew.
reason has at most 1000 characters. Terms that have passed are cleared, unless new ones are '
'given. Returns the document of the Connection. Raises not_authenticated (PT401), '
'permission_missing and wrong_party (42501), parameter_missing (22023), not_found (PT404), '
'connection_not_inactive (PT409), reason_too_long and term_past (PT422), store_missing (55000).';

CREATE FUNCTION connect.update_connection(connection_id text, name text = NULL,
    scopes text[] = NULL, respond_by timestamptz = NULL, expires_at timestamptz = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_update_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.update_connection(text, text, text[], timestamptz, timestamptz)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.update_connection(text, text, text[], timestamptz, timestamptz)
    IS
'Changes name, scopes and terms of a Connection, as its source; null leaves what is there.
An empty name clears the name, and infinity a term. An added scope takes an active Connection '
'back to pending. Returns the document of the '
'Connection. Raises not_authenticated (PT401), permission_missing and wrong_party (42501), '
'parameter_missing and parameter_invalid (22023), not_found (PT404), name_too_long, '
'scope_unknown, scopes_empty and term_past (PT422), store_missing (55000).';

CREATE FUNCTION connect.list_connections(status connect.connection_status = NULL,
    direction text = NULL,
    source_organization_id text = NULL, destination_organization_id text = NULL,
    page_size int = 10, page_after text = NULL, page_before text = NULL,
    expires_before timestamptz = NULL, partner text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_connections'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_read() gives it.
REVOKE ALL ON FUNCTION connect.list_connections(
    connect.connection_status, text, text, text, int, text, text, timestamptz, text)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.list_connections(
    connect.connection_status, text, text, text, int, text, text, timestamptz, text) IS
'Lists the Connections of the acting organization in both directions, newest first.
Filters are ANDed. The status is the effective one; direction is inbound or outbound; with '
'expires_before come those, pending or active, that end by themselves before that time, with '
'partner those whose other organization has a name or an id that begins with it, in any case. '
'page_size is 1 to 100; page_after and '
'page_before are ids of rows that the caller may see, exclusive, at most one of them. Returns a '
'document with links to the pages beside it. Raises not_authenticated (PT401), permission_missing '
'(42501), parameter_invalid (22023), store_missing (55000).';

-- connection/terms

CREATE FUNCTION connect.effective_status(connection record) RETURNS connect.connection_status
AS 'MODULE_PATHNAME', 'connect_effective_status'
LANGUAGE C STABLE PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.effective_status(record) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.effective_status(record) IS
'Returns the status of a row of connect.connection by the clock, as documents and the gate say it.
A pending one past respond_by or expires_at, and an active one past expires_at, is inactive, '
'whatever the row still says. For policies and reports by hand. The clock is the later of the '
'transaction''s and the statement''s start. Raises 22023 for a row of another table.';

CREATE FUNCTION connect.expire_due(max_rows int = 1000) RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_expire_due'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.expire_due(int) FROM PUBLIC;  -- the store's owner has it
COMMENT ON FUNCTION connect.expire_due(int) IS
'Records the terms that have passed, at most max_rows of them, and returns how many.
Connections become inactive, share tokens expired or failed, and each has an event. It may run '
'as often as one likes, beside writers: rows that somebody holds are left for the next run. '
'Nothing depends on it but what reads the tables by hand, and outbox readers. Raises '
'parameter_invalid (22023) for a max_rows below 1, store_missing and store_outdated (55000).';

-- What an open row says is looked up in its Connection or share token too, since a row too many
-- does no harm.
CREATE FUNCTION connect.term_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
SELECT 'expiry_unswept', 'warning',
    format(CASE count(*) WHEN 1 THEN 'The ' || d.one || ' passed more than an hour ago, at %2$s,'
        ELSE d.many || ' passed more than an hour ago, the first one at %2$s,' END
        || ' and nothing says so but the clock.', count(*), min(d.ends_at)),
    'SELECT connect.expire_due(); until it returns 0, and that every few minutes.'
FROM (
    SELECT 'term of a Connection' AS one, 'Terms of %1$s Connections' AS many, o.ends_at
    FROM connect.open_term AS o JOIN connect.connection AS c ON c.id = o.id
    WHERE c.status <> 'inactive'
    AND least(c.expires_at, CASE c.status WHEN 'pending' THEN c.respond_by END) = o.ends_at
    UNION ALL
    SELECT 'time of a share token', 'Times of %1$s share tokens', o.ends_at
    FROM connect.open_share_token AS o JOIN connect.share_token AS t ON t.id = o.id
    WHERE CASE t.status WHEN 'created' THEN t.expires_at = o.ends_at
        WHEN 'pending' THEN t.pending_at = o.ends_at - interval '24 hours' END) AS d
WHERE d.ends_at < statement_timestamp() - interval '1 hour'
GROUP BY d.one, d.many
$findings$;
REVOKE ALL ON FUNCTION connect.term_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.term_findings() IS
'Tells that terms of Connections, or times of share tokens, which passed more than an hour ago are
not recorded: nobody runs expire_due(). Code: expiry_unswept. Raises 42501 for who may not read '
'the tables.';

-- event/api

COMMENT ON FUNCTION connect.list_events(text, int, text, text) IS
'Lists the history of one Connection and its share tokens, or of all, newest first.
Pages as in list_connections(), by ids of events. Who acted is shown to the actor''s own '
'organization only. Returns a document. Raises not_authenticated (PT401), permission_missing '
'(42501), not_found (PT404), parameter_invalid (22023), store_missing (55000).';

CREATE FUNCTION connect.read_events(after text = NULL, page_size int = 100) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_read_events'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.read_events(text, int) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.read_events(text, int) IS
'Returns the next events of the acting organization behind a cursor, oldest first.
Who follows links.next, which is always there, misses none and meets each subject''s events in '
'their order. What a running transaction may still precede is held back; meta.complete-before is '
'the time up to which the page is complete. Raises not_authenticated (PT401), permission_missing '
'(42501), parameter_invalid (22023), store_missing, store_outdated (55000).';

-- event/history

CREATE FUNCTION connect.seal_history() RETURNS void
AS 'MODULE_PATHNAME', 'connect_seal_history'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.seal_history() FROM PUBLIC;  -- upgrade_store() calls it
COMMENT ON FUNCTION connect.seal_history() IS
'Gives events of an older store their subject, position and seal, as upgrade_store() does.
An event that is sealed stays as it is, but for a position that is another cluster''s: it becomes '
'0. Raises store_missing, store_altered (55000).';

CREATE FUNCTION connect.verify_history(subject_id text = NULL)
RETURNS TABLE (subject_id text, event_id text, problem text)
AS 'MODULE_PATHNAME', 'connect_verify_history'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.verify_history(text) FROM PUBLIC;  -- it reads everybody's history
COMMENT ON FUNCTION connect.verify_history(text) IS
'Lists events that are not as they were written behind the one before them; no rows when sound.
Of one subject, or of all. A tail that was cut off shows only against history_anchor(). Raises '
'store_missing, store_outdated (55000).';

CREATE FUNCTION connect.history_anchor(before xid8 = NULL)
RETURNS TABLE (before xid8, subjects bigint, events bigint, seal bytea)
AS 'MODULE_PATHNAME', 'connect_history_anchor'
LANGUAGE C STABLE ROWS 1 PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.history_anchor(xid8) FROM PUBLIC;  -- it reads everybody's history
COMMENT ON FUNCTION connect.history_anchor(xid8) IS
'Returns what the events with a position below before amount to, to be kept elsewhere.
Computed again with the same before it must be equal, at any later time. Null means all that can '
'be told for good: below the oldest transaction that still runs. Raises store_missing, '
'store_outdated (55000).';

CREATE FUNCTION connect.forget_actor(organization_id text, actor_id text) RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_forget_actor'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.forget_actor(text, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.forget_actor(text, text) IS
'Forgets a person of an organization, and returns in how many events.
Nulls actor, reason and request of the events, and the creator of what the person has created; '
'deletes the answers stored for the organization''s idempotency keys. verify_history() and '
'history_anchor() stay as they were. Raises parameter_missing and parameter_invalid (22023), '
'store_missing, store_outdated (55000).';

-- gate/access

-- What the planner is told of the functions below.
CREATE FUNCTION connect.gate_support(internal) RETURNS internal
AS 'MODULE_PATHNAME', 'connect_gate_support'
LANGUAGE C STABLE PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.gate_support(internal) FROM PUBLIC;  -- the planner needs no grant
COMMENT ON FUNCTION connect.gate_support(internal) IS
'Tells the planner how many rows may_see() and is_allowed() pass, and by which index condition.
Only PostgreSQL calls it. Raises nothing.';

ALTER FUNCTION connect.is_allowed(text, text, text) SUPPORT connect.gate_support;
COMMENT ON FUNCTION connect.is_allowed(text, text, text) IS
'Tells whether the destination may see the source''s data now: is their Connection active, and '
'does it grant the scope?
False for a null organization, an unknown scope, and whoever is no party; nobody gets true only '
'as the store''s owner, a superuser or a gateway. As the only condition on a column, or one of '
'several, an index on it serves. An API key without the permission read gets '
'false. Raises store_missing (55000).';

COMMENT ON FUNCTION connect.allowed_sources(text) IS
'Returns the ids of the organizations that share with the acting one now, sorted.
Empty for nobody and for an unknown scope. Raises store_missing (55000).';

CREATE FUNCTION connect.may_see(organization_id text, scope text) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_may_see'
LANGUAGE C STABLE PARALLEL SAFE COST 10 SUPPORT connect.gate_support;
REVOKE ALL ON FUNCTION connect.may_see(text, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.may_see(text, text) IS
'Tells whether the acting organization may see this one''s data now: its own, or what is shared.
What policies ask; an index on the column serves. The scope counts for what others share. False '
'for nobody, the store''s owner and a gateway included, for a null organization and an API key '
'without the permission read. Raises store_missing (55000).';

CREATE FUNCTION connect.may_see(organization_id uuid, scope text) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_may_see_uuid'
LANGUAGE C STABLE PARALLEL SAFE COST 10 SUPPORT connect.gate_support;
REVOKE ALL ON FUNCTION connect.may_see(uuid, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.may_see(uuid, text) IS
'Tells whether the acting organization may see this one''s data now: its own, or what is shared.
What policies ask; an index on the column serves. The scope counts for what others share. False '
'for nobody, the store''s owner and a gateway included, for a null organization and an API key '
'without the permission read. Raises store_missing (55000).';

CREATE FUNCTION connect.may_see(organization_id integer, scope text) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_may_see_integer'
LANGUAGE C STABLE PARALLEL SAFE COST 10 SUPPORT connect.gate_support;
REVOKE ALL ON FUNCTION connect.may_see(integer, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.may_see(integer, text) IS
'Tells whether the acting organization may see this one''s data now: its own, or what is shared.
What policies ask; an index on the column serves. The scope counts for what others share. False '
'for nobody, the store''s owner and a gateway included, for a null organization and an API key '
'without the permission read. Raises store_missing (55000).';

CREATE FUNCTION connect.may_see(organization_id bigint, scope text) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_may_see_bigint'
LANGUAGE C STABLE PARALLEL SAFE COST 10 SUPPORT connect.gate_support;
REVOKE ALL ON FUNCTION connect.may_see(bigint, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.may_see(bigint, text) IS
'Tells whether the acting organization may see this one''s data now: its own, or what is shared.
What policies ask; an index on the column serves. The scope counts for what others share. False '
'for nobody, the store''s owner and a gateway included, for a null organization and an API key '
'without the permission read. Raises store_missing (55000).';

CREATE FUNCTION connect.visible_organizations(scope text) RETURNS text[]
AS 'MODULE_PATHNAME', 'connect_visible_organizations'
LANGUAGE C STABLE PARALLEL SAFE COST 1000;
-- grant_check() gives it.
REVOKE ALL ON FUNCTION connect.visible_organizations(text) FROM PUBLIC;
COMMENT ON FUNCTION connect.visible_organizations(text) IS
'Returns the ids of the organizations for which may_see() is true, sorted.
The acting one is among them, whatever the scope. Empty for nobody, the store''s owner and a '
'gateway included. Raises store_missing (55000).';

CREATE FUNCTION connect.visible_texts(scope text) RETURNS text[]
AS 'MODULE_PATHNAME', 'connect_visible_texts'
LANGUAGE C VOLATILE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.visible_texts(text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.visible_texts(text) IS
'Returns visible_organizations(), as far as they are of type text, for index conditions.
Raises store_missing (55000).';

CREATE FUNCTION connect.visible_uuids(scope text) RETURNS uuid[]
AS 'MODULE_PATHNAME', 'connect_visible_uuids'
LANGUAGE C VOLATILE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.visible_uuids(text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.visible_uuids(text) IS
'Returns visible_organizations(), as far as they are of type uuid, for index conditions.
Raises store_missing (55000).';

CREATE FUNCTION connect.visible_integers(scope text) RETURNS integer[]
AS 'MODULE_PATHNAME', 'connect_visible_integers'
LANGUAGE C VOLATILE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.visible_integers(text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.visible_integers(text) IS
'Returns visible_organizations(), as far as they are of type integer, for index conditions.
Raises store_missing (55000).';

CREATE FUNCTION connect.visible_bigints(scope text) RETURNS bigint[]
AS 'MODULE_PATHNAME', 'connect_visible_bigints'
LANGUAGE C VOLATILE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.visible_bigints(text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.visible_bigints(text) IS
'Returns visible_organizations(), as far as they are of type bigint, for index conditions.
Raises store_missing (55000).';

CREATE FUNCTION connect.sources_of(destination_organization_id text, scope text) RETURNS text[]
AS 'MODULE_PATHNAME', 'connect_sources_of'
LANGUAGE C VOLATILE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.sources_of(text, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.sources_of(text, text) IS
'Returns the ids of the sources for which is_allowed() is true, for index conditions.
Raises store_missing (55000).';

COMMENT ON FUNCTION connect.explain_access(text, text, text) IS
'Tells why is_allowed() is true or false: allowed, no_connection, pending, inactive, '
'scope_not_granted, scope_retired.
no_connection for whoever is no party. Raises store_missing (55000).';

CREATE FUNCTION connect.was_allowed(source_organization_id text, destination_organization_id text,
    scope text, at timestamptz) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_was_allowed'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_share() gives it.
REVOKE ALL ON FUNCTION connect.was_allowed(text, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION connect.was_allowed(text, text, text, timestamptz) IS
'Might the destination see the source''s data of this scope at that time, by the history?
An organization that acts gets true only as one of the two. A null scope names none. From the '
'time on at which a scope was retired it is false, and for now it is what is_allowed() says. '
'Raises parameter_missing, and parameter_invalid for a time to come (22023), store_missing, '
'store_outdated (55000).';

-- gate/share

COMMENT ON FUNCTION connect.share_table(regclass, name, text) IS
'Makes a table of yours shareable: enables row security and creates the policy connect_shared, '
'for SELECT.
It shows the acting organization its own rows and those of whoever shares the scope with it now. '
'organization_column is text, varchar, uuid, integer or bigint. Warns of what share_bypasses() '
'lists. Raises parameter_missing (22023), scope_unknown (PT422), '
'42501 for somebody else''s table, 42809 for what is none, 42703 and 42804 for the column, 42710 '
'if it is shared, store_missing (55000).';

CREATE FUNCTION connect.share_bypasses(relation regclass = NULL)
RETURNS TABLE (relation regclass, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $bypasses$
WITH RECURSIVE shared AS (
    SELECT c.oid, c.oid::regclass AS name, c.relowner, c.relrowsecurity, c.relforcerowsecurity
    FROM pg_class AS c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace <> 'connect'::regnamespace
    AND (share_bypasses.relation IS NULL OR c.oid = share_bypasses.relation)
    -- what share_table() made, or a policy by hand that asks the gate
    AND EXISTS (SELECT FROM pg_policy AS p WHERE p.polrelid = c.oid
        AND (p.polname = 'connect_shared' OR EXISTS (SELECT FROM pg_depend AS d
            JOIN pg_proc AS f ON f.oid = d.refobjid
            WHERE d.classid = 'pg_policy'::regclass AND d.objid = p.oid
            AND d.refclassid = 'pg_proc'::regclass AND f.pronamespace = 'connect'::regnamespace
            AND f.proname IN ('may_see', 'is_allowed'))))),
children (parent, parent_name, oid) AS (
    SELECT s.oid, s.name, i.inhrelid FROM shared AS s JOIN pg_inherits AS i ON i.inhparent = s.oid
    UNION SELECT h.parent, h.parent_name, i.inhrelid
    FROM children AS h JOIN pg_inherits AS i ON i.inhparent = h.oid),
-- Who may read a relation, or a column of it, besides its owner.
readers AS (
    SELECT c.oid, a.grantee FROM pg_class AS c, aclexplode(c.relacl) AS a
    WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner
    UNION SELECT c.oid, a.grantee FROM pg_class AS c
    JOIN pg_attribute AS t ON t.attrelid = c.oid AND NOT t.attisdropped, aclexplode(t.attacl) AS a
    WHERE a.privilege_type = 'SELECT' AND a.grantee <> c.relowner),
open_policies AS (
    SELECT p.polrelid, p.polname, string_agg(CASE r.role WHEN 0 THEN 'PUBLIC'
        ELSE r.role::regrole::text END, ', ' ORDER BY r.role) AS roles
    FROM pg_policy AS p, unnest(p.polroles) AS r (role)
    -- true, or an expression that is equal to itself
    WHERE p.polpermissive AND p.polcmd IN ('r', '*')
    AND pg_get_expr(p.polqual, p.polrelid) ~ E'^(true|\\(?(\\S+) = \\2\\)?)$'
    GROUP BY p.polrelid, p.polname),
-- Views that read a shared table or a child: at once, or through views that ask as their caller.
views (shared, read, oid) AS (
    SELECT s.oid, s.oid, s.oid FROM shared AS s
    UNION SELECT h.parent, h.oid, h.oid FROM children AS h
    UNION SELECT v.shared, v.read, w.ev_class FROM views AS v
    JOIN pg_depend AS d ON d.refclassid = 'pg_class'::regclass AND d.refobjid = v.oid
        AND d.classid = 'pg_rewrite'::regclass
    JOIN pg_rewrite AS w ON w.oid = d.objid AND w.ev_class <> v.oid
    JOIN pg_class AS c ON c.oid = v.oid
    WHERE c.relkind NOT IN ('v', 'm') OR coalesce((SELECT o.option_value::boolean
        FROM pg_options_to_table(c.reloptions) AS o
        WHERE o.option_name = 'security_invoker'), false)),
-- Those of which ask as an owner whom the policies do not bind.
bypasses AS (
    SELECT DISTINCT v.shared, c.oid, c.relkind, c.relowner, o.rolname
    FROM views AS v JOIN pg_class AS c ON c.oid = v.oid AND c.relkind IN ('v', 'm')
    JOIN pg_class AS t ON t.oid = v.read JOIN pg_class AS s ON s.oid = v.shared
    JOIN pg_roles AS o ON o.oid = c.relowner
    WHERE (c.relkind = 'm' OR NOT coalesce((SELECT p.option_value::boolean
        FROM pg_options_to_table(c.reloptions) AS p
        WHERE p.option_name = 'security_invoker'), false))
    AND (o.rolsuper OR o.rolbypassrls OR v.read <> v.shared AND NOT t.relrowsecurity
        OR pg_has_role(c.relowner, t.relowner, 'USAGE') AND NOT t.relforcerowsecurity)),
findings (name, finding, remedy) AS (
    SELECT s.name, format('Row security of table %s is off.', s.name),
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY;', s.name)
    FROM shared AS s WHERE NOT s.relrowsecurity
    UNION ALL SELECT s.name,
        format('Policy %I of table %s shows all rows to %s.', p.polname, s.name, p.roles),
        format('DROP POLICY %I ON %s;', p.polname, s.name)
    FROM shared AS s JOIN open_policies AS p ON p.polrelid = s.oid
    UNION ALL SELECT h.parent_name,
        format('Table %s, a child of %s, can be read directly, past the policies of its parent.',
            h.oid::regclass, h.parent_name),
        format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY; or REVOKE SELECT on it, or share it too.',
            h.oid::regclass)
    FROM children AS h JOIN pg_class AS c ON c.oid = h.oid
    WHERE EXISTS (SELECT FROM readers AS r WHERE r.oid = h.oid)
    AND (NOT c.relrowsecurity OR EXISTS (SELECT FROM open_policies AS p WHERE p.polrelid = h.oid))
    UNION ALL SELECT b.shared::regclass,
        format(CASE b.relkind WHEN 'm' THEN 'Materialized view %s holds rows of %s as %I saw them,'
            ' whom its policies do not bind.'
            ELSE 'View %s reads %s as %I, whom its policies do not bind.' END,
            b.oid::regclass, b.shared::regclass, b.rolname),
        CASE b.relkind WHEN 'm' THEN
            format('Give %s to nobody who may not see all rows, or drop it.', b.oid::regclass)
        ELSE format('ALTER VIEW %s SET (security_invoker = true);', b.oid::regclass) END
    FROM bypasses AS b)
SELECT f.name, f.finding, f.remedy FROM findings AS f ORDER BY f.name, f.finding COLLATE "C"
$bypasses$;
REVOKE ALL ON FUNCTION connect.share_bypasses(regclass) FROM PUBLIC;  -- share_table() asks it
COMMENT ON FUNCTION connect.share_bypasses(regclass) IS
'Lists how rows of a shared table, or of any, can be read past the policies that share it.
Row security that is off, another permissive policy that is always true, a child or partition that '
'can be read directly, a view of an owner whom policies do not bind. Raises nothing.';

-- http/transaction

CREATE FUNCTION connect.wait_for_transaction(transaction_id xid8, timeout interval = '5 s')
RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_wait_for_transaction'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.wait_for_transaction(xid8, interval) FROM PUBLIC;  -- grant_read()
COMMENT ON FUNCTION connect.wait_for_transaction(xid8, interval) IS
'Waits, on a replica, until a transaction of the primary is visible; false if it is not in time.
transaction_id is what pg_current_xact_id() said there, or Connect-Transaction over HTTP; timeout '
'is at most 60 seconds. The next statement sees the transaction. A primary only looks. Raises '
'parameter_missing and parameter_invalid (22023; on a primary also for an id that is not given '
'yet), snapshot_fixed (25001) under REPEATABLE READ and SERIALIZABLE.';

-- http/routes

CREATE FUNCTION connect_api.routes()
RETURNS TABLE (operation text, method text, path text, resource text, permission text)
AS 'MODULE_PATHNAME', 'connect_api_routes'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect_api.routes() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.routes() IS
'Lists the operations: which function of this schema serves which method and path, and what for.
{id} in a path stands for the id of a row. nginx''s routes are made from this; it is no route
itself. Raises nothing.';

-- share_token/rules

CREATE FUNCTION connect.share_token_rules()
RETURNS TABLE (action text, from_status connect.share_token_status,
               to_status connect.share_token_status, party text)
AS 'MODULE_PATHNAME', 'connect_share_token_rules'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 8;
REVOKE ALL ON FUNCTION connect.share_token_rules() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.share_token_rules() IS
'Lists who may take a share token from which state to which.
8 rows, one per (action, from, to, party); from_status is null for create. party is source, '
'destination, application (whoever grant_fulfil() was for), or time (nobody: a term has passed). '
'Functions and triggers decide by this table and no other (design, section 8). Raises nothing.';

-- share_token/kind

CREATE FUNCTION connect.share_rows(kind text, relation regclass, organization_column name,
    key_column name, scope text, id_prefix text = NULL, redeem_function regprocedure = NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'connect_share_rows'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
-- For the DBA.
REVOKE ALL ON FUNCTION connect.share_rows(text, regclass, name, name, text, text, regprocedure)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.share_rows(text, regclass, name, name, text, text, regprocedure) IS
'Lets share tokens name the rows of a table of yours, as a kind.
organization_column says whose row it is; key_column holds the id, under a unique index of its '
'own; a Connection must grant scope. id_prefix is what stands before the last _ in such ids, and '
'chooses the kind where none is named. redeem_function(source_id text, source_organization_id '
'text, destination_organization_id text, destination_id text, options jsonb) returns text makes '
'the destination''s copy and returns its id; it runs as the owner of the table, whose it must be. '
'Without one, the application fulfils a token later, with complete_share_token(). Raises '
'parameter_missing and parameter_invalid (22023), scope_unknown (PT422), 42501 for somebody '
'else''s table, 42809 for what is none, 42703, 42804 and 42830 for its columns, kind_broken '
'(55000) for the function, 42710 if there is such a kind, store_missing (55000).';

CREATE FUNCTION connect.unshare_rows(kind text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unshare_rows'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.unshare_rows(text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unshare_rows(text) IS
'Ends what share_rows() began: no more tokens of the kind are made or redeemed.
A kind that tokens name is retired, any other one deleted; share_rows() brings it back. Raises '
'parameter_missing (22023), 42501 for somebody else''s table, 42704 if there is no such kind, '
'store_missing (55000).';

-- share_token/findings

CREATE FUNCTION connect.kind_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
WITH kinds AS (
    SELECT k.*, c.oid AS table_oid, c.relkind, c.relowner, p.oid AS function_oid, p.proowner,
        p.prokind, p.proretset, p.prorettype, p.provolatile,
        p.proisstrict, p.pronamespace, (SELECT substr(s, 13) FROM unnest(p.proconfig) AS s
            WHERE s LIKE 'search_path=%') AS path
    FROM connect.share_kind AS k LEFT JOIN pg_class AS c ON c.oid = k.relation
    -- to_regprocedure() would ask for USAGE on the schema
    LEFT JOIN (pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace)
        ON p.proargtypes = '25 25 25 25 3802'::oidvector
        AND k.redeem_function = format('%I.%I(pg_catalog.text,pg_catalog.text,pg_catalog.text,'
            'pg_catalog.text,pg_catalog.jsonb)', n.nspname, p.proname)
    WHERE k.retired_at IS NULL),
columns AS (
    SELECT k.name, k.table_oid, w.role, w.column_name, a.attnum
    FROM kinds AS k CROSS JOIN LATERAL (VALUES ('organization', k.organization_column),
        ('key', k.key_column)) AS w (role, column_name)
    LEFT JOIN pg_attribute AS a ON a.attrelid = k.table_oid AND a.attname = w.column_name
        AND NOT a.attisdropped
    WHERE k.table_oid IS NOT NULL),
broken (name, severity, what, remedy) AS (
    SELECT name, 'error', 'its table is not there any more', NULL FROM kinds
    WHERE table_oid IS NULL OR relkind NOT IN ('r', 'p')
    UNION ALL SELECT name, 'error', format('its table has no column %I', column_name), NULL
    FROM columns WHERE attnum IS NULL
    UNION ALL SELECT c.name, 'error', format('column %I has no unique index of its own',
        c.column_name), 'Give the column a primary key or a unique constraint.'
    FROM columns AS c WHERE c.role = 'key' AND c.attnum IS NOT NULL
    AND NOT EXISTS (SELECT FROM pg_index AS i WHERE i.indrelid = c.table_oid AND i.indisunique
        AND i.indisvalid AND i.indpred IS NULL AND i.indnkeyatts = 1
        AND i.indkey[0] = c.attnum)
    UNION ALL SELECT name, 'error', format('its function %s does not exist', redeem_function),
        'Create the function again.'
    FROM kinds WHERE redeem_function IS NOT NULL AND function_oid IS NULL
    UNION ALL SELECT name, 'error', format('its function %s is not the table owner''s',
        redeem_function), format('ALTER FUNCTION %s OWNER TO %s;', redeem_function,
        relowner::regrole)
    FROM kinds WHERE proowner <> relowner
    UNION ALL SELECT name, 'error', format('its function %s is not of the form that it must have',
        redeem_function), NULL
    FROM kinds WHERE function_oid IS NOT NULL AND (prokind <> 'f' OR proretset OR proisstrict
        OR provolatile <> 'v' OR prorettype <> 'text'::regtype
        OR pg_is_other_temp_schema(pronamespace) OR pronamespace = pg_my_temp_schema())
    UNION ALL SELECT name, 'error', format('the search_path of its function %s names pg_temp first',
        redeem_function), format('ALTER FUNCTION %s SET search_path = pg_catalog, pg_temp;',
        redeem_function)
    FROM kinds WHERE path ~ '^\s*"?pg_temp"?\s*(,|$)'
    UNION ALL SELECT name, 'warning', format('the search_path of its function %s does not name'
        ' pg_temp, which PostgreSQL then searches first', redeem_function),
        format('ALTER FUNCTION %s SET search_path = %s, pg_temp;', redeem_function, path)
    FROM kinds WHERE path !~ '\mpg_temp\M')
SELECT 'kind_broken', severity, format('Kind "%s" cannot be used: %s.', name, what),
    coalesce(remedy, format('SELECT connect.unshare_rows(%L); and declare it again.', name))
FROM broken
$findings$;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.kind_findings() FROM PUBLIC;
COMMENT ON FUNCTION connect.kind_findings() IS
'Lists kinds of rows whose table, columns or function are not what share_rows() was told.
Code: kind_broken. Raises 42501 for who may not read connect.share_kind.';

-- share_token/grants

CREATE FUNCTION connect.grant_fulfil(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_fulfil'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_fulfil(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_fulfil(name) IS
'Grants complete_share_token() and fail_share_token().
For the application''s worker, which acts for no organization. Raises 42704 for an unknown role, '
'parameter_missing (22023), 42501.';

-- share_token/api

CREATE FUNCTION connect.create_share_token(connection_id text, source_id text,
    expires_in interval = '14 days', kind text = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_create_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.create_share_token(text, text, interval, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.create_share_token(text, text, interval, text) IS
'Offers one row of the acting organization through a Connection of which it is the source.
expires_in is 60 seconds to 21 days. Without kind, the prefix of source_id tells it. Returns the '
'document of the token. Raises not_authenticated (PT401), permission_missing and wrong_party '
'(42501), parameter_missing (22023), not_found (PT404) for the Connection, source_not_found '
'(PT404) for the row, connection_not_active (PT409), kind_unknown and expires_in_invalid '
'(PT422), kind_broken and store_missing (55000).';

CREATE FUNCTION connect.get_share_token(share_token_id text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_get_share_token'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.get_share_token(text) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.get_share_token(text) IS
'Shows one share token to a party to it; it does not redeem it.
Returns its document. Raises not_authenticated (PT401), permission_missing (42501), '
'parameter_missing (22023), share_token_not_found (PT404), store_missing (55000).';

CREATE FUNCTION connect.list_share_tokens(connection_id text = NULL,
    status connect.share_token_status = NULL, direction text = NULL,
    page_size int = 10, page_after text = NULL, page_before text = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_share_tokens'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_read() gives it.
REVOKE ALL ON FUNCTION connect.list_share_tokens(
    text, connect.share_token_status, text, int, text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.list_share_tokens(
    text, connect.share_token_status, text, int, text, text) IS
'Lists the share tokens of the acting organization in both directions, newest first.
Filters are ANDed; status means the one by now. A closed status that hardly any token has is '
'looked for among all of them. Pages as in list_connections(). Returns a document. Raises '
'not_authenticated (PT401), permission_missing (42501), parameter_invalid (22023), store_missing '
'(55000).';

CREATE FUNCTION connect.expire_share_token(share_token_id text, reason text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_expire_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.expire_share_token(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.expire_share_token(text, text) IS
'Ends a share token that nobody has redeemed, as either party.
reason has at most 1000 characters. Returns the document of the token. Raises not_authenticated '
'(PT401), permission_missing (42501), parameter_missing (22023), share_token_not_found (PT404), '
'share_token_not_created (PT409), reason_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.redeem_share_token(share_token_id text, destination_id text = NULL,
    options jsonb = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_redeem_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.redeem_share_token(text, text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION connect.redeem_share_token(text, text, jsonb) IS
'Takes over the row of a share token, as the destination, once.
destination_id names an object of its own to fill, instead of a new one; options, a JSON object '
'of at most 64 kB, are for the function of the kind. Returns the document of the token: redeemed, '
'failed, or pending where the application does the work later. Raises not_authenticated (PT401), '
'permission_missing, wrong_party and sharing_not_allowed (42501), parameter_missing and '
'parameter_invalid (22023), share_token_not_found (PT404), share_token_not_created and '
'connection_not_active (PT409), kind_unknown (PT422), kind_broken and store_missing (55000), and '
'what the function of the kind raises.';

CREATE FUNCTION connect.complete_share_token(share_token_id text, destination_id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_complete_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_fulfil() gives it.
REVOKE ALL ON FUNCTION connect.complete_share_token(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.complete_share_token(text, text) IS
'Says that the destination of a pending share token has its copy, as the application.
Call it in the transaction that makes the copy. Returns the document of the token. Raises '
'wrong_party (42501) for an acting organization, parameter_missing and parameter_invalid (22023), '
'share_token_not_found (PT404), share_token_not_pending and connection_not_active (PT409), '
'sharing_not_allowed (42501), kind_unknown (PT422), store_missing (55000).';

CREATE FUNCTION connect.fail_share_token(share_token_id text, failure_reason text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_fail_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_fulfil() gives it.
REVOKE ALL ON FUNCTION connect.fail_share_token(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.fail_share_token(text, text) IS
'Says that a pending share token cannot be fulfilled, as the application.
failure_reason is source_not_found, source_redacted, import_failed or unrecoverable_error. '
'Returns the document of the token. Raises wrong_party (42501) for an acting organization, '
'parameter_missing and parameter_invalid (22023), share_token_not_found (PT404), '
'share_token_not_pending (PT409), store_missing (55000).';

-- event/http

CREATE FUNCTION connect_api.read_events() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_read_events'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.read_events() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.read_events() IS
'GET /api/v1/connect/events/feed: the next events of the organization, oldest first.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';

-- share_token/http

CREATE FUNCTION connect_api.list_share_tokens() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_share_tokens'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_share_tokens() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_share_tokens() IS
'GET /api/v1/connect/share-tokens: a page of share tokens.
Takes its arguments from request.headers; returns a document (design, section 8). Raises nothing.';

CREATE FUNCTION connect_api.create_share_token(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_create_share_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.create_share_token(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.create_share_token(bytea) IS
'POST /api/v1/connect/share-tokens: offers one row.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'section 8). Raises nothing.';

CREATE FUNCTION connect_api.get_share_token() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_get_share_token'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.get_share_token() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.get_share_token() IS
'GET /api/v1/connect/share-tokens/{id}: one share token.
Takes its arguments from request.headers; returns a document (design, section 8). Raises nothing.';

CREATE FUNCTION connect_api.expire_share_token(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_expire_share_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.expire_share_token(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.expire_share_token(bytea) IS
'POST /api/v1/connect/share-tokens/{id}/expire: ends a token.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'section 8). Raises nothing.';

CREATE FUNCTION connect_api.redeem_share_token(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_redeem_share_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.redeem_share_token(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.redeem_share_token(bytea) IS
'POST /api/v1/connect/share-tokens/{id}/redeem: takes over a row, once.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'section 8). Raises nothing.';

-- What default privileges have given of the new functions is taken back; what grants give follows.
DO $close$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM %I',
            p.oid::pg_catalog.regprocedure, r.rolname)
        FROM pg_catalog.pg_proc AS p, pg_catalog.aclexplode(p.proacl) AS a
        JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
        WHERE p.pronamespace IN ('connect'::pg_catalog.regnamespace,
            'connect_api'::pg_catalog.regnamespace)
        AND a.grantee <> p.proowner AND p.oid::text <> ALL (pg_catalog.string_to_array(
            pg_catalog.current_setting('connect_update.functions'), ' '))
    LOOP
        EXECUTE statement;
    END LOOP;
END $close$;

-- Whoever may ask the gate in one way may ask it in the others, so that policies can be made anew.
DO $grants$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %s%s', f.functions,
            CASE a.grantee WHEN 0 THEN 'PUBLIC'
                ELSE a.grantee::pg_catalog.regrole::text END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_catalog.pg_proc AS p, pg_catalog.aclexplode(p.proacl) AS a,
            (SELECT pg_catalog.string_agg(n.oid::pg_catalog.regprocedure::text, ', ')
                AS functions
            FROM pg_catalog.pg_proc AS n
            WHERE n.pronamespace = 'connect'::pg_catalog.regnamespace AND n.proname IN ('may_see',
                'visible_organizations', 'visible_texts', 'visible_uuids', 'visible_integers',
                'visible_bigints', 'sources_of', 'has_valid_id_and_times', 'effective_status')) AS f
        WHERE p.oid = 'connect.is_allowed(text,text,text)'::pg_catalog.regprocedure
        AND a.grantee <> p.proowner
    LOOP
        EXECUTE statement;
    END LOOP;
END $grants$;

DO $grants$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %s%s', p.oid::pg_catalog.regprocedure,
            CASE g.grantee WHEN 0 THEN 'PUBLIC'
                ELSE g.grantee::pg_catalog.regrole::text END,
            CASE WHEN g.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM pg_temp.connect_update_grants AS g JOIN pg_catalog.pg_proc AS p
        ON p.pronamespace = 'connect'::pg_catalog.regnamespace AND p.proname = g.proname
    LOOP
        EXECUTE statement;
    END LOOP;
END $grants$;
DROP TABLE pg_temp.connect_update_grants;

-- Other new functions are for whoever has those that are like them.
DO $grants$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT pg_catalog.format('GRANT EXECUTE ON FUNCTION %s TO %s%s', v.added,
            CASE a.grantee WHEN 0 THEN 'PUBLIC'
                ELSE a.grantee::pg_catalog.regrole::text END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
        FROM (VALUES
            ('connect.list_events(text,int,text,text)', 'connect.read_events(text,int)'),
            ('connect_api.list_events()', 'connect_api.read_events()'),
            ('connect.list_scopes()', 'connect.wait_for_transaction(xid8,interval)'),
            ('connect.get_connection(text)', 'connect.get_share_token(text)'),
            ('connect.get_connection(text)', 'connect.share_token_rules()'),
            ('connect.list_events(text,int,text,text)', 'connect.list_share_tokens(text,'
                'connect.share_token_status,text,int,text,text)'),
            ('connect.deactivate_connection(text,text)',
                'connect.create_share_token(text,text,interval,text)'),
            ('connect.deactivate_connection(text,text)', 'connect.expire_share_token(text,text)'),
            ('connect.activate_connection(text,text,text[])',
                'connect.redeem_share_token(text,text,jsonb)'),
            ('connect_api.get_connection()', 'connect_api.get_share_token()'),
            ('connect_api.list_connections()', 'connect_api.list_share_tokens()'),
            ('connect_api.deactivate_connection(bytea)', 'connect_api.create_share_token(bytea)'),
            ('connect_api.deactivate_connection(bytea)', 'connect_api.expire_share_token(bytea)'),
            ('connect_api.activate_connection(bytea)', 'connect_api.redeem_share_token(bytea)'),
            ('connect.require_allowed(text,text,text)',
                'connect.was_allowed(text,text,text,timestamptz)')) AS v (given, added)
        JOIN pg_catalog.pg_proc AS p ON p.oid = v.given::pg_catalog.regprocedure
        CROSS JOIN pg_catalog.aclexplode(p.proacl) AS a
        WHERE a.grantee <> p.proowner
    LOOP
        EXECUTE statement;
    END LOOP;
END $grants$;
