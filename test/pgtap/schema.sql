-- The store as create_store() makes it: tables, columns, constraints, indexes,
-- triggers, row security and policies. Written out, so that a change of any of
-- them is a change here too, and a decision about upgrade_store().
\ir setup.psql

SELECT plan(17);

-- Tables and columns. Every id is COLLATE "C".
CREATE TEMPORARY TABLE expected_column (position serial, relation text, name text, definition text);
INSERT INTO expected_column (relation, name, definition) VALUES
    ('organization', 'id', 'text COLLATE C NOT NULL'),
    ('organization', 'name', 'text NOT NULL'),
    ('organization', 'created_at', 'timestamp with time zone NOT NULL DEFAULT now()'),
    ('organization', 'retired_at', 'timestamp with time zone'),
    ('organization', 'followed_from', 'regclass'),
    ('scope', 'name', 'text COLLATE C NOT NULL'),
    ('scope', 'description', 'text NOT NULL'),
    ('scope', 'is_default', 'boolean NOT NULL DEFAULT false'),
    ('scope', 'title', 'text'),
    ('scope', 'retired_at', 'timestamp with time zone'),
    ('connection', 'id', 'text COLLATE C NOT NULL'),
    ('connection', 'source_organization_id', 'text COLLATE C NOT NULL'),
    ('connection', 'destination_organization_id', 'text COLLATE C NOT NULL'),
    ('connection', 'name', 'text'),
    ('connection', 'status', 'connect.connection_status NOT NULL DEFAULT ''pending''::connect.connection_status'),
    ('connection', 'scopes', 'text[] NOT NULL'),
    ('connection', 'creator_id', 'text COLLATE C'),
    ('connection', 'creator_type', 'text COLLATE C'),
    ('connection', 'created_at', 'timestamp with time zone NOT NULL'),
    ('connection', 'updated_at', 'timestamp with time zone NOT NULL'),
    ('connection', 'respond_by', 'timestamp with time zone'),
    ('connection', 'expires_at', 'timestamp with time zone'),
    ('event', 'id', 'text COLLATE C NOT NULL'),
    ('event', 'subject_type', 'text COLLATE C NOT NULL'),
    ('event', 'subject_id', 'text COLLATE C NOT NULL'),
    ('event', 'connection_id', 'text COLLATE C NOT NULL'),
    ('event', 'source_organization_id', 'text COLLATE C NOT NULL'),
    ('event', 'destination_organization_id', 'text COLLATE C NOT NULL'),
    ('event', 'action', 'text COLLATE C NOT NULL'),
    ('event', 'from_status', 'text COLLATE C'),
    ('event', 'to_status', 'text COLLATE C NOT NULL'),
    ('event', 'name', 'text'),
    ('event', 'scopes', 'text[]'),
    ('event', 'respond_by', 'timestamp with time zone'),
    ('event', 'expires_at', 'timestamp with time zone'),
    ('event', 'effective_at', 'timestamp with time zone'),
    ('event', 'actor_organization_id', 'text COLLATE C'),
    ('event', 'actor_id', 'text COLLATE C'),
    ('event', 'actor_type', 'text COLLATE C'),
    ('event', 'reason', 'text'),
    ('event', 'request_id', 'text COLLATE C'),
    ('event', 'transaction_id', 'xid8 NOT NULL DEFAULT pg_current_xact_id()'),
    ('event', 'position', 'xid8 NOT NULL'),
    ('event', 'seal', 'bytea NOT NULL'),
    ('event', 'personal_salt', 'bytea'),
    ('event', 'personal_digest', 'bytea NOT NULL'),
    ('event', 'created_at', 'timestamp with time zone NOT NULL'),
    ('open_connection', 'id', 'text COLLATE C NOT NULL'),
    ('open_connection', 'source_organization_id', 'text COLLATE C NOT NULL'),
    ('open_connection', 'destination_organization_id', 'text COLLATE C NOT NULL'),
    ('open_share_token', 'id', 'text COLLATE C NOT NULL'),
    ('open_share_token', 'connection_id', 'text COLLATE C NOT NULL'),
    ('open_share_token', 'source_organization_id', 'text COLLATE C NOT NULL'),
    ('open_share_token', 'destination_organization_id', 'text COLLATE C NOT NULL'),
    ('open_share_token', 'status', 'text COLLATE C NOT NULL'),
    ('open_share_token', 'ends_at', 'timestamp with time zone NOT NULL'),
    ('open_term', 'id', 'text COLLATE C NOT NULL'),
    ('open_term', 'source_organization_id', 'text COLLATE C NOT NULL'),
    ('open_term', 'destination_organization_id', 'text COLLATE C NOT NULL'),
    ('open_term', 'ends_at', 'timestamp with time zone NOT NULL'),
    ('organization_role', 'role_name', 'name COLLATE C NOT NULL'),
    ('organization_role', 'organization_id', 'text COLLATE C NOT NULL'),
    ('organization_role', 'retired_at', 'timestamp with time zone'),
    ('gateway_role', 'role_name', 'name COLLATE C NOT NULL'),
    ('gateway_role', 'organization_claim', 'text[] NOT NULL DEFAULT string_to_array(''organization_id''::text, '',''::text)'),
    ('gateway_role', 'actor_claim', 'text[] NOT NULL DEFAULT string_to_array(''sub''::text, '',''::text)'),
    ('api_key', 'id', 'text COLLATE C NOT NULL'),
    ('api_key', 'organization_id', 'text COLLATE C NOT NULL'),
    ('api_key', 'name', 'text NOT NULL'),
    ('api_key', 'secret_sha256', 'bytea NOT NULL'),
    ('api_key', 'permissions', 'text[] NOT NULL'),
    ('api_key', 'created_at', 'timestamp with time zone NOT NULL DEFAULT now()'),
    ('api_key', 'expires_at', 'timestamp with time zone'),
    ('api_key', 'revoked_at', 'timestamp with time zone'),
    ('api_key', 'retired_at', 'timestamp with time zone'),
    ('followed_table', 'relation', 'regclass NOT NULL'),
    ('followed_table', 'id_column', 'name COLLATE C NOT NULL'),
    ('followed_table', 'name_column', 'name COLLATE C NOT NULL'),
    ('idempotency', 'organization_id', 'text COLLATE C NOT NULL'),
    ('idempotency', 'key', 'text COLLATE C NOT NULL'),
    ('idempotency', 'request_sha256', 'bytea NOT NULL'),
    ('idempotency', 'status', 'integer NOT NULL'),
    ('idempotency', 'headers', 'text NOT NULL'),
    ('idempotency', 'body', 'text NOT NULL'),
    ('idempotency', 'created_at', 'timestamp with time zone NOT NULL DEFAULT now()'),
    ('share_kind', 'name', 'text COLLATE C NOT NULL'),
    ('share_kind', 'relation', 'regclass NOT NULL'),
    ('share_kind', 'organization_column', 'name COLLATE C NOT NULL'),
    ('share_kind', 'key_column', 'name COLLATE C NOT NULL'),
    ('share_kind', 'scope', 'text COLLATE C NOT NULL'),
    ('share_kind', 'id_prefix', 'text COLLATE C'),
    ('share_kind', 'redeem_function', 'text'),
    ('share_kind', 'retired_at', 'timestamp with time zone'),
    ('share_token', 'id', 'text COLLATE C NOT NULL'),
    ('share_token', 'connection_id', 'text COLLATE C NOT NULL'),
    ('share_token', 'source_organization_id', 'text COLLATE C NOT NULL'),
    ('share_token', 'destination_organization_id', 'text COLLATE C NOT NULL'),
    ('share_token', 'kind', 'text COLLATE C NOT NULL'),
    ('share_token', 'source_id', 'text COLLATE C NOT NULL'),
    ('share_token', 'status', 'connect.share_token_status NOT NULL DEFAULT ''created''::connect.share_token_status'),
    ('share_token', 'expires_at', 'timestamp with time zone NOT NULL'),
    ('share_token', 'redeem_mode', 'text COLLATE C'),
    ('share_token', 'destination_id', 'text COLLATE C'),
    ('share_token', 'failure_reason', 'text COLLATE C'),
    ('share_token', 'creator_id', 'text COLLATE C'),
    ('share_token', 'creator_type', 'text COLLATE C'),
    ('share_token', 'pending_at', 'timestamp with time zone'),
    ('share_token', 'redeemed_at', 'timestamp with time zone'),
    ('share_token', 'failed_at', 'timestamp with time zone'),
    ('share_token', 'created_at', 'timestamp with time zone NOT NULL'),
    ('share_token', 'updated_at', 'timestamp with time zone NOT NULL');

