-- Table connect.event: the history of all Connections and of what belongs to them, and the outbox.

CREATE FUNCTION connect.describe_event()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'event', NULL, NULL,
    'Events are the history of all Connections and the outbox in one: a row for each change, never '
    'changed itself.
An outbox reader takes rows with position < pg_snapshot_xmin(pg_current_snapshot()) ordered by '
    '(position, id): it misses none, and meets the events of each subject in their order.'),

('column', 'id', 'text COLLATE "C" NOT NULL', NULL,
    'The id is a TypeID, evt_..., and ascends along the history of each subject.'),
('column', 'subject_type', 'text COLLATE "C" NOT NULL', NULL,
    'The type says what changed: connection, or something that belongs to one.'),
('column', 'subject_id', 'text COLLATE "C" NOT NULL', NULL,
    'The subject is the row that changed, by its id.'),
-- No foreign key: the guard is the only writer, nothing is deleted, and the check would be a
-- twentieth of each transition.
('column', 'connection_id', 'text COLLATE "C" NOT NULL', NULL,
    'The Connection is the one that changed, or to which the subject belongs.'),
('column', 'source_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The source is copied from the Connection.'),
('column', 'destination_organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The destination is copied from the Connection.'),
('column', 'action', 'text COLLATE "C" NOT NULL', NULL,
    'The action is one of connect.transition_rules().'),
('column', 'from_status', 'text COLLATE "C"', NULL,
    'The status is the one before the change; it is null for create.'),
('column', 'to_status', 'text COLLATE "C" NOT NULL', NULL,
    'The status is the one after the change.'),
('column', 'name', 'text', NULL,
    'The name is the one after the change.'),
('column', 'scopes', 'text[]', NULL,
    'The scopes are those after the change.'),
('column', 'respond_by', 'timestamptz', NULL,
    'The term is the one after the change until which the offer stands.'),
('column', 'expires_at', 'timestamptz', NULL,
    'The term is the one after the change at which sharing ends.'),
('column', 'effective_at', 'timestamptz', NULL,
    'The time is when an expiry took effect, which may be long before it was recorded.'),
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
    'The transaction is the one that made the change.'),
('column', 'position', 'xid8 NOT NULL', NULL,
    'The position is what outbox readers go by: the transaction, or the position of the subject''s '
    'last event if that is greater.'),
('column', 'seal', 'bytea NOT NULL', NULL,
    'The seal is a SHA-256 over this event and the seal of the subject''s last one; see '
    'connect.verify_history().'),
('column', 'personal_salt', 'bytea', NULL,
    'The salt is of 16 random bytes; connect.forget_actor() takes it away.'),
('column', 'personal_digest', 'bytea NOT NULL', NULL,
    'The digest is the SHA-256 of the salt, the actor, the reason and the request.'),
('column', 'created_at', 'timestamptz NOT NULL', NULL,
    'The time is that of the change, and ascends along the history of each subject.'),

('fill', 'event', 'SELECT connect.seal_history()', NULL, NULL),

('primary_key', 'event_pkey', 'id', NULL, NULL),
('former_constraint', 'event_connection_fkey',
    'FOREIGN KEY (connection_id) REFERENCES connect.connection', NULL, NULL),

('index', 'event_subject_idx', 'subject_id, id', NULL,
    'The index serves the history of one subject, and finds its last event.'),
-- Partial, for a Connection's own events are found by subject_id.
('index', 'event_token_idx', 'connection_id, id WHERE subject_id <> connection_id',
    '<>(text,text) (subject_id connection_id)',
    'The index serves pages of events of what belongs to a Connection.'),
('former_index', 'event_connection_idx', 'connection_id, id', NULL, NULL),
('index', 'event_source_idx', 'source_organization_id, id', NULL,
    'The index serves pages of events of outbound Connections.'),
('index', 'event_destination_idx', 'destination_organization_id, id', NULL,
    'The index serves pages of events of inbound Connections.'),
('index', 'event_outbox_idx', 'position, id', NULL,
    'The index serves outbox readers.'),
('index', 'event_source_feed_idx', 'source_organization_id, position, id', NULL,
    'The index serves connect.read_events() for outbound Connections.'),
('index', 'event_destination_feed_idx', 'destination_organization_id, position, id', NULL,
    'The index serves connect.read_events() for inbound Connections.'),

('row_security', 'event', NULL, NULL, NULL),
('policy', 'event_parties_read', $$FOR SELECT
    USING (source_organization_id = (SELECT connect.current_organization_id())
        OR destination_organization_id = (SELECT connect.current_organization_id()))$$,
    'or (=(text,text) (source_organization_id select (connect.current_organization_id()))'
    ' =(text,text) (destination_organization_id select (connect.current_organization_id())))',
    'Both parties see the history.'),

('trigger', 'zz_guard_event',
    'BEFORE INSERT OR UPDATE OR DELETE FOR EACH ROW EXECUTE FUNCTION connect.guard_event()',
    'ENABLE', 'The trigger refuses every write that is not connect''s own.'),
('trigger', 'aa_refuse_truncate',
    'BEFORE TRUNCATE FOR EACH STATEMENT EXECUTE FUNCTION connect.guard_event()',
    'ENABLE', 'The trigger refuses TRUNCATE.')
$description$;
REVOKE ALL ON FUNCTION connect.describe_event() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_event() IS
'Describes table connect.event, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
