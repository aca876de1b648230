-- The trigger functions of connect.share_token. create_store() puts them on the table.

CREATE FUNCTION connect.guard_share_token() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_guard_share_token'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.guard_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.guard_share_token() IS
'Fills in and checks every row written to connect.share_token, and refuses DELETE and TRUNCATE.
Raises the errors of create_, expire_, redeem_, complete_ and fail_share_token(), '
'transition_not_allowed (PT409), and 23001 for a changed identity, a state other than created at '
'birth, DELETE and TRUNCATE.';

CREATE FUNCTION connect.record_share_token() RETURNS trigger
AS 'MODULE_PATHNAME', 'connect_record_share_token'
LANGUAGE C;
-- create_store() gives it to the owner.
REVOKE ALL ON FUNCTION connect.record_share_token() FROM PUBLIC;
COMMENT ON FUNCTION connect.record_share_token() IS
'Checks a stored change of connect.share_token once more and writes its event.
A trigger that fires between the two may have rewritten the row. Raises what guard_share_token() '
'raises, and actor_too_long (PT422).';
