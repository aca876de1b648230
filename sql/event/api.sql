-- The history, in SQL.

CREATE FUNCTION connect.list_events(connection_id text = NULL, page_size int = 10,
    page_after text = NULL, page_before text = NULL) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_list_events'
LANGUAGE C STABLE PARALLEL RESTRICTED;
-- grant_read() gives it.
REVOKE ALL ON FUNCTION connect.list_events(text, int, text, text) FROM PUBLIC;
COMMENT ON FUNCTION connect.list_events(text, int, text, text) IS
'Lists the history of one Connection and its share tokens, or of all, newest first.
Pages as in list_connections(), by ids of events. Who acted is shown to the actor''s own '
'organization only. Returns a document. Raises not_authenticated (PT401), permission_missing '
'(42501), not_found (PT404), parameter_invalid (22023), store_missing (55000).';

CREATE FUNCTION connect.read_events(after text = NULL, page_size int = 100) RETURNS jsonb
AS 'MODULE_PATHNAME', 'connect_read_events'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.read_events(text, int) FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.read_events(text, int) IS
'Returns the next events of the acting organization behind a cursor, oldest first.
Who follows links.next, which is always there, misses none and meets each subject''s events in '
'their order. What a running transaction may still precede is held back; meta.complete-before is '
'the time up to which the page is complete. Raises not_authenticated (PT401), permission_missing '
'(42501), parameter_invalid (22023), store_missing, store_outdated (55000).';
