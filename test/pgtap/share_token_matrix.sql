-- Share tokens: every state x action x party, through the functions, against the rules as the
-- contract has them. What the outcome is stands here by hand.
\ir setup.psql

CREATE SCHEMA shop;
CREATE TABLE shop.account (id text PRIMARY KEY, organization_id text);
INSERT INTO shop.account VALUES ('act_1', 'org_source'), ('act_2', 'org_both');
SELECT connect.share_rows('account', 'shop.account', 'organization_id', 'id', 'account.read', 'act') \g /dev/null
SELECT connect.grant_fulfil('regress_connect_nobody'), connect.grant_fulfil('regress_connect_source'),
    connect.grant_fulfil('regress_connect_destination'), connect.grant_fulfil('regress_connect_both'),
    connect.grant_fulfil('regress_connect_third') \g /dev/null
SELECT pg_temp.import('cxn_1', 'org_source', 'org_destination', 'active'),
       pg_temp.import('cxn_2', 'org_both', 'org_both', 'active') \g /dev/null

-- nobody is whoever may fulfil tokens while no organization acts: the application.
CREATE TEMPORARY TABLE cell (state text, action text, source text, destination text, oneself text, third text, application text);
INSERT INTO cell VALUES
    ('created',  'expire',   'expired', 'expired', 'expired', 'PT404', 'PT401'),
    ('created',  'redeem',   '42501',   'pending', 'pending', 'PT404', 'PT401'),
    ('created',  'complete', '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('created',  'fail',     '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('pending',  'expire',   'PT409',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('pending',  'redeem',   '42501',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('pending',  'complete', '42501',   '42501',   '42501',   '42501', 'redeemed'),
    ('pending',  'fail',     '42501',   '42501',   '42501',   '42501', 'failed'),
    ('redeemed', 'expire',   'PT409',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('redeemed', 'redeem',   '42501',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('redeemed', 'complete', '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('redeemed', 'fail',     '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('expired',  'expire',   'PT409',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('expired',  'redeem',   '42501',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('expired',  'complete', '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('expired',  'fail',     '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('failed',   'expire',   'PT409',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('failed',   'redeem',   '42501',   'PT409',   'PT409',   'PT404', 'PT401'),
    ('failed',   'complete', '42501',   '42501',   '42501',   '42501', 'PT409'),
    ('failed',   'fail',     '42501',   '42501',   '42501',   '42501', 'PT409');

-- Takes the action on an imported token, tells what became of it, and takes all back.
CREATE FUNCTION pg_temp.outcome(state text, action text, party text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    SET LOCAL session_replication_role = replica;
    INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id,
        status, expires_at, pending_at, created_at, updated_at)
    SELECT 'cnst_1', c.id, c.source_organization_id, c.destination_organization_id, 'account',
        CASE party WHEN 'both' THEN 'act_2' ELSE 'act_1' END, state::connect.share_token_status, now() + interval '1 hour',
        CASE WHEN state NOT IN ('created', 'expired') THEN now() END, now(), now()
    FROM connect.connection AS c WHERE c.id = CASE party WHEN 'both' THEN 'cxn_2' ELSE 'cxn_1' END;
    SET LOCAL session_replication_role = origin;
    EXECUTE format('SET LOCAL ROLE %I', 'regress_connect_' || CASE party WHEN 'application' THEN 'nobody' ELSE party END);
    BEGIN
        result := CASE action
            WHEN 'expire' THEN connect.expire_share_token('cnst_1')
            WHEN 'redeem' THEN connect.redeem_share_token('cnst_1')
            WHEN 'complete' THEN connect.complete_share_token('cnst_1', 'act_copy')
            ELSE connect.fail_share_token('cnst_1', 'import_failed') END #>> '{data,attributes,status}';
    EXCEPTION WHEN OTHERS THEN
        result := SQLSTATE;
    END;
    RESET ROLE;
    -- one event for each step taken, none for a refusal, and the row says the same
    result := concat_ws(' ', result, (SELECT string_agg(format('%s %s>%s', e.action, e.from_status, e.to_status), ',')
        FROM connect.event AS e WHERE e.subject_id = 'cnst_1'), (SELECT t.status FROM connect.share_token AS t));
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN result;
END $$;

SELECT plan((2 + 5 * count(*))::int) FROM cell;

SELECT is((SELECT count(*) FROM cell), 20::bigint, 'the list has every state x action');
SELECT bag_eq(
    'SELECT action, from_status::text, to_status::text, party FROM connect.share_token_rules()',
    $$VALUES ('create',   NULL,      'created',  'source'),
             ('redeem',   'created', 'pending',  'destination'),
             ('complete', 'pending', 'redeemed', 'application'),
             ('fail',     'pending', 'failed',   'application'),
             ('fail',     'pending', 'failed',   'time'),
             ('expire',   'created', 'expired',  'source'),
             ('expire',   'created', 'expired',  'destination'),
             ('expire',   'created', 'expired',  'time')$$,
    'these rules and no others');

SELECT is(pg_temp.outcome(c.state, c.action, p.party),
          CASE WHEN p.outcome ~ '^[a-z]+$' THEN format('%s %s %s>%s %s', p.outcome, c.action, c.state, p.outcome, p.outcome)
          ELSE p.outcome || ' ' || c.state END,
          format('%s: %s, %s', p.party, c.action, c.state))
FROM cell AS c, LATERAL (VALUES ('source', c.source), ('destination', c.destination), ('both', c.oneself), ('third', c.third),
    ('application', c.application)) AS p (party, outcome)
ORDER BY c.state, c.action, p.party;

SELECT * FROM finish();
ROLLBACK;
