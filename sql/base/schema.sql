\echo Use "CREATE EXTENSION connect" to load this file. \quit

-- The schemas. CREATE is plain here: a schema that somebody planted is refused.

CREATE SCHEMA connect;
COMMENT ON SCHEMA connect IS
'Connections between organizations: functions of the extension, tables of create_store().';

CREATE SCHEMA connect_api;
COMMENT ON SCHEMA connect_api IS 'HTTP handlers that PostgREST calls behind nginx.';