SELECT set_eq(
    $$SELECT relname::text FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind NOT IN ('i', 'c')$$,
    $$SELECT relation FROM expected_column$$,
    'these tables and no other relations');

SELECT bag_eq(
    $$SELECT c.relname::text, a.attnum::bigint, a.attname::text,
             concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                 CASE WHEN l.collname <> 'default' THEN 'COLLATE ' || l.collname END,
                 CASE WHEN a.attnotnull THEN 'NOT NULL' END,
                 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid))
      FROM pg_class AS c
      JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
      LEFT JOIN pg_attrdef AS d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = 'connect'::regnamespace AND c.relkind = 'r'$$,
    $$SELECT relation, row_number() OVER (PARTITION BY relation ORDER BY position), name, definition
      FROM expected_column$$,
    'columns in their order, types, collations, defaults');

SELECT is_empty(
    $$SELECT relation, name FROM expected_column
      WHERE (name = 'id' OR name LIKE '%\_id') AND name <> 'transaction_id'
      AND definition NOT LIKE 'text COLLATE C%'$$,
    'every id is text COLLATE "C"');

SELECT enum_has_labels('connect', 'connection_status', '{pending,active,inactive}', 'the states, in order');

SELECT is(
    (SELECT reloptions FROM pg_class WHERE oid = 'connect.connection'::regclass),
    '{fillfactor=90}'::text[],
    'pages of connections keep room for HOT updates');

