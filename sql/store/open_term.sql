-- Table connect.open_term: a row for each open Connection that ends by itself. An index on
-- connect.connection that knew the terms would end HOT updates of all Connections.

CREATE FUNCTION connect.describe_open_term()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'open_term', NULL, NULL,
    'Open terms are those of pending and active Connections; rows follow connect.connection.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the Connection.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'ends_at', 'timestamptz NOT NULL', NULL,
    'From this time on the Connection is inactive, unless its terms change.'),

('primary_key', 'open_term_pkey', 'id', NULL, NULL),
('index', 'open_term_ends_at_idx', 'ends_at, id', NULL,
    'The index serves expire_due() and reminders.'),

('row_security', 'open_term', NULL, NULL, NULL),

('trigger', 'zz_guard_open',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_open()',
    'ENABLE ALWAYS', 'The trigger refuses every write but that of keep_open().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_open_term() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_open_term() IS
'Describes table connect.open_term, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
