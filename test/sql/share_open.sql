-- Share tokens that are created or pending have rows of their own, whoever writes: lists of them and expire_due() go by these.
\getenv tests PG_ABS_SRCDIR
\set world :tests '/sql/share_world.psql'
\i :world
\set pages :tests '/sql/pages.psql'
\i :pages
-- the open tokens, and whether they are what the tokens say
CREATE FUNCTION test.open_tokens() RETURNS text LANGUAGE sql SECURITY DEFINER AS $$
    SELECT coalesce(string_agg(concat_ws(' ', CASE WHEN o.id ~ '^cnst_01' THEN 'new' ELSE o.id END, o.status), ', ' ORDER BY o.id COLLATE "C"), '-')
        || CASE WHEN array_agg(o::text ORDER BY o.id) IS DISTINCT FROM (SELECT array_agg((t.id, t.connection_id, t.source_organization_id,
            t.destination_organization_id, t.status, CASE t.status WHEN 'created' THEN t.expires_at ELSE t.pending_at + interval '24 hours' END)::text ORDER BY t.id)
            FROM connect.share_token AS t WHERE t.status IN ('created', 'pending')) THEN ' but other ones are' ELSE '' END
    FROM connect.open_share_token AS o
$$;
SELECT test.open_tokens();
-- by functions: one that is redeemed at once, one whose function fails, one that waits
SET SESSION AUTHORIZATION regress_connect_source;
SELECT connect.create_share_token('cxn_1', 'inq_1') #>> '{data,id}' AS t1 \gset
SELECT connect.create_share_token('cxn_1', 'act_1') #>> '{data,id}' AS t2 \gset
SELECT connect.create_share_token('cxn_1', 'inq_2') #>> '{data,id}' AS t3 \gset
SELECT test.open_tokens();
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.redeem_share_token(:'t1', 'inq_nosuch');  -- fails
SELECT test.open_tokens();
SELECT test.token(connect.redeem_share_token(:'t1')), test.token(connect.redeem_share_token(:'t2'));
SELECT test.open_tokens();
SET SESSION AUTHORIZATION regress_connect_source;
SELECT test.token(connect.expire_share_token(:'t3'));
SELECT test.open_tokens();
SET SESSION AUTHORIZATION regress_connect_worker;
SELECT test.token(connect.fail_share_token(:'t2', 'import_failed'));
SELECT test.open_tokens();
RESET SESSION AUTHORIZATION;
-- by plain statements, within a transaction that is taken back in part
BEGIN;
INSERT INTO connect.share_token (id, connection_id, source_id) VALUES ('cnst_1', 'cxn_1', 'act_1'), ('cnst_2', 'cxn_1', 'act_1');
SAVEPOINT s;
UPDATE connect.share_token SET status = 'expired' WHERE id = 'cnst_1';
SELECT test.open_tokens();
ROLLBACK TO s;
SELECT test.open_tokens();
COMMIT;
SELECT connect.forget_actor('org_ABC123', 'usr_1') IS NOT NULL AS forgotten, test.open_tokens();
-- as replication and imports write, which may change what nobody else can
CALL test.add_token('cnst_3', 'pending', pending_at => now());
CALL test.add_token('cnst_4', 'redeemed');
CALL test.add_token('cnst_5', expires_at => now() - interval '1 hour');
SELECT test.open_tokens();
SET session_replication_role = replica;
UPDATE connect.share_token SET status = CASE id WHEN 'cnst_3' THEN 'failed' ELSE 'created' END::connect.share_token_status WHERE id IN ('cnst_3', 'cnst_4');
SELECT test.open_tokens();
UPDATE connect.share_token SET id = 'cnst_6', destination_organization_id = 'org_GHI789', expires_at = expires_at + interval '1 day' WHERE id = 'cnst_4';
SELECT test.open_tokens();
DELETE FROM connect.share_token WHERE id = 'cnst_6';
SELECT test.open_tokens();
-- one that is pending since nobody knows when does not end by itself
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status, expires_at, created_at, updated_at)
    VALUES ('cnst_7', 'cxn_1', 'org_ABC123', 'org_DEF456', 'account', 'act_1', 'pending', now() - interval '9 days', now() - interval '9 days', now() - interval '9 days');
SELECT status, ends_at FROM connect.open_share_token WHERE id = 'cnst_7';
SET SESSION AUTHORIZATION regress_connect_destination;
SELECT connect.list_share_tokens(status => 'pending') #>> '{data,0,id}' AS id, connect.get_share_token('cnst_7') #>> '{data,attributes,status}' AS status,
    jsonb_array_length(connect.list_share_tokens(status => 'failed') -> 'data') AS failed;
