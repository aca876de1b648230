-- The trigger functions of connect.connection. create_store() puts them on the table.

CREATE FUNCTION connect.guard_connection() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_connection'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_connection() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_connection() IS
'Fills in and checks every row written to connect.connection, and refuses DELETE and TRUNCATE.
Raises the errors of create_, activate_, deactivate_, reactivate_ and update_connection(), '
'transition_not_allowed (PT409), and 23001 for a changed identity, a state other than pending at '
'birth, DELETE and TRUNCATE.';

CREATE FUNCTION connect.record_event() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_record_event'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.record_event() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.record_event() IS
'Checks a stored change of connect.connection once more and writes its event.
A trigger that fires between the two may have rewritten the row. Raises what guard_connection() '
'raises, and actor_too_long (PT422).';

CREATE FUNCTION connect.guard_scope() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_scope'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.guard_scope() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.guard_scope() IS
'Refuses to delete or rename a scope that a Connection grants, and to truncate the catalogue then.
Waits for whoever is writing Connections, and makes others wait to the end of the transaction. '
'Raises scope_granted (23503).';
