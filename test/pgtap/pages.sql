-- Pages cost what they show, whoever asks and however the rows are distributed: of 40,000 tokens,
-- events and Connections nearly all are one organization's, and one or none are the others'. What
-- is counted are the pages of tables and indexes that a list reads, not its time.
\ir setup.psql

CREATE SCHEMA shop;
CREATE TABLE shop.account (id text PRIMARY KEY, organization_id text);
SELECT connect.share_rows('account', 'shop.account', 'organization_id', 'id', 'account.read', 'act') \g /dev/null
-- many are called partner, a dozen of the older ones rare, and half of the older ones old
INSERT INTO connect.organization (id, name)
    SELECT 'org_p' || n, CASE WHEN n % 2500 = 7 THEN 'Rare ' WHEN n < 30000 AND n % 2 = 0 THEN 'Old ' ELSE 'Partner ' END || n
    FROM generate_series(1, 40000) AS n;
INSERT INTO connect.organization (id, name) VALUES ('org_none', 'None');
CREATE ROLE regress_connect_none;
CREATE ROLE regress_connect_p1;
SELECT connect.map_role(('regress_connect_' || party)::name, 'org_' || party), connect.grant_usage(('regress_connect_' || party)::name)
FROM (VALUES ('none'), ('p1')) AS p (party) \g /dev/null

SET LOCAL session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
    SELECT 'cxn_' || lpad(n::text, 6, '0'), 'org_source', 'org_p' || n, 'active', '{account.read}', now(), now()
    FROM generate_series(1, 40000) AS n;
-- the newest and the oldest are others'
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at) VALUES
    ('cxn_000000', 'org_both', 'org_destination', 'active', '{account.read}', now(), now()),
    ('cxn_999999', 'org_both', 'org_both', 'active', '{account.read}', now(), now());
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id,
        status, expires_at, pending_at, created_at, updated_at)
    -- Through one Connection nearly all are closed, through the other nearly all are created; the oldest are not. What
    -- has ended by itself is the oldest too.
    SELECT 'cnst_' || lpad(n::text, 6, '0'), c.id, 'org_source', c.destination_organization_id, 'account', 'act_1',
        CASE WHEN n % 20000 BETWEEN 1 AND 2 THEN 'pending' WHEN n % 20000 BETWEEN 3 AND 9 OR n > 20000 THEN 'created'
            ELSE 'redeemed' END::connect.share_token_status,
        now() + CASE n % 20000 WHEN 9 THEN -1 ELSE 1 END * interval '1 day', now() - n % 20000 * interval '1 s',
        now() - interval '2 days', now() - interval '2 days'
    FROM generate_series(1, 40000) AS n JOIN connect.connection AS c ON c.id = CASE WHEN n <= 20000 THEN 'cxn_000001' ELSE 'cxn_000003' END
    UNION ALL VALUES ('cnst_000000', 'cxn_000000', 'org_both', 'org_destination', 'account', 'act_1',
        'created'::connect.share_token_status, now() + interval '1 day', NULL::timestamptz, now(), now());
INSERT INTO connect.event (id, subject_type, subject_id, connection_id, source_organization_id, destination_organization_id,
        action, to_status, seal, personal_digest, position, created_at)
    SELECT 'evt_' || right(t.id, 6), 'share_token', t.id, t.connection_id, t.source_organization_id, t.destination_organization_id,
        'create', 'created', '\x00', '\x00', '1', now()
    FROM connect.share_token AS t;
RESET session_replication_role;
ANALYZE connect.connection;
ANALYZE connect.share_token;
ANALYZE connect.open_share_token;
ANALYZE connect.event;