RESET SESSION AUTHORIZATION;
SET session_replication_role = replica;
DELETE FROM connect.share_token WHERE id = 'cnst_7';
-- what is replicated of the table itself passes by
INSERT INTO connect.open_share_token SELECT 'cnst_x', o.connection_id, o.source_organization_id, o.destination_organization_id, o.status, o.ends_at
    FROM connect.open_share_token AS o LIMIT 1;
DELETE FROM connect.open_share_token;
UPDATE connect.open_share_token SET id = 'cnst_y';
SELECT test.open_tokens();
RESET session_replication_role;
-- nobody else writes there
INSERT INTO connect.open_share_token VALUES ('cnst_x', 'cxn_1', 'org_ABC123', 'org_DEF456', 'created', now());  -- fails
UPDATE connect.open_share_token SET id = 'cnst_y';  -- fails
DELETE FROM connect.open_share_token;  -- fails
TRUNCATE connect.open_share_token;  -- fails
SELECT test.open_tokens();
-- nor may anybody read it but the owner, and to who is given that, row security shows none
SET SESSION AUTHORIZATION regress_connect_source;
SELECT FROM connect.open_share_token;  -- fails
RESET SESSION AUTHORIZATION;
BEGIN;
GRANT SELECT ON connect.open_share_token TO regress_connect_source;
SET LOCAL ROLE regress_connect_source;
SELECT count(*) FROM connect.open_share_token;
ROLLBACK;
-- what no trigger has seen is collected by upgrade_store()
BEGIN;
ALTER TABLE connect.share_token DISABLE TRIGGER ALL;
UPDATE connect.share_token SET status = 'redeemed' WHERE id = 'cnst_1';
UPDATE connect.share_token SET status = 'created' WHERE id = 'cnst_3';
UPDATE connect.share_token SET expires_at = now() - interval '2 hours' WHERE id = 'cnst_2';
SELECT test.open_tokens();
-- meanwhile a row too many is passed by
SET LOCAL ROLE regress_connect_source;
SELECT jsonb_path_query_array(connect.list_share_tokens(status => 'created'), '$.data[*].id') AS created;
RESET ROLE;
SELECT connect.upgrade_store();
SELECT test.open_tokens();
SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = 'connect.share_token'::regclass AND NOT tgisinternal ORDER BY 1;
ROLLBACK;
-- the narrow table costs tokens no HOT update
SELECT pg_stat_force_next_flush() IS NOT NULL AS flushed;
BEGIN;
UPDATE connect.share_token SET status = 'pending' WHERE id = 'cnst_1';
UPDATE connect.share_token SET status = 'redeemed', destination_id = 'act_2' WHERE id = 'cnst_1';
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relid = 'connect.share_token'::regclass;
SELECT test.open_tokens();
ROLLBACK;
-- expire_due() records what passed first before the others, Connections before tokens
CALL test.add_token('cnst_8', expires_at => now() - interval '3 hours');
CALL test.add_token('cnst_9', 'pending', 'account', 'act_1', pending_at => now() - interval '26 hours');
CALL test.add('cxn_due', source => 'org_GHI789');
SET session_replication_role = replica;
UPDATE connect.connection SET respond_by = now() - interval '1 second' WHERE id = 'cxn_due';
RESET session_replication_role;
SELECT code, regexp_replace(finding, ' at [^,]*,', ' at (time),') AS finding, remedy FROM connect.check_setup() WHERE code = 'expiry_unswept';
SELECT connect.expire_due(2), test.open_tokens();
SELECT connect.expire_due(1), test.open_tokens();
SELECT connect.expire_due(9), connect.expire_due(), test.open_tokens();
SELECT subject_id, action, to_status, actor_id, effective_at < created_at AS earlier FROM connect.event WHERE effective_at IS NOT NULL ORDER BY id;
SELECT * FROM connect.verify_history();

-- The lists: of each state, direction and Connection the same as the rows say, by pages in both directions.
CALL test.add('cxn_2', 'active', source => 'org_ABC123', destination => 'org_ABC123');
CALL test.add('cxn_3', 'active', source => 'org_GHI789', destination => 'org_ABC123');
SET session_replication_role = replica;
DELETE FROM connect.share_token;
SELECT test.open_tokens();
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status, expires_at, pending_at, created_at, updated_at)
SELECT 'cnst_' || lpad(n::text, 3, '0'), c.id, c.source_organization_id, c.destination_organization_id, 'account', 'act_1',
    (ARRAY['created', 'pending', 'redeemed', 'expired', 'failed'])[n % 5 + 1]::connect.share_token_status,
    now() + (n % 7 - 3) * interval '1 hour', now() - (n % 4) * interval '12 hours', now() - interval '2 days', now() - interval '1 day'
