-- The HTTP handlers of events; see connection/http.sql.

CREATE FUNCTION connect_api.list_connection_events() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_connection_events'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_connection_events() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_connection_events() IS
'GET /api/v1/connect/connections/{id}/events: the history of one Connection.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';

CREATE FUNCTION connect_api.list_events() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_events'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_events() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_events() IS
'GET /api/v1/connect/events: the history of all Connections of the organization.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';

CREATE FUNCTION connect_api.read_events() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_read_events'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.read_events() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.read_events() IS
'GET /api/v1/connect/events/feed: the next events of the organization, oldest first.
Takes its arguments from request.headers; returns a document (design, sections 5 and 6). Raises '
'nothing.';
