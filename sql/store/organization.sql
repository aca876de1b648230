-- Table connect.organization.

CREATE FUNCTION connect.describe_organization()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'organization', NULL, NULL,
    'Organizations are those that may offer and accept Connections.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is what a partner needs to make an offer, for example org_ABC123.'),
('column', 'name', 'text NOT NULL', NULL,
    'The name is what people call the organization.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is that of the registration.'),
('column', 'retired_at', 'timestamptz', NULL,
    'The time is when the organization was retired: it acts no more. Null takes it back.'),
('column', 'followed_from', 'regclass', NULL,
    'The table is the one of the application''s that registered the organization; no other may '
    'follow it. See connect.follow_organizations().'),

('primary_key', 'organization_pkey', 'id', NULL, NULL),
-- The pattern is ^[A-Za-z0-9_-]{1,64}$. Matched as that it would be a quarter of what a transition
-- costs, since the bounded repetition is a state for each character.
('check', 'organization_id_check', 'octet_length(id) <= 64 AND id ~ ''^[A-Za-z0-9_-]+$''',
    'and (<=(integer,integer) (octet_length(text) (id) 64) ~(text,text) (id ''^[A-Za-z0-9_-]+$''))',
    'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -.'),

-- In the order of bytes, whatever the database's collation is, all that begins with something is
-- one range.
('index', 'organization_lower_name_idx', 'lower(name) COLLATE "C"', '(lower(text) (name))',
    'The index serves a search for partners by what their names begin with.'),
('index', 'organization_lower_id_idx', 'lower(id) COLLATE "C"', '(lower(text) (id))',
    'The index serves a search for partners by what their ids begin with.'),

('row_security', 'organization', NULL, NULL, NULL),
('policy', 'organization_self',
    'FOR SELECT USING (id = (SELECT connect.current_organization_id()))',
    '=(text,text) (id select (connect.current_organization_id()))',
    'An organization sees itself.'),

-- Triggers fire by name, and the guard is to see what the DBA's own BEFORE triggers made of a row.
('trigger', 'zz_guard_organization',
    'BEFORE UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_organization()',
    'ENABLE', 'The trigger locks an organization that is being retired.'),
('trigger', 'aa_end_connections',
    'AFTER UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_organization()',
    'ENABLE', 'The trigger ends what a retired organization has, and marks its keys and roles.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_organization() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_organization() IS
'Describes table connect.organization, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
