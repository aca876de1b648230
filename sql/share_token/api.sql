-- What organizations do with share tokens, and what the application does for them. Common to all:
-- not_authenticated (PT401) for nobody, permission_missing (42501) for an API key without it,
-- store_missing (55000). Documents are JSON:API, in the view of the party that asks.

CREATE FUNCTION connect.create_share_token(connection_id text, source_id text,
    expires_in interval = '14 days', kind text = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_create_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.create_share_token(text, text, interval, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.create_share_token(text, text, interval, text) IS
'Offers one row of the acting organization through a Connection of which it is the source.
expires_in is 60 seconds to 21 days. Without kind, the prefix of source_id tells it. Returns the '
'document of the token. Raises not_authenticated (PT401), permission_missing and wrong_party '
'(42501), parameter_missing (22023), not_found (PT404) for the Connection, source_not_found '
'(PT404) for the row, connection_not_active (PT409), kind_unknown and expires_in_invalid '
'(PT422), kind_broken and store_missing (55000).';

CREATE FUNCTION connect.get_share_token(share_token_id text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_get_share_token'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.get_share_token(text) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.get_share_token(text) IS
'Shows one share token to a party to it; it does not redeem it.
Returns its document. Raises not_authenticated (PT401), permission_missing (42501), '
'parameter_missing (22023), share_token_not_found (PT404), store_missing (55000).';

CREATE FUNCTION connect.list_share_tokens(connection_id text = NULL,
    status connect.share_token_status = NULL, direction text = NULL,
    page_size int = 10, page_after text = NULL, page_before text = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_share_tokens'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_read() gives it.
REVOKE ALL ON FUNCTION connect.list_share_tokens(
    text, connect.share_token_status, text, int, text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.list_share_tokens(
    text, connect.share_token_status, text, int, text, text) IS
'Lists the share tokens of the acting organization in both directions, newest first.
Filters are ANDed; status means the one by now. A closed status that hardly any token has is '
'looked for among all of them. Pages as in list_connections(). Returns a document. Raises '
'not_authenticated (PT401), permission_missing (42501), parameter_invalid (22023), store_missing '
'(55000).';

CREATE FUNCTION connect.expire_share_token(share_token_id text, reason text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_expire_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.expire_share_token(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.expire_share_token(text, text) IS
'Ends a share token that nobody has redeemed, as either party.
reason has at most 1000 characters. Returns the document of the token. Raises not_authenticated '
'(PT401), permission_missing (42501), parameter_missing (22023), share_token_not_found (PT404), '
'share_token_not_created (PT409), reason_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.redeem_share_token(share_token_id text, destination_id text = NULL,
    options jsonb = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_redeem_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.redeem_share_token(text, text, jsonb) FROM PUBLIC;
COMMENT ON FUNCTION connect.redeem_share_token(text, text, jsonb) IS
'Takes over the row of a share token, as the destination, once.
destination_id names an object of its own to fill, instead of a new one; options, a JSON object '
'of at most 64 kB, are for the function of the kind. Returns the document of the token: redeemed, '
'failed, or pending where the application does the work later. Raises not_authenticated (PT401), '
'permission_missing, wrong_party and sharing_not_allowed (42501), parameter_missing and '
'parameter_invalid (22023), share_token_not_found (PT404), share_token_not_created and '
'connection_not_active (PT409), kind_unknown (PT422), kind_broken and store_missing (55000), and '
'what the function of the kind raises.';

CREATE FUNCTION connect.complete_share_token(share_token_id text, destination_id text)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_complete_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_fulfil() gives it.
REVOKE ALL ON FUNCTION connect.complete_share_token(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.complete_share_token(text, text) IS
'Says that the destination of a pending share token has its copy, as the application.
Call it in the transaction that makes the copy. Returns the document of the token. Raises '
'wrong_party (42501) for an acting organization, parameter_missing and parameter_invalid (22023), '
'share_token_not_found (PT404), share_token_not_pending and connection_not_active (PT409), '
'sharing_not_allowed (42501), kind_unknown (PT422), store_missing (55000).';

CREATE FUNCTION connect.fail_share_token(share_token_id text, failure_reason text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_fail_share_token'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_fulfil() gives it.
REVOKE ALL ON FUNCTION connect.fail_share_token(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.fail_share_token(text, text) IS
'Says that a pending share token cannot be fulfilled, as the application.
failure_reason is source_not_found, source_redacted, import_failed or unrecoverable_error. '
'Returns the document of the token. Raises wrong_party (42501) for an acting organization, '
'parameter_missing and parameter_invalid (22023), share_token_not_found (PT404), '
'share_token_not_pending (PT409), store_missing (55000).';
