-- Table connect.event: the history of all Connections, and the outbox.

CREATE FUNCTION connect.describe_event()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'event', NULL, NULL,
    'Events are the history of all Connections and the outbox in one: a row for each change, never '
    'changed itself.
An outbox reader takes rows with transaction_id < pg_snapshot_xmin(pg_current_snapshot()) ordered '
    'by (transaction_id, id), and misses none.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, evt_..., and ascends in time.'),
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is the one that changed.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'action', 'text COLLATE "C" NOT NULL', NULL,
    'The action is one of connect.transition_rules().'),
('column', 'from_status', 'connect.connection_status', NULL,
    'The status is the one before the change; it is null for create.'),
('column', 'to_status', 'connect.connection_status NOT NULL', NULL,
    'The status is the one after the change.'),
('column', 'name', 'text', NULL,
    'The name is the one after the change.'),
('column', 'scopes', 'text[] NOT NULL', NULL,
    'The scopes are those after the change.'),
('column', 'actor_organization_id', 'text COLLATE "C"', NULL,
    'The organization is the one that acted; it is null for the store''s owner.'),
('column', 'actor_id', 'text COLLATE "C"', NULL,
    'The actor is who in that organization made the change.'),
('column', 'actor_type', 'text COLLATE "C"', NULL,
    'The type says what actor_id names: api-key, user, or role.'),
('column', 'reason', 'text', NULL,
    'The reason is what the actor gave; it has at most 1000 characters.'),
('column', 'request_id', 'text COLLATE "C"', NULL,
    'The request is the one over HTTP that made the change.'),
('column', 'transaction_id', 'xid8 NOT NULL DEFAULT pg_current_xact_id()', 'pg_current_xact_id()',
    'The transaction is the one that made the change, for outbox readers.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is when that transaction began.'),

('primary_key', 'event_pkey', 'id', NULL, NULL),
('foreign_key', 'event_connection_fkey', 'connection_id', 'connection', NULL),

('index', 'event_connection_idx', 'connection_id, id', NULL,
    'The index serves the history of one Connection.'),
('index', 'event_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of events of outbound Connections.'),
('index', 'event_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of events of inbound Connections.'),
('index', 'event_outbox_idx', 'transaction_id, id', NULL,
    'The index serves outbox readers.'),

('row_security', 'event', NULL, NULL, NULL),
('policy', 'event_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see the history.'),

('trigger', 'zz_guard_event',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_event()',
    'ENABLE', 'The trigger refuses every write but that of record_event().'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_event()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_event() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_event() IS
'Describes table connect.event, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
