-- Who is acting.

CREATE FUNCTION connect.current_organization_id() RETURNS text
AS 'MODULE_PATHNAME', 'connect_current_organization_id'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.current_organization_id() FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.current_organization_id() IS
'Returns the id of the organization that is acting, or null for nobody.
First match wins: an API key in request.headers; the current role in connect.organization_role; '
'for a login in connect.gateway_role what act_as() said, else the JWT claims that trust_gateway() '
'named, organization_id and sub by default. Raises nothing.';

CREATE FUNCTION connect.act_as(organization_id text, actor_id text = NULL, actor_type text = 'user')
RETURNS void
AS 'MODULE_PATHNAME', 'connect_act_as'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.act_as(text, text, text) FROM PUBLIC;  -- trust_gateway() gives it
COMMENT ON FUNCTION connect.act_as(text, text, text) IS
'Makes a trusted gateway act for an organization to the end of the transaction; null ends it.
actor_id, at most 255 characters, and actor_type, such as user, name who in it acts. Follows '
'savepoints, survives RESET ALL. Warns outside a transaction '
'block, where it ends with its own statement. Raises 42501 for a login that is no gateway, '
'gateway_cannot_act (55000) where an API key is presented or the current role stands for an '
'organization, parameter_missing and parameter_invalid (22023), organization_unknown and '
'actor_too_long (PT422), store_missing (55000).';
