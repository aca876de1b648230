-- Table connect.connection. No index mentions status or updated_at, and a page keeps room, so that
-- a transition is a HOT update.

CREATE FUNCTION connect.describe_connection()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'connection', NULL, NULL,
    'Connections say who shares which kinds of data with whom, and in which state that is.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, cxn_..., and ascends in time.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is the organization that shares.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is the organization with which the source shares.'),
('column', 'name', 'text', NULL,
    'The name is what the source calls the Connection; it has at most 255 characters.'),
('column', 'status', 'connect.connection_status NOT NULL DEFAULT ''pending''', 'pending',
    'The status says whether data may be shared: they may while it is active.'),
('column', 'scopes', 'text[] NOT NULL', NULL,
    'The scopes are the kinds of data, sorted and without duplicates.'),
('column', 'creator_id', 'text COLLATE "C"', NULL,
    'The creator is who made the offer in the source''s organization.'),
('column', 'creator_type', 'text COLLATE "C"', NULL,
    'The type says what creator_id names: api-key, user, or role.'),
('column', 'created_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the first offer.'),
('column', 'updated_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the last change of name, status, scopes or terms.'),
('column', 'respond_by', 'timestamptz', NULL,
    'A pending Connection lapses at this time; null for never.'),
('column', 'expires_at', 'timestamptz', NULL,
    'Sharing through a pending or active Connection ends at this time; null for never.'),

('primary_key', 'connection_pkey', 'id', NULL, NULL),
('unique', 'connection_pair_key', 'source_organization_id, destination_organization_id', NULL,
    NULL),
('foreign_key', 'connection_source_fkey', 'source_organization_id', 'organization', NULL),
('foreign_key', 'connection_destination_fkey', 'destination_organization_id', 'organization', NULL),
-- One call: PostgreSQL reads the expression anew for each statement, by its length.
('check', 'connection_check', 'connect.has_valid_id_and_times(id, created_at, updated_at)',
    'connect.has_valid_id_and_times(text,timestamp with time zone,timestamp with time zone)'
    ' (id created_at updated_at)',
    'An id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -, and times lie within the years '
    'that RFC 3339 can write.'),
('former_constraint', 'connection_id_check',
    'CHECK (octet_length(id) <= 64 AND id ~ ''^[A-Za-z0-9_-]+$'')', NULL, NULL),
('former_constraint', 'connection_times_check',
    'CHECK (created_at >= ''0001-01-01 00:00:00+00'' AND created_at <= ''9999-12-31 00:00:00+00'''
    ' AND updated_at >= ''0001-01-01 00:00:00+00'' AND updated_at <= ''9999-12-31 00:00:00+00'')',
    NULL, NULL),

('index', 'connection_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of outbound Connections.'),
('index', 'connection_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of inbound Connections.'),
-- A DBA may choose another number than the present one; 85 is what 0.1.0 chose.
('option', 'fillfactor', '90', '85', NULL),

('row_security', 'connection', NULL, NULL, NULL),
('policy', 'connection_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see a Connection.'),
('policy', 'connection_parties_change', $$FOR UPDATE
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties may change a Connection, as far as the guard allows.'),
('policy', 'connection_source_create', $$FOR INSERT
    WITH CHECK (source_organization_id = (SELECT connect.current_organization_id()))$$,
    '=(text,text) (source_organization_id select (connect.current_organization_id()))',
    'Whoever creates a Connection is its source.'),

-- Triggers fire by name. The guard comes last, to see what the DBA's own BEFORE triggers made of a
-- row; the event is written first, so that a change which a DBA's AFTER trigger makes in turn
-- stands behind it in the history.
('trigger', 'zz_guard_connection',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_connection()',
    'ENABLE', 'The trigger fills in and checks rows, and refuses DELETE.'),
('trigger', 'aa_record_event',
    'AFTER INSERT OR UPDATE FOR EACH ROW EXECUTE FUNCTION connect.record_event()',
    'ENABLE', 'The trigger checks stored rows again and writes their events.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_connection()',
    'ENABLE', 'The trigger refuses TRUNCATE.'),
('trigger', 'zz_mark_pair',
    'AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.mark_pair()',
    'ENABLE ALWAYS', 'The trigger tells the gate of changes, replicated ones too.'),
('trigger', 'zz_keep_open',
    'AFTER INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.keep_open()',
    'ENABLE REPLICA',
    'The trigger keeps open_connection for replicated rows, as record_event() does for others.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_connection() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_connection() IS
'Describes table connect.connection, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
