-- Grants by purpose: what each opens, and the functions that grant it.

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

-- Each is run by whoever may GRANT.

CREATE FUNCTION connect.grant_check(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_check'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_check(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_check(name) IS
'Grants what row security needs: current_organization_id(), may_see(), is_allowed(), and the like.
For roles that read tables under such policies. Raises 42704 for an unknown role, '
'parameter_missing (22023), 42501.';

CREATE FUNCTION connect.grant_read(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_read'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_read(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_read(name) IS
'Grants grant_check(), and what reads Connections, events, share tokens, scopes and the rules.
For roles that look but change nothing. Raises 42704 for an unknown role, parameter_missing '
'(22023), 42501.';

CREATE FUNCTION connect.grant_usage(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_usage'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_usage(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_usage(name) IS
'Grants grant_read(), and what makes, changes and ends Connections and share tokens.
For roles that act for organizations. Raises 42704 for an unknown role, parameter_missing '
'(22023), 42501.';

CREATE FUNCTION connect.grant_share(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_share'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_share(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_share(name) IS
'Grants grant_check(), explain_access(), require_allowed() and was_allowed().
For trusted back ends that hand out data. Raises 42704 for an unknown role, parameter_missing '
'(22023), 42501.';

CREATE FUNCTION connect.grant_http(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_grant_http'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.grant_http(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.grant_http(name) IS
'Grants the HTTP handlers of schema connect_api.
For the role that PostgREST takes for its requests. Raises 42704 for an unknown role, '
'parameter_missing (22023), 42501.';
