-- The routes of the HTTP API.

CREATE FUNCTION connect_api.routes()
RETURNS TABLE (operation text, method text, path text, resource text, permission text)
AS 'MODULE_PATHNAME', 'connect_api_routes'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect_api.routes() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.routes() IS
'Lists the operations: which function of this schema serves which method and path, and what for.
{id} in a path stands for the id of a row. nginx''s routes are made from this; it is no route
itself. Raises nothing.';
