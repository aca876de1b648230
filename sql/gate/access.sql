-- The gate: may one organization see another one's data now?
-- All are by the statement's snapshot; none is leakproof, so that policies are not reordered.

CREATE FUNCTION connect.is_allowed(source_organization_id text, destination_organization_id text,
    scope text = NULL)
RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_is_allowed'
LANGUAGE C STABLE PARALLEL SAFE COST 10;
REVOKE ALL ON FUNCTION connect.is_allowed(text, text, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.is_allowed(text, text, text) IS
'Tells whether the destination may see the source''s data now: is their Connection active, and '
'does it grant the scope?
False for a null organization, an unknown scope, and whoever is no party; nobody gets true only '
'as the store''s owner, a superuser or a gateway. An API key without the permission read gets '
'false. Raises store_missing (55000).';

CREATE FUNCTION connect.allowed_sources(scope text = NULL) RETURNS text[]
AS 'MODULE_PATHNAME', 'connect_allowed_sources'
LANGUAGE C STABLE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.allowed_sources(text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.allowed_sources(text) IS
'Returns the ids of the organizations that share with the acting one now, sorted.
Empty for nobody. Fast for large reports as column = ANY ((SELECT '
'connect.allowed_sources())::text[]) with an index on the column. Raises store_missing (55000).';

CREATE FUNCTION connect.explain_access(source_organization_id text,
    destination_organization_id text, scope text = NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'connect_explain_access'
LANGUAGE C STABLE PARALLEL SAFE COST 10;
-- grant_share() gives it.
REVOKE ALL ON FUNCTION connect.explain_access(text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.explain_access(text, text, text) IS
'Tells why is_allowed() is true or false: allowed, no_connection, pending, inactive, '
'scope_not_granted.
no_connection for whoever is no party. Raises store_missing (55000).';

CREATE FUNCTION connect.require_allowed(source_organization_id text,
    destination_organization_id text, scope text = NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'connect_require_allowed'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_share() gives it.
REVOKE ALL ON FUNCTION connect.require_allowed(text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.require_allowed(text, text, text) IS
'Refuses unless is_allowed(), and otherwise holds the Connection to the end of the transaction.
A deactivation waits until then, so bound such transactions. Raises sharing_not_allowed (42501) '
'with the word of explain_access() in DETAIL, 40001 under REPEATABLE READ, 25006 in a read-only '
'transaction, store_missing (55000).';

CREATE FUNCTION connect.was_allowed(source_organization_id text, destination_organization_id text,
    scope text, at timestamptz) RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_was_allowed'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_share() gives it.
REVOKE ALL ON FUNCTION connect.was_allowed(text, text, text, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION connect.was_allowed(text, text, text, timestamptz) IS
'Might the destination see the source''s data of this scope at that time, by the history?
An organization that acts gets true only as one of the two. A null scope names none. Raises '
'parameter_missing, and parameter_invalid for a time to come (22023), store_missing, '
'store_outdated (55000).';