-- Returns how many pages a statement reads as a party.
CREATE FUNCTION pg_temp.pages_read(party text, statement text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    plan json;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'regress_connect_' || party);
    -- the first one fills caches and plans
    EXECUTE statement;
    EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || statement INTO plan;
    RESET ROLE;
    RETURN (plan #>> '{0,Plan,Shared Hit Blocks}')::int + (plan #>> '{0,Plan,Shared Read Blocks}')::int;
END $$;

CREATE TEMPORARY TABLE list (number serial, party text, statement text, rows int, pages int DEFAULT 120);
INSERT INTO list (party, statement, rows) VALUES
    ('source', $$connect.list_share_tokens()$$, 10),
    ('source', $$connect.list_share_tokens(direction => 'outbound')$$, 10),
    ('source', $$connect.list_share_tokens(direction => 'inbound')$$, 0),
    ('source', $$connect.list_share_tokens(page_after => 'cnst_020000')$$, 10),
    ('source', $$connect.list_share_tokens(page_before => 'cnst_020000')$$, 10),
    ('source', $$connect.list_share_tokens(status => 'created', page_after => 'cnst_030000')$$, 10),
    -- few are in the state, and the newest or the Connection's are in another one
    ('source', $$connect.list_share_tokens(status => 'pending')$$, 4),
    ('source', $$connect.list_share_tokens(status => 'pending', direction => 'outbound')$$, 4),
    ('source', $$connect.list_share_tokens(status => 'pending', direction => 'inbound')$$, 0),
    ('source', $$connect.list_share_tokens(status => 'pending', page_after => 'cnst_020001')$$, 2),
    ('source', $$connect.list_share_tokens(status => 'pending', page_before => 'cnst_000001')$$, 3),
    ('source', $$connect.list_share_tokens(status => 'created', page_after => 'cnst_020000')$$, 6),
    ('source', $$connect.list_share_tokens(status => 'created', connection_id => 'cxn_000001')$$, 6),
    ('source', $$connect.list_share_tokens(status => 'pending', connection_id => 'cxn_000003')$$, 2),
    ('p1', $$connect.list_share_tokens(status => 'created')$$, 6),
    ('p1', $$connect.list_share_tokens(status => 'created', direction => 'inbound', page_before => 'cnst_000003')$$, 5),
    ('p1', $$connect.list_share_tokens(status => 'pending')$$, 2),
    ('source', $$connect.list_share_tokens(connection_id => 'cxn_000001')$$, 10),
    ('source', $$connect.list_share_tokens(connection_id => 'cxn_000001', page_before => 'cnst_010000')$$, 10),
    ('source', $$connect.list_share_tokens(connection_id => 'cxn_000002')$$, 0),
    ('source', $$connect.list_share_tokens(connection_id => 'cxn_000002', status => 'redeemed')$$, 0),
    ('destination', $$connect.list_share_tokens()$$, 1),
    ('destination', $$connect.list_share_tokens(direction => 'outbound')$$, 0),
    ('destination', $$connect.list_share_tokens(status => 'redeemed')$$, 0),
    ('both', $$connect.list_share_tokens()$$, 1),
    ('both', $$connect.list_share_tokens(page_before => 'cnst_000000')$$, 0),
    ('none', $$connect.list_share_tokens()$$, 0),
    ('none', $$connect.list_share_tokens(status => 'expired')$$, 0),
    ('source', $$connect.list_connections()$$, 10),
    ('source', $$connect.list_connections(page_after => 'cxn_020000')$$, 10),
    ('source', $$connect.list_connections(page_before => 'cxn_020000')$$, 10),
    ('source', $$connect.list_connections(destination_organization_id => 'org_p7')$$, 1),
    ('source', $$connect.list_connections(destination_organization_id => 'org_p7', page_after => 'cxn_020000')$$, 1),
    ('destination', $$connect.list_connections()$$, 1),
    ('destination', $$connect.list_connections(status => 'inactive')$$, 0),
    ('both', $$connect.list_connections()$$, 2),
    ('none', $$connect.list_connections()$$, 0),
    -- a table of its own has the pending ones by their destination, and serves that half of a list alone
    ('none', $$connect.list_connections(status => 'pending')$$, 0),
    ('none', $$connect.list_connections(status => 'pending', direction => 'outbound')$$, 0),
    ('destination', $$connect.list_connections(status => 'pending', direction => 'outbound')$$, 0),
    ('source', $$connect.list_events()$$, 10),
    ('source', $$connect.list_events(page_after => 'evt_020000')$$, 10),
    ('source', $$connect.list_events(connection_id => 'cxn_000001', page_after => 'evt_020000')$$, 10),
    ('source', $$connect.list_events(connection_id => 'cxn_000002')$$, 0),
    ('destination', $$connect.list_events()$$, 1),
    ('none', $$connect.list_events()$$, 0);
-- A search looks at no more than the next thousand Connections in each direction, at three pages
-- each, and at those of the partners who are called so.
INSERT INTO list (party, statement, rows, pages) VALUES
    ('source', $$connect.list_connections(partner => 'PARTNER')$$, 10, 10000),
    ('source', $$connect.list_connections(partner => 'rare')$$, 10, 10000),
    ('source', $$connect.list_connections(partner => 'rare', page_after => 'cxn_020000')$$, 8, 10000),
    ('source', $$connect.list_connections(partner => 'org_p7777')$$, 1, 10000),
    ('source', $$connect.list_connections(partner => 'nobody')$$, 0, 10000),
    ('source', $$connect.list_connections('inactive', partner => 'nobody')$$, 0, 10000),
    -- of those who are called so there are too many to look each of them up
    ('source', $$connect.list_connections('inactive', partner => 'partner')$$, 0, 10000),
    ('source', $$connect.list_connections(partner => 'old')$$, 10, 50000),
    ('source', $$connect.list_connections(partner => 'old', page_after => 'cxn_029000')$$, 10, 10000),
    ('source', $$connect.list_connections(partner => 'old', page_before => 'cxn_025000')$$, 10, 20000),
    ('source', $$connect.list_connections(direction => 'inbound', partner => 'rare')$$, 0, 120),
    ('destination', $$connect.list_connections(partner => 'the both')$$, 1, 120),
    ('destination', $$connect.list_connections(partner => 'partner')$$, 0, 120),
    ('none', $$connect.list_connections(partner => 'partner')$$, 0, 120);

CREATE FUNCTION pg_temp.rows_shown(party text, statement text) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    shown int;
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'regress_connect_' || party);
    EXECUTE 'SELECT jsonb_array_length(' || statement || ' -> ''data'')' INTO shown;
    RESET ROLE;
    RETURN shown;
