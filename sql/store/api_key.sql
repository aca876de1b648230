-- Table connect.api_key.

CREATE FUNCTION connect.describe_api_key()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'api_key', NULL, NULL,
    'API keys act for organizations; see connect.create_api_key().'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, api_..., and no secret.'),
('column', 'organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The organization is the one for which the key acts.'),
('column', 'name', 'text NOT NULL', NULL,
    'The name is what people call the key.'),
('column', 'secret_sha256', 'bytea NOT NULL', NULL,
    'The hash is the SHA-256 of the secret, which is kept nowhere.'),
('column', 'permissions', 'text[] NOT NULL', NULL,
    'The permissions are a non-empty subset of {read,write}.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is when the key was made.'),
('column', 'expires_at', 'timestamptz', NULL,
    'The time is from when on the key is void; null means never.'),
('column', 'revoked_at', 'timestamptz', NULL,
    'The time is when the key was revoked.'),
-- Looking at the organization at each call would double what it costs to find out who is acting.
('column', 'retired_at', 'timestamptz', NULL,
    'The time is that of the organization, if that is retired: then the key acts for nobody.'),

('primary_key', 'api_key_pkey', 'id', NULL, NULL),
('unique', 'api_key_secret_sha256_key', 'secret_sha256', NULL, NULL),
('foreign_key', 'api_key_organization_fkey', 'organization_id', 'organization', NULL),

('row_security', 'api_key', NULL, NULL, NULL),

-- It fires after the foreign key's own trigger, which locks the organization.
('trigger', 'zz_guard_credential',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.guard_credential()',
    'ENABLE', 'The trigger refuses a key that would act for a retired organization.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_api_key() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_api_key() IS
'Describes table connect.api_key, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
