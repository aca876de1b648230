-- What the CHECKs of resources' tables ask. create_store() puts them on the tables.

CREATE FUNCTION connect.has_valid_id_and_times(id text, created_at timestamptz,
    updated_at timestamptz)
RETURNS boolean
AS 'MODULE_PATHNAME', 'connect_has_valid_id_and_times'
LANGUAGE C IMMUTABLE PARALLEL SAFE;
-- grant_check() gives it, for whoever writes to the table runs its CHECK
REVOKE ALL ON FUNCTION connect.has_valid_id_and_times(text, timestamptz, timestamptz) FROM PUBLIC;
COMMENT ON FUNCTION connect.has_valid_id_and_times(text, timestamptz, timestamptz) IS
'Tells whether an id has 1 to 64 characters out of A-Z, a-z, 0-9, _ and -, and times lie between '
'the years 0001 and 9999.
The CHECKs of connect.connection and connect.share_token ask it. Null for null. Raises nothing.';