SELECT bag_eq(
    $$SELECT name, is_default FROM connect.scope$$,
    $$VALUES ('account.read', true), ('inquiry.read', true), ('verification.read', false)$$,
    'the scopes that ship');

-- Constraints. NOT NULL stands with the columns: only since 18 it is a constraint as well.
CREATE TEMPORARY TABLE expected_constraint (relation text, name text, definition text);
INSERT INTO expected_constraint VALUES
    ('api_key', 'api_key_organization_fkey', 'FOREIGN KEY (organization_id) REFERENCES connect.organization(id)'),
    ('api_key', 'api_key_pkey', 'PRIMARY KEY (id)'),
    ('api_key', 'api_key_secret_sha256_key', 'UNIQUE (secret_sha256)'),
    ('connection', 'connection_destination_fkey', 'FOREIGN KEY (destination_organization_id) REFERENCES connect.organization(id)'),
    ('connection', 'connection_check', 'CHECK (connect.has_valid_id_and_times(id, created_at, updated_at))'),
    ('connection', 'connection_pair_key', 'UNIQUE (source_organization_id, destination_organization_id)'),
    ('connection', 'connection_pkey', 'PRIMARY KEY (id)'),
    ('connection', 'connection_source_fkey', 'FOREIGN KEY (source_organization_id) REFERENCES connect.organization(id)'),
    ('event', 'event_pkey', 'PRIMARY KEY (id)'),
    ('followed_table', 'followed_table_pkey', 'PRIMARY KEY (relation)'),
    ('gateway_role', 'gateway_role_pkey', 'PRIMARY KEY (role_name)'),
    ('idempotency', 'idempotency_organization_fkey', 'FOREIGN KEY (organization_id) REFERENCES connect.organization(id)'),
    ('idempotency', 'idempotency_pkey', 'PRIMARY KEY (organization_id, key)'),
    ('organization', 'organization_id_check', 'CHECK (((octet_length(id) <= 64) AND (id ~ ''^[A-Za-z0-9_-]+$''::text)))'),
    ('organization', 'organization_pkey', 'PRIMARY KEY (id)'),
    ('organization_role', 'organization_role_organization_fkey', 'FOREIGN KEY (organization_id) REFERENCES connect.organization(id)'),
    ('organization_role', 'organization_role_pkey', 'PRIMARY KEY (role_name)'),
    ('scope', 'scope_name_check', 'CHECK ((name ~ ''^[A-Za-z0-9_.:-]{1,64}$''::text))'),
    ('open_connection', 'open_connection_pkey', 'PRIMARY KEY (destination_organization_id, id)'),
    ('open_share_token', 'open_share_token_pkey', 'PRIMARY KEY (connection_id, status, id)'),
    ('open_term', 'open_term_pkey', 'PRIMARY KEY (id)'),
    ('scope', 'scope_pkey', 'PRIMARY KEY (name)'),
    ('share_kind', 'share_kind_id_prefix_key', 'UNIQUE (id_prefix)'),
    ('share_kind', 'share_kind_name_check', 'CHECK ((name ~ ''^[A-Za-z0-9_./-]{1,64}$''::text))'),
    ('share_kind', 'share_kind_pkey', 'PRIMARY KEY (name)'),
    ('share_kind', 'share_kind_relation_key', 'UNIQUE (relation, key_column)'),
    ('share_kind', 'share_kind_scope_fkey', 'FOREIGN KEY (scope) REFERENCES connect.scope(name)'),
    ('share_token', 'share_token_check', 'CHECK (connect.has_valid_id_and_times(id, created_at, updated_at))'),
    ('share_token', 'share_token_kind_fkey', 'FOREIGN KEY (kind) REFERENCES connect.share_kind(name)'),
    ('share_token', 'share_token_pkey', 'PRIMARY KEY (id)')
