-- What organizations do with Connections. All but the scopes are text; documents are JSON:API.
-- Common to all: not_authenticated (PT401) for nobody, permission_missing (42501) for an
-- API key without it, store_missing (55000).

CREATE FUNCTION connect.create_connection(destination_organization_id text, name text = NULL,
    scopes text[] = NULL, respond_by timestamptz = NULL, expires_at timestamptz = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_create_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.create_connection(text, text, text[], timestamptz, timestamptz)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.create_connection(text, text, text[], timestamptz, timestamptz)
    IS
'Offers a Connection from the acting organization to another one; it starts as pending.
name has at most 255 characters; scopes default to those of connect.scope with is_default. The '
'offer lapses at respond_by, and sharing ends at expires_at; null is never. Returns the document '
'of the Connection. Raises not_authenticated (PT401), permission_missing '
'(42501), parameter_missing and parameter_invalid (22023), connection_exists (23505), '
'organization_unknown, name_too_long, scope_unknown, scopes_empty and term_past (PT422), '
'store_missing (55000).';

CREATE FUNCTION connect.activate_connection(connection_id text, reason text = NULL,
    scopes text[] = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_activate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.activate_connection(text, text, text[]) FROM PUBLIC;
COMMENT ON FUNCTION connect.activate_connection(text, text, text[]) IS
'Accepts a pending Connection, as its destination.
reason has at most 1000 characters. scopes, if given, must equal the row''s, for the source may '
'have widened the offer since. Returns the document of the Connection. Raises not_authenticated '
'(PT401), permission_missing and wrong_party (42501), parameter_missing and parameter_invalid '
'(22023), not_found (PT404), connection_not_pending and scopes_changed (PT409), reason_too_long '
'(PT422), store_missing (55000).';

CREATE FUNCTION connect.deactivate_connection(connection_id text, reason text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_deactivate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.deactivate_connection(text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.deactivate_connection(text, text) IS
'Ends a pending or active Connection, as either party.
reason has at most 1000 characters. Returns the document of the Connection. Raises '
'not_authenticated (PT401), permission_missing (42501), parameter_missing (22023), not_found '
'(PT404), connection_inactive (PT409), reason_too_long (PT422), store_missing (55000).';

CREATE FUNCTION connect.reactivate_connection(connection_id text, reason text = NULL,
    respond_by timestamptz = NULL, expires_at timestamptz = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_reactivate_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.reactivate_connection(text, text, timestamptz, timestamptz)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.reactivate_connection(text, text, timestamptz, timestamptz)
    IS
'Offers an inactive Connection again, as its source; the destination must activate it anew.
reason has at most 1000 characters. Terms that have passed are cleared, unless new ones are '
'given. Returns the document of the Connection. Raises not_authenticated (PT401), '
'permission_missing and wrong_party (42501), parameter_missing (22023), not_found (PT404), '
'connection_not_inactive (PT409), reason_too_long and term_past (PT422), store_missing (55000).';

CREATE FUNCTION connect.update_connection(connection_id text, name text = NULL,
    scopes text[] = NULL, respond_by timestamptz = NULL, expires_at timestamptz = NULL)
RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_update_connection'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
-- grant_usage() gives it.
REVOKE ALL ON FUNCTION connect.update_connection(text, text, text[], timestamptz, timestamptz)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.update_connection(text, text, text[], timestamptz, timestamptz)
    IS
'Changes name, scopes and terms of a Connection, as its source; null leaves what is there.
An empty name clears the name, and infinity a term. An added scope takes an active Connection '
'back to pending. Returns the document of the '
'Connection. Raises not_authenticated (PT401), permission_missing and wrong_party (42501), '
'parameter_missing and parameter_invalid (22023), not_found (PT404), name_too_long, '
'scope_unknown, scopes_empty and term_past (PT422), store_missing (55000).';

CREATE FUNCTION connect.get_connection(connection_id text) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_get_connection'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.get_connection(text) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.get_connection(text) IS
'Shows one Connection to a party to it.
Returns its document. Raises not_authenticated (PT401), permission_missing (42501), '
'parameter_missing (22023), not_found (PT404), store_missing (55000).';

CREATE FUNCTION connect.list_connections(status connect.connection_status = NULL,
    direction text = NULL,
    source_organization_id text = NULL, destination_organization_id text = NULL,
    page_size int = 10, page_after text = NULL, page_before text = NULL,
    expires_before timestamptz = NULL, partner text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_connections'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_read() gives it.
REVOKE ALL ON FUNCTION connect.list_connections(
    connect.connection_status, text, text, text, int, text, text, timestamptz, text)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.list_connections(
    connect.connection_status, text, text, text, int, text, text, timestamptz, text) IS
'Lists the Connections of the acting organization in both directions, newest first.
Filters are ANDed. The status is the effective one; direction is inbound or outbound; with '
'expires_before come those, pending or active, that end by themselves before that time, with '
'partner those whose other organization has a name or an id that begins with it, in any case. '
'page_size is 1 to 100; page_after and '
'page_before are ids of rows that the caller may see, exclusive, at most one of them. Returns a '
'document with links to the pages beside it. Raises not_authenticated (PT401), permission_missing '
'(42501), parameter_invalid (22023), store_missing (55000).';
