-- Table connect.share_token. No index mentions status or updated_at, and a page keeps room, so that
-- a transition is a HOT update.

CREATE FUNCTION connect.describe_share_token()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'share_token', NULL, NULL,
    'Share tokens say which row may be handed over through which Connection, once, until when.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, cnst_..., and ascends in time. It is no secret.'),
-- No foreign key: the guard is the only writer, and Connections are never deleted.
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is the one through which the row is handed over.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'kind', 'text COLLATE "C" NOT NULL', NULL,
    'The kind says in which table the row is.'),
('column', 'source_id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is that of the row; the destination does not see it.'),
('column', 'status', 'connect.share_token_status NOT NULL DEFAULT ''created''', 'created',
    'The status is what was last written; one whose time has passed is expired or failed.'),
('column', 'expires_at', 'timestamptz NOT NULL', NULL,
    'The time is when the token can no longer be redeemed.'),
('column', 'redeem_mode', 'text COLLATE "C"', NULL,
    'The mode is hydrate if the destination named an object of its own, else clone.'),
('column', 'destination_id', 'text COLLATE "C"', NULL,
    'The id is that of the destination''s copy.'),
('column', 'failure_reason', 'text COLLATE "C"', NULL,
    'The reason is source_not_found, source_redacted, import_failed or unrecoverable_error.'),
('column', 'creator_id', 'text COLLATE "C"', NULL,
    'The creator is who made the token in the source''s organization.'),
('column', 'creator_type', 'text COLLATE "C"', NULL,
    'The type says what creator_id names: api-key, user, or role.'),
('column', 'pending_at', 'timestamptz', NULL,
    'The time is when the token was redeemed.'),
('column', 'redeemed_at', 'timestamptz', NULL,
    'The time is when the destination had its copy.'),
('column', 'failed_at', 'timestamptz', NULL,
    'The time is when the redemption failed.'),
('column', 'created_at', 'timestamptz NOT NULL', NULL,
    'The time is when the token was made.'),
('column', 'updated_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the last change.'),

('primary_key', 'share_token_pkey', 'id', NULL, NULL),
('foreign_key', 'share_token_kind_fkey', 'kind', 'share_kind', NULL),
-- as connection_check, which knows these three
('check', 'share_token_check', 'connect.has_valid_id_and_times(id, created_at, updated_at)',
    'connect.has_valid_id_and_times(text,timestamp with time zone,timestamp with time zone)'
    ' (id created_at updated_at)',
    'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -, and times lie within the years '
    'that RFC 3339 can write.'),

('index', 'share_token_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of outbound tokens.'),
('index', 'share_token_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of inbound tokens.'),
('index', 'share_token_connection_idx', 'connection_id, id', NULL,
    'The index serves pages of a Connection''s tokens.'),
('option', 'fillfactor', '90', '85', NULL),

('row_security', 'share_token', NULL, NULL, NULL),
('policy', 'share_token_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see a token.'),
('policy', 'share_token_parties_change', $$FOR UPDATE
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties may change a token, as far as the guard allows.'),
('policy', 'share_token_source_create', $$FOR INSERT
    WITH CHECK (source_organization_id = (SELECT connect.current_organization_id()))$$,
    '=(text,text) (source_organization_id select (connect.current_organization_id()))',
    'Whoever makes a token is its source.'),

-- Triggers fire by name. The guard comes last, to see what the DBA's own BEFORE triggers made of a
-- row; the event is written first, so that a change which a DBA's AFTER trigger makes in turn
-- stands behind it in the history.
('trigger', 'zz_guard_share_token',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_share_token()',
    'ENABLE', 'The trigger fills in and checks rows, and refuses DELETE.'),
('trigger', 'aa_record_share_token',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.record_share_token()',
    'ENABLE', 'The trigger checks stored rows again and writes their events.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_share_token()',
    'ENABLE', 'The trigger refuses TRUNCATE.'),
('trigger', 'zz_keep_open',
    'AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.keep_open()',
    'ENABLE REPLICA', 'The trigger keeps open_share_token for replicated rows, '
    'as record_share_token() does for others.')
$description$;
-- store_description() reads it.
REVOKE ALL ON FUNCTION connect.describe_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.describe_share_token() IS
'Describes table connect.share_token, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
