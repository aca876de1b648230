-- The functions: signatures as the contract has them, how PostgreSQL may plan
-- them, who may call them, and a comment on every object that is ours.
\ir setup.psql

SELECT plan(13);

CREATE TEMPORARY TABLE expected_function (name text, arguments text, result text,
    language text, volatility text, strict boolean, parallel text);
INSERT INTO expected_function VALUES
    ('transition_rules', '', 'TABLE(action text, from_status connect.connection_status, to_status connect.connection_status, party text)', 'c', 'immutable', true, 'safe'),
    ('has_valid_id_and_times', 'id text, created_at timestamp with time zone, updated_at timestamp with time zone', 'boolean', 'c', 'immutable', false, 'safe'),
    ('guard_connection', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('record_event', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('guard_event', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('guard_scope', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('seal_history', '', 'void', 'c', 'volatile', true, 'unsafe'),
    ('scope_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('share_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('outbox_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('keep_open', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('guard_open', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('collect_open', '', 'void', 'c', 'volatile', true, 'unsafe'),
    ('describe_open_term', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('effective_status', 'connection record', 'connect.connection_status', 'c', 'stable', false, 'safe'),
    ('expire_due', 'max_rows integer DEFAULT 1000', 'bigint', 'c', 'volatile', false, 'unsafe'),
    ('describe_open_share_token', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_open_connection', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('verify_history', 'subject_id text DEFAULT NULL::text', 'TABLE(subject_id text, event_id text, problem text)', 'c', 'stable', false, 'restricted'),
    ('history_anchor', 'before xid8 DEFAULT NULL::xid8', 'TABLE(before xid8, subjects bigint, events bigint, seal bytea)', 'c', 'stable', false, 'restricted'),
    ('forget_actor', 'organization_id text, actor_id text', 'bigint', 'c', 'volatile', false, 'unsafe'),
    ('read_events', 'after text DEFAULT NULL::text, page_size integer DEFAULT 100', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('was_allowed', 'source_organization_id text, destination_organization_id text, scope text, at timestamp with time zone', 'boolean', 'c', 'stable', false, 'restricted'),
    ('upgrade_obstacles', '', 'SETOF text', 'sql', 'stable', false, 'safe'),
    ('history_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('term_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('guard_organization', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('guard_credential', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('follow_organization', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('mark_pair', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('expression_parts', 'expression pg_node_tree, relation oid', 'text', 'sql', 'stable', true, 'safe'),
    ('describe_organization', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_scope', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_connection', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_event', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_organization_role', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_gateway_role', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_api_key', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_idempotency', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_followed_table', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('store_description', '', 'TABLE(relation text, place integer, kind text, name text, definition text, parts text, comment text, "position" bigint)', 'sql', 'immutable', false, 'safe'),
    ('store_owner', '', 'oid', 'sql', 'stable', false, 'safe'),
    ('store_definition', '', 'TABLE(round integer, step integer, kind text, relation text, name text, statement text, present boolean, sound boolean)', 'sql', 'stable', false, 'safe'),
    ('store_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('privilege_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('gateway_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('followed_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('setup_checks', '', 'TABLE(function text, as_owner boolean)', 'sql', 'stable', false, 'safe'),
    ('grant_definition', '', 'TABLE(purpose text, privilege text, kind text, object text)', 'sql', 'stable', false, 'safe'),
    ('grant_statements', 'purpose text, role_name name', 'SETOF text', 'sql', 'stable', false, 'safe'),
    ('revoke_statements', 'purpose text, role_name name', 'SETOF text', 'sql', 'stable', false, 'safe'),
    ('create_store', '', 'void', 'c', 'volatile', true, 'unsafe'),
    ('create_store', 'owner name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('upgrade_store', '', 'void', 'c', 'volatile', true, 'unsafe'),
    ('check_setup', '', 'TABLE(code text, severity text, finding text, remedy text)', 'c', 'volatile', true, 'unsafe'),
    ('current_organization_id', '', 'text', 'c', 'stable', true, 'safe'),
    ('act_as', 'organization_id text, actor_id text DEFAULT NULL::text, actor_type text DEFAULT ''user''::text', 'void', 'c', 'volatile', false, 'unsafe'),
    ('map_role', 'role_name name, organization_id text', 'void', 'c', 'volatile', false, 'unsafe'),
    ('unmap_role', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('wait_for_transaction', 'transaction_id xid8, timeout interval DEFAULT ''00:00:05''::interval', 'boolean', 'c', 'volatile', false, 'unsafe'),
    ('trust_gateway', 'role_name name, organization_claim text[] DEFAULT ''{organization_id}''::text[], actor_claim text[] DEFAULT ''{sub}''::text[]', 'void', 'c', 'volatile', false, 'unsafe'),
    ('distrust_gateway', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('create_connection', 'destination_organization_id text, name text DEFAULT NULL::text, scopes text[] DEFAULT NULL::text[], respond_by timestamp with time zone DEFAULT NULL::timestamp with time zone, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('activate_connection', 'connection_id text, reason text DEFAULT NULL::text, scopes text[] DEFAULT NULL::text[]', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('deactivate_connection', 'connection_id text, reason text DEFAULT NULL::text', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('reactivate_connection', 'connection_id text, reason text DEFAULT NULL::text, respond_by timestamp with time zone DEFAULT NULL::timestamp with time zone, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('update_connection', 'connection_id text, name text DEFAULT NULL::text, scopes text[] DEFAULT NULL::text[], respond_by timestamp with time zone DEFAULT NULL::timestamp with time zone, expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('get_connection', 'connection_id text', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('list_connections', 'status connect.connection_status DEFAULT NULL::connect.connection_status, direction text DEFAULT NULL::text, source_organization_id text DEFAULT NULL::text, destination_organization_id text DEFAULT NULL::text, page_size integer DEFAULT 10, page_after text DEFAULT NULL::text, page_before text DEFAULT NULL::text, expires_before timestamp with time zone DEFAULT NULL::timestamp with time zone, partner text DEFAULT NULL::text', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('list_events', 'connection_id text DEFAULT NULL::text, page_size integer DEFAULT 10, page_after text DEFAULT NULL::text, page_before text DEFAULT NULL::text', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('get_organization', '', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('list_scopes', '', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('is_allowed', 'source_organization_id text, destination_organization_id text, scope text DEFAULT NULL::text', 'boolean', 'c', 'stable', false, 'safe'),
    ('allowed_sources', 'scope text DEFAULT NULL::text', 'text[]', 'c', 'stable', false, 'safe'),
    ('gate_support', 'internal', 'internal', 'c', 'stable', false, 'safe'),
    ('may_see', 'organization_id text, scope text', 'boolean', 'c', 'stable', false, 'safe'),
    ('may_see', 'organization_id uuid, scope text', 'boolean', 'c', 'stable', false, 'safe'),
    ('may_see', 'organization_id integer, scope text', 'boolean', 'c', 'stable', false, 'safe'),
    ('may_see', 'organization_id bigint, scope text', 'boolean', 'c', 'stable', false, 'safe'),
    ('visible_organizations', 'scope text', 'text[]', 'c', 'stable', false, 'safe'),
    ('visible_texts', 'scope text', 'text[]', 'c', 'volatile', false, 'safe'),
    ('visible_uuids', 'scope text', 'uuid[]', 'c', 'volatile', false, 'safe'),
    ('visible_integers', 'scope text', 'integer[]', 'c', 'volatile', false, 'safe'),
    ('visible_bigints', 'scope text', 'bigint[]', 'c', 'volatile', false, 'safe'),
    ('sources_of', 'destination_organization_id text, scope text', 'text[]', 'c', 'volatile', false, 'safe'),
    ('share_bypasses', 'relation regclass DEFAULT NULL::regclass', 'TABLE(relation regclass, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('explain_access', 'source_organization_id text, destination_organization_id text, scope text DEFAULT NULL::text', 'text', 'c', 'stable', false, 'safe'),
    ('require_allowed', 'source_organization_id text, destination_organization_id text, scope text DEFAULT NULL::text', 'void', 'c', 'volatile', false, 'unsafe'),
    ('share_table', 'relation regclass, organization_column name, scope text', 'void', 'c', 'volatile', false, 'unsafe'),
    ('unshare_table', 'relation regclass', 'void', 'c', 'volatile', false, 'unsafe'),
    ('register_organization', 'id text, name text', 'void', 'c', 'volatile', false, 'unsafe'),
    ('follow_organizations', 'relation regclass, id_column name, name_column name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('unfollow_organizations', 'relation regclass', 'void', 'c', 'volatile', false, 'unsafe'),
    ('create_api_key', 'organization_id text, name text, permissions text[] DEFAULT ''{read,write}''::text[], expires_at timestamp with time zone DEFAULT NULL::timestamp with time zone', 'TABLE(id text, secret text)', 'c', 'volatile', false, 'unsafe'),
    ('revoke_api_key', 'id text', 'void', 'c', 'volatile', false, 'unsafe'),
    ('prune_idempotency', 'older_than interval DEFAULT ''24:00:00''::interval', 'bigint', 'c', 'volatile', false, 'unsafe'),
    ('grant_check', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('grant_read', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('grant_usage', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('grant_share', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('grant_http', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('complete_share_token', 'share_token_id text, destination_id text', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('create_share_token', 'connection_id text, source_id text, expires_in interval DEFAULT ''14 days''::interval, kind text DEFAULT NULL::text', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('describe_share_kind', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('describe_share_token', '', 'TABLE(kind text, name text, definition text, parts text, comment text)', 'sql', 'immutable', false, 'safe'),
    ('expire_share_token', 'share_token_id text, reason text DEFAULT NULL::text', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('fail_share_token', 'share_token_id text, failure_reason text', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('get_share_token', 'share_token_id text', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('grant_fulfil', 'role_name name', 'void', 'c', 'volatile', false, 'unsafe'),
    ('guard_share_token', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('kind_findings', '', 'TABLE(code text, severity text, finding text, remedy text)', 'sql', 'stable', false, 'safe'),
    ('list_share_tokens', 'connection_id text DEFAULT NULL::text, status connect.share_token_status DEFAULT NULL::connect.share_token_status, direction text DEFAULT NULL::text, page_size integer DEFAULT 10, page_after text DEFAULT NULL::text, page_before text DEFAULT NULL::text', 'jsonb', 'c', 'stable', false, 'restricted'),
    ('record_share_token', '', 'trigger', 'c', 'volatile', false, 'unsafe'),
    ('redeem_share_token', 'share_token_id text, destination_id text DEFAULT NULL::text, options jsonb DEFAULT NULL::jsonb', 'jsonb', 'c', 'volatile', false, 'unsafe'),
    ('share_rows', 'kind text, relation regclass, organization_column name, key_column name, scope text, id_prefix text DEFAULT NULL::text, redeem_function regprocedure DEFAULT NULL::regprocedure', 'void', 'c', 'volatile', false, 'unsafe'),
    ('share_token_rules', '', 'TABLE(action text, from_status connect.share_token_status, to_status connect.share_token_status, party text)', 'c', 'immutable', true, 'safe'),
    ('unshare_rows', 'kind text', 'void', 'c', 'volatile', false, 'unsafe')
;

SELECT set_eq(
    $$SELECT proname::text FROM pg_proc WHERE pronamespace = 'connect'::regnamespace$$,
    $$SELECT name FROM expected_function$$,
    'these functions and no others');
SELECT is_empty(
    $$SELECT name FROM expected_function AS e
      WHERE e.name NOT IN ('may_see', 'create_store') AND (SELECT count(*) FROM pg_proc
             WHERE pronamespace = 'connect'::regnamespace AND proname = e.name) <> 1$$,
    'none is overloaded but may_see(), by the type of the column, and create_store(), for another owner');
SELECT bag_eq(
    $$SELECT proname::text, pg_get_function_arguments(oid), pg_get_function_result(oid)
      FROM pg_proc WHERE pronamespace = 'connect'::regnamespace$$,
    'SELECT name, arguments, result FROM expected_function',
    'argument names, types and defaults, results');
SELECT bag_eq(
    $$SELECT p.proname::text, l.lanname::text,
             CASE p.provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END AS volatility,
             p.proisstrict,
             CASE p.proparallel WHEN 's' THEN 'safe' WHEN 'r' THEN 'restricted' ELSE 'unsafe' END AS parallel
      FROM pg_proc AS p JOIN pg_language AS l ON l.oid = p.prolang
      WHERE p.pronamespace = 'connect'::regnamespace$$,
    'SELECT name, language, volatility, strict, parallel FROM expected_function',
    'language, volatility, strictness, parallel safety');

-- A document function that were strict would answer null for a missing value, not an error.
SELECT is_empty(
    $$SELECT name FROM expected_function WHERE strict AND arguments <> '' AND language = 'c'$$,
    'no function in C with arguments is strict');

SELECT is_empty(
    $$SELECT oid::regprocedure FROM pg_proc
      WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace) AND prosecdef$$,
    'none is SECURITY DEFINER');
SELECT is_empty(
    $$SELECT p.oid::regprocedure FROM pg_proc AS p
      JOIN pg_language AS l ON l.oid = p.prolang
      WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)
      AND l.lanname <> 'c' AND NOT COALESCE('search_path=pg_catalog, pg_temp' = ANY (proconfig), false)$$,
    'what is not C pins its search_path');

-- Over HTTP: an operation is a function of connect_api. PostgREST runs a STABLE one READ ONLY.
SELECT bag_eq(
    $$SELECT proname::text, pg_get_function_arguments(oid), pg_get_function_result(oid), provolatile::text
      FROM pg_proc WHERE pronamespace = 'connect_api'::regnamespace AND proname <> 'routes'$$,
    $$SELECT operation, CASE method WHEN 'GET' THEN '' ELSE 'bytea' END AS arguments, 'json' AS result,
             CASE permission WHEN 'read' THEN 's' ELSE 'v' END AS volatility
      FROM connect_api.routes()$$,
    'each operation has a function that takes what its method sends, and no other function is one');
SELECT is_empty(
    $$SELECT operation FROM connect_api.routes() GROUP BY operation HAVING count(*) > 1
      UNION ALL SELECT method || path FROM connect_api.routes() GROUP BY method, path HAVING count(*) > 1
      UNION ALL SELECT operation FROM connect_api.routes() WHERE (method = 'GET') <> (permission = 'read')$$,
    'a method and a path lead to one operation, and what only reads is GET');

-- Privileges.
SELECT is_empty(
    $$SELECT p.oid::regprocedure
      FROM pg_proc AS p, aclexplode(COALESCE(p.proacl, acldefault('f', p.proowner))) AS a
      WHERE p.pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace) AND a.grantee = 0$$,
    'PUBLIC may execute nothing');
SELECT is_empty(
    $$SELECT n.nspname FROM pg_namespace AS n, aclexplode(COALESCE(n.nspacl, acldefault('n', n.nspowner))) AS a
      WHERE n.nspname IN ('connect', 'connect_api') AND a.grantee = 0$$,
    'PUBLIC may not even look into the schemas');

-- Comments: a summary that ends in a full stop, or is a sentence of several lines.
CREATE TEMPORARY TABLE our_object (kind text, identity text, comment text);
INSERT INTO our_object
SELECT 'schema', nspname, obj_description(oid, 'pg_namespace')
FROM pg_namespace WHERE nspname IN ('connect', 'connect_api')
UNION ALL
SELECT 'function', oid::regprocedure::text, obj_description(oid, 'pg_proc')
FROM pg_proc WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)
UNION ALL
SELECT 'type', oid::regtype::text, obj_description(oid, 'pg_type')
FROM pg_type WHERE typnamespace = 'connect'::regnamespace AND typtype = 'e'
UNION ALL
SELECT 'table', oid::regclass::text, obj_description(oid, 'pg_class')
FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r'
UNION ALL
-- those of constraints have their constraint's name and say enough
SELECT 'index', oid::regclass::text, obj_description(oid, 'pg_class')
FROM pg_class AS c
WHERE relnamespace = 'connect'::regnamespace AND relkind = 'i'
AND NOT EXISTS (SELECT FROM pg_constraint AS n WHERE n.conindid = c.oid AND n.contype IN ('p', 'u'))
UNION ALL
SELECT 'column', attrelid::regclass || '.' || attname, col_description(attrelid, attnum)
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
WHERE c.relnamespace = 'connect'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
UNION ALL
SELECT 'trigger', tgname || ' on ' || tgrelid::regclass, obj_description(t.oid, 'pg_trigger')
FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'connect'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT 'policy', polname || ' on ' || polrelid::regclass, obj_description(p.oid, 'pg_policy')
FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
WHERE c.relnamespace = 'connect'::regnamespace
UNION ALL
SELECT 'extension', extname, obj_description(oid, 'pg_extension')
FROM pg_extension WHERE extname = 'connect';

SELECT set_eq(
    'SELECT kind FROM our_object',
    'VALUES (''schema''), (''function''), (''type''), (''table''), (''index''), (''column''), (''trigger''), (''policy''), (''extension'')',
    'there are objects of every kind to look at');
SELECT is_empty(
    'SELECT kind, identity FROM our_object WHERE COALESCE(comment, '''') !~ ''\S'' ORDER BY 1, 2',
    'every one has a comment');

SELECT * FROM finish();
ROLLBACK;
