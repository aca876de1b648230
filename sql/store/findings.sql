-- What check_setup() looks for. It runs the functions that setup_checks() names, each of which
-- returns its findings: code, severity, what was found, and what mends it.

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
