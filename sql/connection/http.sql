-- The HTTP handlers, one for each operation; PostgREST calls them behind nginx.
-- A body is one unnamed bytea, so that no byte of it is lost or judged on the
-- way. Everything else comes in headers, which nginx sets. No error leaves them:
-- it is answered as a document, with response.status set.

CREATE FUNCTION connect_api.list_connections() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_connections'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_connections() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_connections() IS
'GET /api/v1/connect/connections: a page of Connections.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';

CREATE FUNCTION connect_api.create_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_create_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.create_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.create_connection(bytea) IS
'POST /api/v1/connect/connections: offers a Connection.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.get_connection() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_get_connection'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.get_connection() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.get_connection() IS
'GET /api/v1/connect/connections/{id}: one Connection.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';

CREATE FUNCTION connect_api.update_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_update_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.update_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.update_connection(bytea) IS
'PATCH /api/v1/connect/connections/{id}: changes name and scopes.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.activate_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_activate_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.activate_connection(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.activate_connection(bytea) IS
'POST /api/v1/connect/connections/{id}/activate: accepts an offer.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.deactivate_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_deactivate_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
-- grant_http() gives it.
REVOKE ALL ON FUNCTION connect_api.deactivate_connection(bytea) FROM PUBLIC;
COMMENT ON FUNCTION connect_api.deactivate_connection(bytea) IS
'POST /api/v1/connect/connections/{id}/deactivate: ends a Connection.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'sections 5 and 6). Raises nothing.';

CREATE FUNCTION connect_api.reactivate_connection(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_reactivate_connection'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
-- grant_http() gives it.
REVOKE ALL ON FUNCTION connect_api.reactivate_connection(bytea) FROM PUBLIC;
COMMENT ON FUNCTION connect_api.reactivate_connection(bytea) IS
'POST /api/v1/connect/connections/{id}/reactivate: offers it again.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'sections 5 and 6). Raises nothing.';
