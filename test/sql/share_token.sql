-- Share tokens: made by the source, seen by both parties in their own views, ended by either.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world

SELECT * FROM connect.share_token_rules();
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.doc(connect.create_share_token('cxn_1', 'inq_1'));
-- a kind can be named, and then the id needs no prefix
SELECT test.token(connect.create_share_token('cxn_1', 'act_1', '60 seconds', 'account'));
SELECT test.token(connect.create_share_token('cxn_1', 'inq_2', '21 days'));
-- 14 days unless one says something else
SELECT expires_at - created_at AS life FROM connect.share_token ORDER BY 1;  -- fails: no privilege
RESET SESSION AUTHORIZATION;
SELECT expires_at - created_at AS life FROM connect.share_token ORDER BY 1;
SELECT count(*) FROM connect.share_token WHERE id ~ '^cnst_[0-7][0-9a-hjkmnp-tv-z]{25}$';

-- refusals, in their order
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.create_share_token(NULL, NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_share_token(NULL, 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_share_token('cxn_1', NULL);  -- fails
SELECT connect.create_share_token('cxn_nosuch', 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_share_token('cxn_1', 'nosuch_1', '1 second');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_share_token('cxn_1', 'inq_1', kind => 'nosuch');  -- fails
SELECT connect.create_share_token('cxn_1', 'prefixless');  -- fails
SELECT connect.create_share_token('cxn_1', 'inq_nosuch', '1 second');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_share_token('cxn_1', 'inq_9');  -- fails: somebody else's row
SELECT connect.create_share_token('cxn_1', 'inq_1', '59 seconds');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_share_token('cxn_1', 'inq_1', '21 days 1 second');  -- fails
SELECT connect.create_share_token('cxn_1', 'inq_1', '-1 day');  -- fails
SELECT connect.create_share_token('cxn_1', 'inq_1', '178000000 years');  -- fails
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.create_share_token('cxn_1', 'inq_9');  -- fails: as for an id that does not exist
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.create_share_token('cxn_1', 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
CALL test.add('cxn_2', 'inactive', source => 'org_ABC123', destination => 'org_GHI789');
CALL test.add('cxn_3', 'pending', source => 'org_ABC123', destination => 'org_ABC123');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_share_token('cxn_2', 'inq_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- an offer that is not accepted yet will do; both parties at once
SELECT test.token(connect.create_share_token('cxn_3', 'inq_1'));

-- each party's view
RESET SESSION AUTHORIZATION;
CALL test.add_token('cnst_1', source_id => 'inq_2');
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.doc(connect.get_share_token('cnst_1'));
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.doc(connect.get_share_token('cnst_1'));
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.get_share_token('cnst_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.get_share_token(NULL);  -- fails
SELECT connect.list_share_tokens() -> 'data' AS none;

-- lists
SET SESSION AUTHORIZATION regress_connect_source;
SELECT jsonb_path_query_array(connect.list_share_tokens(), '$.data[*].attributes.direction') AS mine;
SELECT jsonb_array_length(connect.list_share_tokens('cxn_1') -> 'data') AS of_one,
    jsonb_array_length(connect.list_share_tokens(direction => 'inbound') -> 'data') AS inbound,
    jsonb_array_length(connect.list_share_tokens('cxn_1', direction => 'inbound') -> 'data') AS of_one_inbound,
    jsonb_array_length(connect.list_share_tokens(status => 'redeemed') -> 'data') AS redeemed,
    jsonb_array_length(connect.list_share_tokens('cxn_nosuch') -> 'data') AS of_none;
SELECT test.doc(connect.list_share_tokens(page_size => 1) -> 'links');
SELECT connect.list_share_tokens(direction => 'sideways');  -- fails
SELECT connect.list_share_tokens(page_size => 0);  -- fails
SELECT connect.list_share_tokens(page_after => 'cnst_nosuch');  -- fails
SET SESSION AUTHORIZATION regress_connect_third;
SELECT jsonb_array_length(connect.list_share_tokens('cxn_1') -> 'data') AS of_others;

-- either party may end it, once, with a reason
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.expire_share_token('cnst_1', repeat('r', 1001));  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT test.token(connect.expire_share_token('cnst_1', 'not needed'));
SELECT connect.expire_share_token('cnst_1');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.redeem_share_token('cnst_1');  -- fails
SET SESSION AUTHORIZATION regress_connect_third;
SELECT connect.expire_share_token('cnst_1');  -- fails
RESET SESSION AUTHORIZATION;
SELECT expires_at = updated_at AS ended_then FROM connect.share_token WHERE id = 'cnst_1';
SELECT * FROM test.token_events();

-- time ends it too, at once, for reads, filters, rules; the row says so from its next write on
CALL test.add_token('cnst_old', expires_at => now() - interval '1 minute');
CALL test.add_token('cnst_hanging', 'pending', pending_at => now() - interval '1 day');
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.token(connect.get_share_token('cnst_old')), test.token(connect.get_share_token('cnst_hanging'));
SELECT jsonb_path_query_array(connect.list_share_tokens(status => 'expired'), '$.data[*].id') @> '["cnst_old"]' AS expired,
    jsonb_path_query_array(connect.list_share_tokens(status => 'created'), '$.data[*].id') @> '["cnst_old"]' AS created,
    jsonb_path_query_array(connect.list_share_tokens(status => 'failed'), '$.data[*].id') AS failed,
    jsonb_path_query_array(connect.list_share_tokens(status => 'pending'), '$.data[*].id') AS pending;
SELECT connect.redeem_share_token('cnst_old');  -- fails
SELECT connect.expire_share_token('cnst_old');  -- fails: it is already
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT connect.complete_share_token('cnst_hanging', 'inq_x');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;
SELECT id, status FROM connect.share_token WHERE id IN ('cnst_old', 'cnst_hanging') ORDER BY id;
UPDATE connect.share_token SET id = id WHERE id IN ('cnst_old', 'cnst_hanging');
SELECT id, status, failure_reason, updated_at = expires_at AS at_the_time, failed_at = pending_at + interval '1 day' AS a_day
FROM connect.share_token WHERE id IN ('cnst_old', 'cnst_hanging') ORDER BY id;
SELECT action, from_status, to_status, actor_organization_id, actor_id, effective_at < created_at AS earlier
FROM connect.event WHERE subject_id IN ('cnst_old', 'cnst_hanging') ORDER BY subject_id;

-- events: both parties', beside those of the Connection, without source_id and creator
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT test.doc(connect.list_events(page_size => 1));

-- a key that may only read is offered nothing
RESET SESSION AUTHORIZATION;
SELECT set_config('request.headers', jsonb_build_object('x-connect-api-key', secret)::text, false) IS NOT NULL AS set
FROM connect.create_api_key('org_ABC123', 'reader', '{read}');
SELECT DISTINCT d #> '{meta,allowed-actions}' AS actions FROM jsonb_array_elements(connect.list_share_tokens(status => 'created') -> 'data') AS d;
SELECT set_config('request.headers', jsonb_build_object('x-connect-api-key', secret)::text, false) IS NOT NULL AS set
FROM connect.create_api_key('org_ABC123', 'writer');
SELECT DISTINCT d #> '{meta,allowed-actions}' AS actions FROM jsonb_array_elements(connect.list_share_tokens(status => 'created') -> 'data') AS d;
RESET request.headers;
