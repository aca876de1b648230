-- Table connect.share_kind: what a share token may name.

CREATE FUNCTION connect.describe_share_kind()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'share_kind', NULL, NULL,
    'Kinds are what a share token may name; see connect.share_rows().'),

('column', 'name', 'text COLLATE "C" NOT NULL', NULL,
    'The name is that of the kind, for example inquiry.'),
('column', 'relation', 'regclass NOT NULL', NULL,
    'The relation is the application''s table that holds the rows.'),
('column', 'organization_column', 'name NOT NULL', NULL,
    'The column of the relation says whose row it is.'),
('column', 'key_column', 'name NOT NULL', NULL,
    'The column of the relation holds the id by which a token names a row.'),
('column', 'scope', 'text COLLATE "C" NOT NULL', NULL,
    'The scope is what a Connection must grant for a token of this kind to be redeemed.'),
('column', 'id_prefix', 'text COLLATE "C"', NULL,
    'The prefix is what stands before the last _ in ids of this kind.'),
-- regprocedure would keep pg_upgrade away.
('column', 'redeem_function', 'text', NULL,
    'The function makes the destination''s copy; null where the application does that later.'),
('column', 'retired_at', 'timestamptz', NULL,
    'The time is when connect.unshare_rows() took the kind out of use.'),

('primary_key', 'share_kind_pkey', 'name', NULL, NULL),
('unique', 'share_kind_id_prefix_key', 'id_prefix', NULL, NULL),
('unique', 'share_kind_relation_key', 'relation, key_column', NULL, NULL),
('foreign_key', 'share_kind_scope_fkey', 'scope', 'scope', NULL),
('check', 'share_kind_name_check', 'name ~ ''^[A-Za-z0-9_./-]{1,64}$''',
    '~(text,text) (name ''^[A-Za-z0-9_./-]{1,64}$'')',
    'A name has 1 to 64 characters out of A-Z, a-z, 0-9, _, ., / and -.'),

('row_security', 'share_kind', NULL, NULL, NULL)
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_share_kind() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_share_kind() IS
'Describes table connect.share_kind, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
