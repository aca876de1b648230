-- Plain UPDATE: the same rules as from the functions, whoever writes.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
GRANT SELECT, UPDATE ON connect.connection TO regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;
CALL test.add('cxn_1', 'pending', 'One');
CALL test.add('cxn_2', 'active', 'Two', source => 'org_ABC123', destination => 'org_GHI789');
CALL test.add('cxn_3', 'inactive', 'Three', source => 'org_DEF456', destination => 'org_ABC123');

-- each party takes its own part
SET SESSION AUTHORIZATION regress_connect_source;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_3';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET name = 'Mine' WHERE id = 'cxn_3';  -- fails
SET SESSION AUTHORIZATION regress_connect_destination;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1' RETURNING status, updated_at BETWEEN now() AND clock_timestamp() AS touched;
UPDATE connect.connection SET status = 'active', name = 'Mine' WHERE id = 'cxn_3';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_3' RETURNING status;
-- nothing has changed: it succeeds, updated_at stays, no event; nor can updated_at be set
UPDATE connect.connection SET status = status, name = name WHERE id = 'cxn_3' RETURNING status;
RESET SESSION AUTHORIZATION;
UPDATE connect.connection SET updated_at = now(), scopes = '{inquiry.read,account.read}', name = 'Two' WHERE id = 'cxn_2'
RETURNING scopes, updated_at AT TIME ZONE 'UTC' AS updated;
UPDATE connect.connection SET updated_at = NULL WHERE id = 'cxn_2' RETURNING updated_at AT TIME ZONE 'UTC' AS updated;
UPDATE connect.connection SET updated_at = '1999-01-01', name = 'Zwei' WHERE id = 'cxn_2' RETURNING updated_at BETWEEN now() AND clock_timestamp() AS now;

-- the owner and a superuser: any legal step, no other
SET SESSION AUTHORIZATION regress_connect_owner;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_2' RETURNING status;  -- the same
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'inactive', name = 'Both' WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'inactive', scopes = '{account.read}' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET status = 'pending', scopes = '{account.read}' WHERE id = 'cxn_2';  -- fails
-- an active one can be widened only by going back to pending
UPDATE connect.connection SET scopes = '{account.read,inquiry.read,verification.read}' WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'inactive', scopes = '{account.read,inquiry.read,verification.read}' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET status = 'pending', name = 'Wide', scopes = '{verification.read,account.read}' WHERE id = 'cxn_2' RETURNING status, scopes;
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_2' RETURNING status;
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'pending', scopes = '{account.read,inquiry.read,verification.read}' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET name = '' WHERE id = 'cxn_2' RETURNING name;
UPDATE connect.connection SET name = repeat('n', 256) WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET scopes = '{}' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET scopes = '{nosuch}' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET scopes = '{NULL}' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET scopes = NULL WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = NULL WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
-- identity is fixed
UPDATE connect.connection SET id = 'cxn_9' WHERE id = 'cxn_2';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET id = NULL WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET source_organization_id = 'org_GHI789' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET destination_organization_id = 'org_ABC123' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET creator_id = NULL WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET creator_type = 'role' WHERE id = 'cxn_2';  -- fails
UPDATE connect.connection SET created_at = created_at - interval '1 microsecond' WHERE id = 'cxn_2';  -- fails
RESET SESSION AUTHORIZATION;
UPDATE connect.connection SET source_organization_id = 'org_GHI789' WHERE id = 'cxn_2';  -- fails: a superuser
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_2';  -- fails

-- row security hides the rows of others; nobody has none
SET SESSION AUTHORIZATION regress_connect_third;
UPDATE connect.connection SET name = 'Stolen' WHERE id = 'cxn_1' RETURNING id;
SELECT id FROM connect.connection ORDER BY id;
SET SESSION AUTHORIZATION regress_connect_nobody;
UPDATE connect.connection SET name = 'Stolen' RETURNING id;
SELECT id FROM connect.connection ORDER BY id;
RESET SESSION AUTHORIZATION;
-- where a DBA lets everybody past it, the guard still stands
CREATE POLICY test_all ON connect.connection USING (true) WITH CHECK (true);
SET SESSION AUTHORIZATION regress_connect_third;
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
UPDATE connect.connection SET created_at = now() WHERE id = 'cxn_1';  -- fails the same
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_nobody;
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
DROP POLICY test_all ON connect.connection;
-- one refused row of many takes the others with it
UPDATE connect.connection SET status = 'inactive';  -- for the one that is inactive nothing changes
SELECT * FROM test.rows();
\set VERBOSITY terse
UPDATE connect.connection SET status = 'active';  -- fails, at whichever row comes first
\set VERBOSITY default
SELECT * FROM test.rows();
SELECT action, "from", "to", name, scopes, actor, coalesce(nullif(actor_id, session_user), 'superuser') AS actor_id, actor_type FROM test.events();
REVOKE SELECT, UPDATE ON connect.connection FROM regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;