END $$;

SELECT plan((3 * count(*) + 10)::int) FROM list;
SELECT is(pg_temp.rows_shown(party, statement), rows, format('%s shows %s: what there is', statement, party))
FROM list ORDER BY number;
-- The newest that are called so, and those next to a cursor.
CREATE FUNCTION pg_temp.ids_shown(party text, statement text) RETURNS text[] LANGUAGE plpgsql AS $$
DECLARE
    ids text[];
BEGIN
    EXECUTE format('SET LOCAL ROLE %I', 'regress_connect_' || party);
    EXECUTE 'SELECT array_agg(x ->> ''id'') FROM jsonb_array_elements(' || statement || ' -> ''data'') AS x' INTO ids;
    RESET ROLE;
    RETURN ids;
END $$;
SELECT is(pg_temp.ids_shown('source', format('connect.list_connections(partner => ''old'', page_size => 100, page_before => %L)', cursor)),
    ARRAY(SELECT 'cxn_' || lpad((newest - 2 * n)::text, 6, '0') FROM generate_series(0, 99) AS n), 'looking through all of them finds the same')
FROM (VALUES (NULL, 29998), ('cxn_020001', 20200)) AS page (cursor, newest);
-- What the whole table takes is seen to be more than what a list may.
SELECT cmp_ok(pg_relation_size('connect.share_token_pkey') / 8192, '>', 150::bigint, 'a scan of a whole index is seen');
SET LOCAL plan_cache_mode = force_custom_plan;
SELECT cmp_ok(pg_temp.pages_read(party, 'SELECT ' || statement), '<', pages, format('%s reads few pages for %s, by a custom plan', statement, party))
FROM list ORDER BY number;
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT cmp_ok(pg_temp.pages_read(party, 'SELECT ' || statement), '<', pages, format('%s reads few pages for %s, by a generic plan', statement, party))
FROM list ORDER BY number;


-- expire_due() reads what it records, however many tokens there are: each of its runs has one that is due.
SELECT is((SELECT count(*) FROM connect.open_share_token WHERE ends_at < now()), 2::bigint, 'two tokens are due');
SET LOCAL plan_cache_mode = force_custom_plan;
SELECT is(connect.expire_due(1), 1::bigint, 'the first run records one');
SELECT cmp_ok(pg_temp.pages_read('owner', 'SELECT connect.expire_due(1)'), '<', 300, 'expire_due() reads few pages, by a custom plan');
SELECT is((SELECT string_agg(concat_ws(' ', subject_id, action), ', ' ORDER BY subject_id) FROM connect.event WHERE effective_at IS NOT NULL),
    'cnst_000009 expire, cnst_020009 expire', 'and has recorded both');
SET LOCAL plan_cache_mode = force_generic_plan;
SELECT cmp_ok(pg_temp.pages_read('owner', 'SELECT connect.expire_due()'), '<', 120, 'expire_due() reads few pages, by a generic plan');
-- nor does it walk through all tokens to find out that none of the few that are open is due
SET LOCAL session_replication_role = replica;
UPDATE connect.share_token SET status = 'redeemed' WHERE id > 'cnst_000009';
RESET session_replication_role;
ANALYZE connect.open_share_token;
SELECT cmp_ok(pg_temp.pages_read('owner', 'SELECT connect.expire_due()'), '<', 120, 'expire_due() reads few pages where few tokens are open');
SELECT cmp_ok(pg_relation_size('connect.share_token') / 8192, '>', 600::bigint, 'a scan of all tokens would be seen');

SELECT * FROM finish();
ROLLBACK;
