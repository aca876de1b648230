-- redeem_share_token(): once, through an active Connection, by its destination.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world
CALL test.add_token('cnst_1');
CALL test.add_token('cnst_2', source_id => 'inq_2');

-- refusals, in their order
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.redeem_share_token(NULL);  -- fails
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token(NULL);  -- fails
SELECT connect.redeem_share_token('cnst_1', '');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.redeem_share_token('cnst_1', repeat('x', 256));  -- fails
SELECT connect.redeem_share_token('cnst_1', options => '[]');  -- fails
SELECT connect.redeem_share_token('cnst_1', options => jsonb_build_object('x', repeat('x', 65536)));  -- fails
SELECT connect.redeem_share_token('cnst_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.redeem_share_token('cnst_1');  -- fails: as for an id that does not exist
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.redeem_share_token('cnst_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.get_share_token('cnst_1')) AS nothing_to_redeem;
SELECT connect.redeem_share_token('cnst_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
-- deactivation wrote no token: it can be redeemed once the Connection is active again
UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1';
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1';
UPDATE connect.connection SET scopes = '{account.read}' WHERE id = 'cxn_1';
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.get_share_token('cnst_1')) AS nothing_to_redeem;
SELECT connect.redeem_share_token('cnst_1');  -- fails: the scope is not granted
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
CALL test.add('cxn_2', 'active', source => 'org_DEF456', destination => 'org_ABC123');
SELECT connect.unshare_rows('inquiry');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_1');  -- fails: the kind is shared no more
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_share_token('cxn_1', 'inq_1');  -- fails
RESET SESSION AUTHORIZATION;
SELECT connect.share_rows('inquiry', 'depot.inquiry', 'organization_id', 'id', 'account.read', 'inq',
    'depot.hand_over(text, text, text, text, jsonb)');
-- all refused: no copy, no event
SELECT count(*) FROM depot.inquiry;
SELECT * FROM test.token_events();

-- a copy, and two events in their order
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.get_share_token('cnst_1')) AS before;
SELECT test.doc(connect.redeem_share_token('cnst_1'));
SELECT connect.redeem_share_token('cnst_1');  -- fails: once
\echo :LAST_ERROR_SQLSTATE
SELECT connect.expire_share_token('cnst_1');  -- fails
RESET SESSION AUTHORIZATION;
SELECT * FROM depot.inquiry ORDER BY id;
SELECT * FROM test.tokens();
SELECT * FROM test.token_events();
SELECT pending_at = redeemed_at AS at_once, updated_at > pending_at AS then FROM connect.share_token WHERE id = 'cnst_1';
SELECT count(DISTINCT position) AS transactions, bool_and(name IS NULL AND scopes IS NULL) AS nothing_of_the_connection
FROM connect.event WHERE subject_id = 'cnst_1';
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.token(connect.get_share_token('cnst_1')) AS the_sources_view;

-- into an object of the destination's own; the function checks whose it is
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token('cnst_2', 'inq_9');  -- fails: somebody else's
\echo :LAST_ERROR_SQLSTATE
SELECT test.token(connect.get_share_token('cnst_2')) AS as_before;
SELECT test.token(connect.redeem_share_token('cnst_2', 'inq_1_copy', '{"field-mappings": []}'));
RESET SESSION AUTHORIZATION;
SELECT * FROM depot.inquiry ORDER BY id;

-- a source row that is gone, or is not the source's any more, is an answer and no error
CALL test.add_token('cnst_3', source_id => 'inq_gone');
CALL test.add_token('cnst_4', source_id => 'inq_9');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.redeem_share_token('cnst_3')), test.token(connect.redeem_share_token('cnst_4', 'inq_1_copy'));
RESET SESSION AUTHORIZATION;
SELECT pending_at = failed_at AS at_once FROM connect.share_token WHERE id = 'cnst_3';
SELECT action, from_status, to_status, actor_organization_id, actor_id FROM connect.event WHERE subject_id = 'cnst_3' ORDER BY id;

-- in a transaction that rolls back nothing has happened
CALL test.add_token('cnst_5', source_id => 'inq_2');
SET SESSION AUTHORIZATION regress_connect_destination;
BEGIN;
SELECT test.token(connect.redeem_share_token('cnst_5'));
ROLLBACK;
SELECT test.token(connect.get_share_token('cnst_5'));
-- a savepoint that is rolled back, too
BEGIN;
SAVEPOINT s;
SELECT test.token(connect.redeem_share_token('cnst_5'));
ROLLBACK TO s;
SELECT test.token(connect.redeem_share_token('cnst_5'));
COMMIT;

-- a kind without a function waits for the application
RESET SESSION AUTHORIZATION;
CALL test.add_token('cnst_6', kind => 'account', source_id => 'act_1');
CALL test.add_token('cnst_7', kind => 'account', source_id => 'act_1');
CALL test.add_token('cnst_8', kind => 'account', source_id => 'act_1');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.redeem_share_token('cnst_6')), test.token(connect.redeem_share_token('cnst_7', 'act_mine')),
    test.token(connect.redeem_share_token('cnst_8'));
SELECT connect.complete_share_token('cnst_6', 'act_x');  -- fails: no privilege
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
GRANT EXECUTE ON FUNCTION connect.complete_share_token(text, text), connect.fail_share_token(text, text) TO regress_connect_destination;
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.complete_share_token('cnst_6', 'act_x');  -- fails: an organization
\echo :LAST_ERROR_SQLSTATE
SELECT connect.fail_share_token('cnst_6', 'import_failed');  -- fails
RESET SESSION AUTHORIZATION;
REVOKE EXECUTE ON FUNCTION connect.complete_share_token(text, text), connect.fail_share_token(text, text) FROM regress_connect_destination;
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT connect.complete_share_token('cnst_6', NULL);  -- fails
SELECT connect.complete_share_token('cnst_6', '');  -- fails
SELECT connect.complete_share_token('cnst_nosuch', 'x');  -- fails
SELECT connect.complete_share_token('cnst_7', 'act_other');  -- fails
SELECT connect.fail_share_token('cnst_8', NULL);  -- fails
SELECT connect.fail_share_token('cnst_8', 'too lazy');  -- fails
SELECT test.token(connect.complete_share_token('cnst_6', 'act_x')), test.token(connect.complete_share_token('cnst_7', 'act_mine')),
    test.token(connect.fail_share_token('cnst_8', 'import_failed'));
SELECT connect.complete_share_token('cnst_6', 'act_x');  -- fails: once
SELECT connect.fail_share_token('cnst_8', 'import_failed');  -- fails
-- an API key that is none keeps the application out as well
SET request.headers = '{"x-connect-api-key": "nonsense"}';
SELECT connect.complete_share_token('cnst_6', 'act_x');  -- fails
RESET request.headers;
RESET SESSION AUTHORIZATION;
-- after a deactivation nothing is completed, but it can fail
CALL test.add_token('cnst_9', 'pending', 'account', 'act_1', pending_at => now());
CALL test.add_token('cnst_10', 'pending', 'account', 'act_1', pending_at => now());
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1';
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT connect.complete_share_token('cnst_9', 'act_x');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT test.token(connect.fail_share_token('cnst_10', 'unrecoverable_error'));
RESET SESSION AUTHORIZATION;
SELECT action, from_status, to_status, actor_organization_id, actor_id FROM connect.event WHERE subject_id IN ('cnst_6', 'cnst_8') ORDER BY id;
