-- Table connect.scope.

CREATE FUNCTION connect.describe_scope()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'scope', NULL, NULL,
    'Scopes are the kinds of data that a Connection can share. The DBA adds rows.'),

('column', 'name', 'text COLLATE "C" NOT NULL', NULL,
    'The name is what Connections list, for example inquiry.read.'),
('column', 'description', 'text NOT NULL', NULL,
    'The description tells people what sharing it means.'),
('column', 'is_default', 'boolean NOT NULL DEFAULT false', 'false',
    'The flag says whether the scope is part of an offer that names no scopes.'),
('column', 'title', 'text', NULL,
    'The title is what people call the scope; null where the name says enough.'),
('column', 'retired_at', 'timestamptz', NULL,
    'The time is when the scope was retired: it cannot be offered, and the gate is shut for it, '
    'until this is null again.'),

('primary_key', 'scope_pkey', 'name', NULL, NULL),
('check', 'scope_name_check', 'name ~ ''^[A-Za-z0-9_.:-]{1,64}$''',
    '~(text,text) (name ''^[A-Za-z0-9_.:-]{1,64}$'')',
    'A name has 1 to 64 characters out of A-Z, a-z, 0-9, _, ., : and -.'),

('row_security', 'scope', NULL, NULL, NULL),
('policy', 'scope_all', 'FOR SELECT USING (true)', 'true',
    'The catalogue is open to everybody who may read the table.'),

-- After, to see what the DBA's own triggers made of the name.
('trigger', 'zz_guard_scope',
    'AFTER UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_scope()',
    'ENABLE', 'The trigger keeps scopes that Connections grant.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_scope()',
    'ENABLE', 'The trigger keeps the catalogue as long as there are Connections.'),

-- A dump of the schema alone leaves the catalogue empty, and no offer could be made then.
('rows', 'scope', $$
INSERT INTO connect.scope (name, description, is_default)
SELECT v.name, v.description, v.is_default
FROM (VALUES ('account.read', 'Read the shared accounts.', true),
             ('inquiry.read', 'Read the shared inquiries.', true),
             ('verification.read', 'Read the shared verifications.', false))
    AS v (name, description, is_default)
WHERE NOT EXISTS (SELECT FROM connect.scope)
$$, NULL, NULL)
$description$;
REVOKE ALL ON FUNCTION connect.describe_scope() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_scope() IS
'Describes table connect.scope, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
