-- Table connect.open_share_token: a row for each share token that somebody has yet to redeem or to
-- fulfil. An index on connect.share_token that knew the status would end HOT updates of all tokens.

CREATE FUNCTION connect.describe_open_share_token()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'open_share_token', NULL, NULL,
    'Open share tokens are created or pending ones; their rows follow connect.share_token.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the share token.'),
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is copied from the share token.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the share token.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the share token.'),
('column', 'status', 'text COLLATE "C" NOT NULL', NULL,
    'The status is created or pending, as it was last written.'),
('column', 'ends_at', 'timestamptz NOT NULL', NULL,
    'From this time on the share token is expired, or has failed if it is pending.'),

-- No index begins with the id: a page must not be read in the order of all ids.
('primary_key', 'open_share_token_pkey', 'connection_id, status, id', NULL, NULL),
('index', 'open_share_token_source_idx', 'source_organization_id, status, id', NULL,
    'The index serves pages of outbound tokens in one of these states.'),
('index', 'open_share_token_destination_idx', 'destination_organization_id, status, id', NULL,
    'The index serves pages of inbound tokens in one of these states.'),
('index', 'open_share_token_ends_at_idx', 'ends_at, id', NULL,
    'The index serves expire_due().'),

('row_security', 'open_share_token', NULL, NULL, NULL),

('trigger', 'zz_guard_open',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_open()',
    'ENABLE ALWAYS', 'The trigger refuses every write but that of keep_open().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_open()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_open_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_open_share_token() IS
'Describes table connect.open_share_token, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
