-- Table connect.followed_table.

CREATE FUNCTION connect.describe_followed_table()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'followed_table', NULL, NULL,
    'Rows name the tables of the application whose rows are organizations; see '
    'connect.follow_organizations().'),

('column', 'relation', 'regclass NOT NULL', NULL,
    'The relation is the application''s table.'),
('column', 'id_column', 'name NOT NULL', NULL,
    'The column is the key, whose text form is the id of the organization.'),
('column', 'name_column', 'name NOT NULL', NULL,
    'The column holds the name of the organization.'),

('primary_key', 'followed_table_pkey', 'relation', NULL, NULL),

('row_security', 'followed_table', NULL, NULL, NULL)
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_followed_table() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_followed_table() IS
'Describes table connect.followed_table, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