;

SELECT bag_eq(
    $$SELECT c.relname::text, n.conname::text, pg_get_constraintdef(n.oid)
      FROM pg_constraint AS n JOIN pg_class AS c ON c.oid = n.conrelid
      WHERE c.relnamespace = 'connect'::regnamespace AND n.contype NOT IN ('n', 't')$$,
    'SELECT * FROM expected_constraint',
    'constraints');
SELECT is_empty(
    $$SELECT conname FROM pg_constraint
      WHERE connamespace = 'connect'::regnamespace AND (NOT convalidated OR condeferrable)$$,
    'all constraints are valid and not deferrable');

-- Indexes. None mentions status or updated_at, so that a transition is a HOT update.
CREATE TEMPORARY TABLE expected_index (name text, definition text);
INSERT INTO expected_index VALUES
    ('api_key_pkey', 'CREATE UNIQUE INDEX api_key_pkey ON connect.api_key USING btree (id)'),
    ('api_key_secret_sha256_key', 'CREATE UNIQUE INDEX api_key_secret_sha256_key ON connect.api_key USING btree (secret_sha256)'),
    ('connection_destination_idx', 'CREATE INDEX connection_destination_idx ON connect.connection USING btree (destination_organization_id, id)'),
    ('connection_pair_key', 'CREATE UNIQUE INDEX connection_pair_key ON connect.connection USING btree (source_organization_id, destination_organization_id)'),
    ('connection_pkey', 'CREATE UNIQUE INDEX connection_pkey ON connect.connection USING btree (id)'),
    ('connection_source_idx', 'CREATE INDEX connection_source_idx ON connect.connection USING btree (source_organization_id, id)'),
    ('event_destination_idx', 'CREATE INDEX event_destination_idx ON connect.event USING btree (destination_organization_id, id)'),
    ('event_destination_feed_idx', 'CREATE INDEX event_destination_feed_idx ON connect.event USING btree (destination_organization_id, "position", id)'),
    ('event_outbox_idx', 'CREATE INDEX event_outbox_idx ON connect.event USING btree ("position", id)'),
    ('event_token_idx', 'CREATE INDEX event_token_idx ON connect.event USING btree (connection_id, id) WHERE (subject_id <> connection_id)'),
    ('event_source_feed_idx', 'CREATE INDEX event_source_feed_idx ON connect.event USING btree (source_organization_id, "position", id)'),
    ('event_subject_idx', 'CREATE INDEX event_subject_idx ON connect.event USING btree (subject_id, id)'),
    ('event_pkey', 'CREATE UNIQUE INDEX event_pkey ON connect.event USING btree (id)'),
    ('event_source_idx', 'CREATE INDEX event_source_idx ON connect.event USING btree (source_organization_id, id)'),
    ('followed_table_pkey', 'CREATE UNIQUE INDEX followed_table_pkey ON connect.followed_table USING btree (relation)'),
    ('gateway_role_pkey', 'CREATE UNIQUE INDEX gateway_role_pkey ON connect.gateway_role USING btree (role_name)'),
    ('idempotency_created_at_idx', 'CREATE INDEX idempotency_created_at_idx ON connect.idempotency USING btree (created_at)'),
    ('idempotency_pkey', 'CREATE UNIQUE INDEX idempotency_pkey ON connect.idempotency USING btree (organization_id, key)'),
    ('open_share_token_pkey', 'CREATE UNIQUE INDEX open_share_token_pkey ON connect.open_share_token USING btree (connection_id, status, id)'),
    ('open_share_token_source_idx', 'CREATE INDEX open_share_token_source_idx ON connect.open_share_token USING btree (source_organization_id, status, id)'),
    ('open_share_token_destination_idx', 'CREATE INDEX open_share_token_destination_idx ON connect.open_share_token USING btree (destination_organization_id, status, id)'),
    ('open_share_token_ends_at_idx', 'CREATE INDEX open_share_token_ends_at_idx ON connect.open_share_token USING btree (ends_at, id)'),
    ('open_term_pkey', 'CREATE UNIQUE INDEX open_term_pkey ON connect.open_term USING btree (id)'),
    ('open_term_ends_at_idx', 'CREATE INDEX open_term_ends_at_idx ON connect.open_term USING btree (ends_at, id)'),
    ('open_connection_pkey', 'CREATE UNIQUE INDEX open_connection_pkey ON connect.open_connection USING btree (destination_organization_id, id)'),
    ('organization_lower_id_idx', 'CREATE INDEX organization_lower_id_idx ON connect.organization USING btree (lower(id))'),
    ('organization_lower_name_idx', 'CREATE INDEX organization_lower_name_idx ON connect.organization USING btree (lower(name) COLLATE "C")'),
    ('organization_pkey', 'CREATE UNIQUE INDEX organization_pkey ON connect.organization USING btree (id)'),
    ('organization_role_pkey', 'CREATE UNIQUE INDEX organization_role_pkey ON connect.organization_role USING btree (role_name)'),
    ('scope_pkey', 'CREATE UNIQUE INDEX scope_pkey ON connect.scope USING btree (name)'),
    ('share_kind_id_prefix_key', 'CREATE UNIQUE INDEX share_kind_id_prefix_key ON connect.share_kind USING btree (id_prefix)'),
    ('share_kind_pkey', 'CREATE UNIQUE INDEX share_kind_pkey ON connect.share_kind USING btree (name)'),
    ('share_kind_relation_key', 'CREATE UNIQUE INDEX share_kind_relation_key ON connect.share_kind USING btree (relation, key_column)'),
    ('share_token_connection_idx', 'CREATE INDEX share_token_connection_idx ON connect.share_token USING btree (connection_id, id)'),
    ('share_token_destination_idx', 'CREATE INDEX share_token_destination_idx ON connect.share_token USING btree (destination_organization_id, id)'),
    ('share_token_pkey', 'CREATE UNIQUE INDEX share_token_pkey ON connect.share_token USING btree (id)'),
    ('share_token_source_idx', 'CREATE INDEX share_token_source_idx ON connect.share_token USING btree (source_organization_id, id)')
