-- Table connect.open_connection: a row for each Connection that waits for an answer. An index on
-- connect.connection that knew the status would end HOT updates of all Connections.

CREATE FUNCTION connect.describe_open_connection()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'open_connection', NULL, NULL,
    'Open Connections are those that are pending; their rows follow connect.connection.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the Connection.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),

('primary_key', 'open_connection_pkey', 'destination_organization_id, id', NULL, NULL),

('row_security', 'open_connection', NULL, NULL, NULL),

('trigger', 'zz_guard_open',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_open()',
    'ENABLE ALWAYS', 'The trigger refuses every write but that of keep_open().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()',
    'ENABLE', 'The trigger refuses TRUNCATE.'),

-- What no trigger has seen, as in an older store or after a restore with triggers off, for all
-- narrow tables.
('rows', 'open_connection', 'SELECT connect.collect_open()', NULL, NULL)
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_open_connection() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_open_connection() IS
'Describes table connect.open_connection, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