FROM generate_series(1, 99) AS n JOIN connect.connection AS c ON c.id = 'cxn_' || n % 3 + 1;
RESET session_replication_role;
SELECT split_part(test.open_tokens(), 'but', 2) AS other;
GRANT SELECT ON connect.share_token TO regress_connect_source;
SET ROLE regress_connect_source;
SELECT s.status, f.direction, f.connection, cardinality(w.ids) AS rows, bool_and(test.pages(format('connect.list_share_tokens(status => %L, direction => %L, connection_id => %L',
    s.status, f.direction, f.connection), b.backwards, p.size) = w.ids) AS same
FROM (VALUES (NULL), ('created'), ('pending'), ('redeemed'), ('expired'), ('failed')) AS s (status),
    (VALUES (NULL, NULL), ('inbound', NULL), ('outbound', NULL), (NULL, 'cxn_1'), ('inbound', 'cxn_2'), ('inbound', 'cxn_1')) AS f (direction, connection),
    (VALUES (false), (true)) AS b (backwards), (VALUES (1), (4), (100)) AS p (size),
    LATERAL (SELECT ARRAY(SELECT t.id FROM connect.share_token AS t WHERE (s.status IS NULL OR s.status = CASE
            WHEN t.status = 'created' AND t.expires_at <= now() THEN 'expired' WHEN t.status = 'pending' AND t.pending_at + interval '24 hours' <= now() THEN 'failed' ELSE t.status::text END)
        AND CASE f.direction WHEN 'inbound' THEN destination_organization_id = 'org_ABC123' WHEN 'outbound' THEN source_organization_id = 'org_ABC123' ELSE true END
        AND (f.connection IS NULL OR f.connection = t.connection_id) ORDER BY id COLLATE "C" DESC) AS ids) AS w
GROUP BY s.status, f.direction, f.connection, w.ids ORDER BY 1, 2, 3;
-- behind a cursor of another state
SELECT jsonb_path_query_array(l, '$.data[*].id') AS ids, l #> '{links,prev}' <> 'null' AS prev, l #> '{links,next}' <> 'null' AS next
FROM (VALUES (connect.list_share_tokens(status => 'created', page_after => 'cnst_061', page_size => 2)),
    (connect.list_share_tokens(status => 'pending', page_before => 'cnst_062', page_size => 2)),
    (connect.list_share_tokens(status => 'created', page_before => 'cnst_099', page_size => 2))) AS v (l);
RESET ROLE;
REVOKE SELECT ON connect.share_token FROM regress_connect_source;
-- those that are pending since no time that there is do not end, for lists, documents, sweeps and upgrade_store() alike
SET session_replication_role = replica;
DELETE FROM connect.share_token;
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status, expires_at, pending_at, created_at, updated_at)
SELECT 'cnst_' || n, 'cxn_1', 'org_ABC123', 'org_DEF456', 'account', 'act_1', 'pending', now(), t::timestamptz, now(), now()
FROM unnest(ARRAY[NULL, '-infinity', 'infinity', '294276-12-31 00:00:00+00', '294276-12-30 23:59:59+00', '2001-02-03 04:05:06+00']) WITH ORDINALITY AS v (t, n);
RESET session_replication_role;
SELECT id, ends_at AT TIME ZONE 'UTC' AS ends_at FROM connect.open_share_token ORDER BY id;
CREATE TEMPORARY TABLE before AS TABLE connect.open_share_token;
SELECT connect.upgrade_store();
(TABLE before EXCEPT TABLE connect.open_share_token) UNION ALL (TABLE connect.open_share_token EXCEPT TABLE before);
SELECT substring(finding FROM '^.*token') AS finding FROM connect.check_setup() WHERE code = 'expiry_unswept';
SET SESSION AUTHORIZATION regress_connect_source;
SELECT s AS listed_as, string_agg(concat_ws(' ', t ->> 'id', t #>> '{attributes,status}'), ', ' ORDER BY t ->> 'id') AS tokens
FROM unnest(ARRAY['pending', 'failed']) AS s, jsonb_array_elements(connect.list_share_tokens(status => s::connect.share_token_status) -> 'data') AS t GROUP BY s ORDER BY s;
RESET SESSION AUTHORIZATION;
SELECT connect.expire_due() AS due, connect.expire_due() AS still_due;
DROP TABLE before;
DROP FUNCTION test.open_tokens;
CALL test.reset();
