-- The HTTP handlers of organizations; see connection/http.sql.

CREATE FUNCTION connect_api.get_organization() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_get_organization'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.get_organization() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.get_organization() IS
'GET /api/v1/connect/organization: the acting organization.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';