;

SELECT bag_eq(
    $$SELECT indexname::text, indexdef FROM pg_indexes WHERE schemaname = 'connect'$$,
    'SELECT * FROM expected_index',
    'indexes');
SELECT is_empty(
    $$SELECT i.indexrelid::regclass, a.attname
      FROM pg_index AS i
      JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
          AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid
      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = d.refobjsubid
      WHERE i.indrelid = 'connect.connection'::regclass AND a.attname IN ('status', 'updated_at')$$,
    'no index depends on status or updated_at');

-- Triggers. Enabled "O", for origin: logical replication applies rows as they are. The one
-- that refuses and writes nothing is for every writer.
CREATE TEMPORARY TABLE expected_trigger (relation text, name text, enabled text, definition text);
INSERT INTO expected_trigger VALUES
    ('organization', 'aa_end_connections', 'O', 'CREATE TRIGGER aa_end_connections AFTER UPDATE ON connect.organization FOR EACH ROW EXECUTE FUNCTION connect.guard_organization()'),
    ('organization', 'zz_guard_organization', 'O', 'CREATE TRIGGER zz_guard_organization BEFORE UPDATE ON connect.organization FOR EACH ROW EXECUTE FUNCTION connect.guard_organization()'),
    ('organization_role', 'zz_guard_credential', 'O', 'CREATE TRIGGER zz_guard_credential AFTER INSERT OR UPDATE ON connect.organization_role FOR EACH ROW EXECUTE FUNCTION connect.guard_credential()'),
    ('api_key', 'zz_guard_credential', 'O', 'CREATE TRIGGER zz_guard_credential AFTER INSERT OR UPDATE ON connect.api_key FOR EACH ROW EXECUTE FUNCTION connect.guard_credential()'),
    ('connection', 'aa_record_event', 'O', 'CREATE TRIGGER aa_record_event AFTER INSERT OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.record_event()'),
    ('connection', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.connection FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_connection()'),
    ('connection', 'zz_guard_connection', 'O', 'CREATE TRIGGER zz_guard_connection BEFORE INSERT OR DELETE OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.guard_connection()'),
    ('event', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.event FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_event()'),
    ('event', 'zz_guard_event', 'O', 'CREATE TRIGGER zz_guard_event BEFORE INSERT OR DELETE OR UPDATE ON connect.event FOR EACH ROW EXECUTE FUNCTION connect.guard_event()'),
    ('scope', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.scope FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_scope()'),
    ('scope', 'zz_guard_scope', 'O', 'CREATE TRIGGER zz_guard_scope AFTER DELETE OR UPDATE ON connect.scope FOR EACH ROW EXECUTE FUNCTION connect.guard_scope()'),
    ('connection', 'zz_keep_open', 'R', 'CREATE TRIGGER zz_keep_open AFTER INSERT OR DELETE OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.keep_open()'),
    ('share_token', 'zz_keep_open', 'R', 'CREATE TRIGGER zz_keep_open AFTER INSERT OR DELETE OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION connect.keep_open()'),
    ('open_share_token', 'zz_guard_open', 'A', 'CREATE TRIGGER zz_guard_open BEFORE INSERT OR DELETE OR UPDATE ON connect.open_share_token FOR EACH ROW EXECUTE FUNCTION connect.guard_open()'),
    ('open_share_token', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.open_share_token FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()'),
    ('open_term', 'zz_guard_open', 'A', 'CREATE TRIGGER zz_guard_open BEFORE INSERT OR DELETE OR UPDATE ON connect.open_term FOR EACH ROW EXECUTE FUNCTION connect.guard_open()'),
    ('open_term', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.open_term FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()'),
    ('open_connection', 'zz_guard_open', 'A', 'CREATE TRIGGER zz_guard_open BEFORE INSERT OR DELETE OR UPDATE ON connect.open_connection FOR EACH ROW EXECUTE FUNCTION connect.guard_open()'),
    ('open_connection', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.open_connection FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()'),
    ('connection', 'zz_mark_pair', 'A', 'CREATE TRIGGER zz_mark_pair AFTER INSERT OR DELETE OR UPDATE ON connect.connection FOR EACH ROW EXECUTE FUNCTION connect.mark_pair()'),
    ('share_token', 'aa_record_share_token', 'O', 'CREATE TRIGGER aa_record_share_token AFTER INSERT OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION connect.record_share_token()'),
    ('share_token', 'aa_refuse_truncate', 'O', 'CREATE TRIGGER aa_refuse_truncate BEFORE TRUNCATE ON connect.share_token FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_share_token()'),
    ('share_token', 'zz_guard_share_token', 'O', 'CREATE TRIGGER zz_guard_share_token BEFORE INSERT OR DELETE OR UPDATE ON connect.share_token FOR EACH ROW EXECUTE FUNCTION connect.guard_share_token()')
;

SELECT bag_eq(
    $$SELECT c.relname::text, t.tgname::text, t.tgenabled::text, pg_get_triggerdef(t.oid)
      FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
      WHERE c.relnamespace = 'connect'::regnamespace AND NOT t.tgisinternal$$,
    'SELECT * FROM expected_trigger',
    'triggers');
SELECT is_empty(
    $$SELECT tgname FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
      WHERE c.relnamespace = 'connect'::regnamespace AND t.tgdeferrable$$,
    'no trigger can be deferred');

-- Row security.
SELECT is_empty(
    $$SELECT relname FROM pg_class
      WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r'
      AND (NOT relrowsecurity OR relforcerowsecurity)$$,
    'row security is on, and not forced, for every table');

CREATE TEMPORARY TABLE expected_policy (relation text, name text, permissive text, roles name[], command text, qual text, with_check text);
INSERT INTO expected_policy VALUES
    ('connection', 'connection_parties_change', 'PERMISSIVE', '{public}', 'UPDATE', '((source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)) OR (destination_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)))', NULL),
    ('connection', 'connection_parties_read', 'PERMISSIVE', '{public}', 'SELECT', '((source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)) OR (destination_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)))', NULL),
    ('connection', 'connection_source_create', 'PERMISSIVE', '{public}', 'INSERT', NULL, '(source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id))'),
    ('event', 'event_parties_read', 'PERMISSIVE', '{public}', 'SELECT', '((source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)) OR (destination_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)))', NULL),
    ('organization', 'organization_self', 'PERMISSIVE', '{public}', 'SELECT', '(id = ( SELECT connect.current_organization_id() AS current_organization_id))', NULL),
    ('scope', 'scope_all', 'PERMISSIVE', '{public}', 'SELECT', 'true', NULL),
    ('share_token', 'share_token_parties_change', 'PERMISSIVE', '{public}', 'UPDATE', '((source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)) OR (destination_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)))', NULL),
    ('share_token', 'share_token_parties_read', 'PERMISSIVE', '{public}', 'SELECT', '((source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)) OR (destination_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id)))', NULL),
    ('share_token', 'share_token_source_create', 'PERMISSIVE', '{public}', 'INSERT', NULL, '(source_organization_id = ( SELECT connect.current_organization_id() AS current_organization_id))')
;

SELECT bag_eq(
    $$SELECT tablename::text, policyname::text, permissive, roles, cmd, qual, with_check
      FROM pg_policies WHERE schemaname = 'connect'$$,
    'SELECT * FROM expected_policy',
    'policies');

-- Owner and privileges.
SELECT is_empty(
    $$SELECT relname FROM pg_class
      WHERE relnamespace = 'connect'::regnamespace AND relowner <> 'regress_connect_owner'::regrole$$,
    'whoever calls create_store() owns everything in it');
SELECT is_empty(
    $$SELECT c.relname, a.privilege_type
      FROM pg_class AS c, aclexplode(c.relacl) AS a
      WHERE c.relnamespace = 'connect'::regnamespace AND a.grantee = 0$$,
    'PUBLIC has no privilege on any table');
SELECT is_empty(
    $$SELECT c.relname FROM pg_class AS c JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
      WHERE c.relnamespace = 'connect'::regnamespace AND d.deptype = 'e'$$,
    'no table is a member of an extension');

SELECT * FROM finish();
ROLLBACK;
