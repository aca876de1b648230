-- The HTTP handlers of scopes; see connection/http.sql.

CREATE FUNCTION connect_api.list_scopes() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_scopes'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_scopes() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_scopes() IS
'GET /api/v1/connect/scopes: the catalogue of scopes.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';
