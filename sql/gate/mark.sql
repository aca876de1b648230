-- The trigger function of the gate. create_store() puts it on connect.connection.

CREATE FUNCTION connect.mark_pair() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_mark_pair'
LANGUAGE C;
REVOKE ALL ON FUNCTION connect.mark_pair() FROM PUBLIC;  -- create_store() gives it to the owner
COMMENT ON FUNCTION connect.mark_pair() IS
'Marks in shared memory which pair of organizations a row is of, so that the gate asks for it again.
Refuses nothing; does nothing unless connect is in shared_preload_libraries.';
