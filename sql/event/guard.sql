-- The trigger function of connect.event. create_store() puts it on the table.

CREATE FUNCTION connect.guard_event() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_event'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_event() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_event() IS
'Keeps connect.event append-only, and connect itself its only writer.
Raises event_changed (23001) for everything else.';
