-- Table connect.organization_role.

CREATE FUNCTION connect.describe_organization_role()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'organization_role', NULL, NULL,
    'Rows say which organization a database role stands for; see connect.map_role().'),

('column', 'role_name', 'name NOT NULL', NULL,
    'The role is the current role, by its exact name.'),
('column', 'organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The organization is the one that acts.'),
-- Looking at the organization at each call would double what it costs to find out who is acting.
('column', 'retired_at', 'timestamptz', NULL,
    'The time is that of the organization, if that is retired: then the role acts for nobody.'),

('primary_key', 'organization_role_pkey', 'role_name', NULL, NULL),
('foreign_key', 'organization_role_organization_fkey', 'organization_id', 'organization', NULL),

('row_security', 'organization_role', NULL, NULL, NULL),

-- It fires after the foreign key's own trigger, which locks the organization.
('trigger', 'zz_guard_credential',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_credential()',
    'ENABLE', 'The trigger refuses a role that would act for a retired organization.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_organization_role() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_organization_role() IS
'Describes table connect.organization_role, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
