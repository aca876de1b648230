-- The HTTP handlers of share tokens, as sql/connection/http.sql has them.

CREATE FUNCTION connect_api.list_share_tokens() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_list_share_tokens'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.list_share_tokens() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.list_share_tokens() IS
'GET /api/v1/connect/share-tokens: a page of share tokens.
Takes its arguments from request.headers; returns a document (design, section 8). Raises nothing.';

CREATE FUNCTION connect_api.create_share_token(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_create_share_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.create_share_token(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.create_share_token(bytea) IS
'POST /api/v1/connect/share-tokens: offers one row.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'section 8). Raises nothing.';

CREATE FUNCTION connect_api.get_share_token() RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_get_share_token'
LANGUAGE C STABLE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.get_share_token() FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.get_share_token() IS
'GET /api/v1/connect/share-tokens/{id}: one share token.
Takes its arguments from request.headers; returns a document (design, section 8). Raises nothing.';

CREATE FUNCTION connect_api.expire_share_token(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_expire_share_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.expire_share_token(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.expire_share_token(bytea) IS
'POST /api/v1/connect/share-tokens/{id}/expire: ends a token.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'section 8). Raises nothing.';

CREATE FUNCTION connect_api.redeem_share_token(bytea) RETURNS json
AS 'MODULE_PATHNAME', 'connect_api_redeem_share_token'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect_api.redeem_share_token(bytea) FROM PUBLIC;  -- grant_http() gives it
COMMENT ON FUNCTION connect_api.redeem_share_token(bytea) IS
'POST /api/v1/connect/share-tokens/{id}/redeem: takes over a row, once.
Takes the body of the request, the rest from request.headers; returns a document (design, '
'section 8). Raises nothing.';
