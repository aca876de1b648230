-- The gate: may one organization see another one's data now?
-- All are by the statement's snapshot; none is leakproof, so that policies are not reordered.

-- What the planner is told of the functions below.
CREATE FUNCTION connect.gate_support(internal) RETURNS internal
AS 'MODULE_PATHNAME', 'connect_gate_support'
LANGUAGE C STABLE PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.gate_support(internal) FROM PUBLIC;  -- the planner needs no grant
COMMENT ON FUNCTION connect.gate_support(internal) IS
'Tells the planner how many rows may_see() and is_allowed() pass, and by which index condition.
Only PostgreSQL calls it. Raises nothing.';

CREATE FUNCTION connect.is_allowed(source_organization_id text, destination_organization_id text,
    scope text = NULL)
RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_is_allowed'
LANGUAGE C STABLE PARALLEL SAFE COST 10 SUPPORT connect.gate_support;
REVOKE ALL ON FUNCTION connect.is_allowed(text, text, text) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.is_allowed(text, text, text) IS
'Tells whether the destination may see the source''s data now: is their Connection active, and '
'does it grant the scope?
False for a null organization, an unknown scope, and whoever is no party; nobody gets true only '
'as the store''s owner, a superuser or a gateway. As the only condition on a column, or one of '
'several, an index on it serves. An API key without the permission read gets '
'false. Raises store_missing (55000).';

CREATE FUNCTION connect.allowed_sources(scope text = NULL) RETURNS text[]
AS 'MODULE_PATHNAME', 'connect_allowed_sources'
LANGUAGE C STABLE PARALLEL SAFE COST 1000;
REVOKE ALL ON FUNCTION connect.allowed_sources(text) FROM PUBLIC;  -- grant_check() gives it
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

-- What index conditions call. VOLATILE keeps the planner from calling them itself, to look at the
-- array; an index is read with what one call has returned.

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

CREATE FUNCTION connect.explain_access(source_organization_id text,
    destination_organization_id text, scope text = NULL)
RETURNS text
AS 'MODULE_PATHNAME', 'connect_explain_access'
LANGUAGE C STABLE PARALLEL SAFE COST 10;
-- grant_share() gives it.
REVOKE ALL ON FUNCTION connect.explain_access(text, text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.explain_access(text, text, text) IS
'Tells why is_allowed() is true or false: allowed, no_connection, pending, inactive, '
'scope_not_granted, scope_retired.
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
An organization that acts gets true only as one of the two. A null scope names none. From the '
'time on at which a scope was retired it is false, and for now it is what is_allowed() says. '
'Raises parameter_missing, and parameter_invalid for a time to come (22023), store_missing, '
'store_outdated (55000).';
