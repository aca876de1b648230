-- Table connect.gateway_role.

CREATE FUNCTION connect.describe_gateway_role()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'gateway_role', NULL, NULL,
    'Gateways are logins whose word on the acting organization counts; see '
    'connect.trust_gateway().'),

('column', 'role_name', 'name NOT NULL', NULL,
    'The role is the login (session_user), by its exact name.'),
('column', 'organization_claim',
    'text[] NOT NULL DEFAULT string_to_array(''organization_id'', '','')',
    'string_to_array(text,text) (''organization_id'' '','')',
    'The claim is where its JWTs name the organization: names, one inside the other.'),
('column', 'actor_claim', 'text[] NOT NULL DEFAULT string_to_array(''sub'', '','')',
    'string_to_array(text,text) (''sub'' '','')',
    'The claim is where its JWTs name who in it acts.'),

('primary_key', 'gateway_role_pkey', 'role_name', NULL, NULL),

('row_security', 'gateway_role', NULL, NULL, NULL)
$description$;
REVOKE ALL ON FUNCTION connect.describe_gateway_role() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_gateway_role() IS
'Describes table connect.gateway_role, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
