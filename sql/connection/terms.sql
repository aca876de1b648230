-- Terms: what a Connection is by the clock.

CREATE FUNCTION connect.effective_status(connection record) RETURNS connect.connection_status
AS 'MODULE_PATHNAME', 'connect_effective_status'
LANGUAGE C STABLE STRICT PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.effective_status(record) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.effective_status(record) IS
'Returns the status of a row of connect.connection by the clock, as documents and the gate say it.
A pending one past respond_by or expires_at, and an active one past expires_at, is inactive, '
'whatever the row still says. For policies and reports by hand. The clock is the later of the '
'transaction''s and the statement''s start. Raises 22023 for a row of another table.';
