-- The error table of the contract, as far as SQL alone reaches it: for each code a
-- statement that raises it, with its SQLSTATE, its message, and DETAIL.
--   Not here: connect store cannot be created inside an extension, and the refusal
--   of other encodings, which need more than a transaction (test/t); snapshot_fixed, which
--   needs one of its own (test/sql/wait_for_transaction.sql).
\ir setup.psql

SELECT pg_temp.import('cxn_pending', 'org_source', 'org_destination', 'pending'),
       pg_temp.import('cxn_active', 'org_source', 'org_both', 'active'),
       pg_temp.import('cxn_inactive', 'org_source', 'org_third', 'inactive') \g /dev/null

-- A row that can be handed over, a token for it, and one that has ended.
CREATE SCHEMA shop;
CREATE TABLE shop.account (id text PRIMARY KEY, organization_id text);
INSERT INTO shop.account VALUES ('act_1', 'org_source');
SELECT connect.share_rows('account', 'shop.account', 'organization_id', 'id', 'account.read', 'act'),
    connect.grant_fulfil('regress_connect_owner') \g /dev/null
SET session_replication_role = replica;
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status,
    expires_at, created_at, updated_at)
VALUES ('cnst_1', 'cxn_active', 'org_source', 'org_both', 'account', 'act_1', 'created', now() + interval '1 hour', now(), now()),
    ('cnst_2', 'cxn_active', 'org_source', 'org_both', 'account', 'act_1', 'expired', now(), now(), now());
SET session_replication_role = origin;

-- A key that may only read. Its secret is made by chance, so it is kept for use below.
CREATE TEMPORARY TABLE reading_key AS
SELECT secret FROM connect.create_api_key('org_source', 'reads', '{read}');

-- Tables of the application, of which one is followed.
CREATE FUNCTION pg_temp.follow() RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
    CREATE TABLE public.company (id text PRIMARY KEY, name text);
    CREATE TABLE public.plain (id int PRIMARY KEY, name text);
    ALTER TABLE public.company OWNER TO regress_connect_owner;
    ALTER TABLE public.plain OWNER TO regress_connect_owner;
    INSERT INTO public.company VALUES ('org_new', 'New');
    PERFORM connect.follow_organizations('public.company', 'id', 'name');
    GRANT EXECUTE ON FUNCTION connect.follow_organizations, connect.unfollow_organizations
    TO regress_connect_owner, regress_connect_third;
    RETURN true;
END
$$;

-- prepare is run as the superuser, in the same subtransaction. hint tells whether there is one.
CREATE TEMPORARY TABLE raised (code text, state text, message text, hint boolean, role_name text, prepare text, statement text);
INSERT INTO raised VALUES
    ('parameter_missing', '22023', 'required value "connection_id" is missing', false, 'source', NULL,
     'SELECT connect.activate_connection(NULL)'),
    ('parameter_invalid', '22023', 'value of "destination_organization_id" is invalid', true, 'source', NULL,
     $$SELECT connect.create_connection('not an id')$$),
    ('not_authenticated', 'PT401', 'must be authenticated', true, 'nobody', NULL,
     'SELECT connect.list_connections()'),
    ('permission_missing', '42501', 'API key lacks the permission "write"', false, 'source',
     $$SELECT set_config('request.headers', json_build_object('x-connect-api-key', secret)::text, true) FROM reading_key$$,
     $$SELECT connect.deactivate_connection('cxn_active')$$),
    ('wrong_party', '42501', 'organization may not take this action', false, 'source', NULL,
     $$SELECT connect.activate_connection('cxn_pending')$$),
    ('not_found', 'PT404', 'connection not found', false, 'third', NULL,
     $$SELECT connect.get_connection('cxn_pending')$$),
    ('connection_exists', '23505', 'connection already exists', true, 'source', NULL,
     $$SELECT connect.create_connection('org_third')$$),
    ('connection_not_pending', 'PT409', 'connection cannot be activated', true, 'third', NULL,
     $$SELECT connect.activate_connection('cxn_inactive')$$),
    ('connection_inactive', 'PT409', 'connection cannot be deactivated', false, 'source', NULL,
     $$SELECT connect.deactivate_connection('cxn_inactive')$$),
    ('connection_not_inactive', 'PT409', 'connection cannot be reactivated', false, 'source', NULL,
     $$SELECT connect.reactivate_connection('cxn_active')$$),
    ('scopes_changed', 'PT409', 'connection cannot be activated', true, 'destination', NULL,
     $$SELECT connect.activate_connection('cxn_pending', scopes => '{account.read}')$$),
    ('transition_not_allowed', 'PT409', 'connection cannot be changed this way', true, 'source', NULL,
     $$UPDATE connect.connection SET status = 'inactive', name = 'also' WHERE id = 'cxn_active'$$),
    ('organization_unknown', 'PT422', 'organization is unknown', true, 'source', NULL,
     $$SELECT connect.create_connection('org_nowhere')$$),
    ('organization_retired', 'PT422', 'organization is retired', true, 'source',
     'INSERT INTO connect.organization (id, name, retired_at) VALUES (''org_gone'', ''Gone'', now())',
     $$SELECT connect.create_connection('org_gone')$$),
    ('organization_exists', '23505', 'organization "org_both" already exists', true, 'owner',
     'SELECT pg_temp.follow()',
     $$INSERT INTO public.company VALUES ('org_both', 'Both')$$),
    ('organization_key_changed', '23001', 'id of organization "org_new" cannot be changed', true, 'owner',
     'SELECT pg_temp.follow()',
     'UPDATE public.company SET id = ''org_newer'''),
    ('followed_truncate', '23001', 'followed table "company" cannot be truncated', true, 'owner',
     'SELECT pg_temp.follow()',
     'TRUNCATE public.company'),
    ('table_followed', '42710', 'table "company" is already followed', true, 'owner',
     'SELECT pg_temp.follow()',
     $$SELECT connect.follow_organizations('public.company', 'id', 'name')$$),
    ('table_not_followed', '42704', 'table "plain" is not followed', false, 'owner',
     'SELECT pg_temp.follow()',
     $$SELECT connect.unfollow_organizations('public.plain')$$),
    ('follow_unsuitable', '42809', 'relation "company_pkey" cannot be followed', true, 'owner',
     'SELECT pg_temp.follow()',
     $$SELECT connect.follow_organizations('public.company_pkey', 'id', 'name')$$),
    ('key_not_unique', '42830', 'column "name" is no key', true, 'owner',
     'SELECT pg_temp.follow()',
     $$SELECT connect.follow_organizations('public.plain', 'name', 'name')$$),
    ('name_unsuitable', '42804', 'column "id" cannot hold a name', true, 'owner',
     'SELECT pg_temp.follow()',
     $$SELECT connect.follow_organizations('public.plain', 'id', 'id')$$),
    ('store_not_owned', '42501', 'must be owner of the connect store', true, 'third',
     'SELECT pg_temp.follow()',
     $$SELECT connect.follow_organizations('public.plain', 'id', 'name')$$),
    ('scope_unknown', 'PT422', 'scope is unknown', true, 'source', NULL,
     $$SELECT connect.update_connection('cxn_pending', scopes => '{report.read}')$$),
    ('scope_retired', 'PT422', 'scope is retired', true, 'source',
     $$UPDATE connect.scope SET retired_at = now() WHERE name = 'verification.read'$$,
     $$SELECT connect.update_connection('cxn_pending', scopes => '{account.read,inquiry.read,verification.read}')$$),
    ('scope_granted', '23503', 'scope "inquiry.read" cannot be deleted or renamed', true, 'owner', NULL,
     $$DELETE FROM connect.scope WHERE name = 'inquiry.read'$$),
    ('scopes_empty', 'PT422', 'list of scopes is empty', true, 'source', NULL,
     $$SELECT connect.update_connection('cxn_pending', scopes => '{}')$$),
    ('name_too_long', 'PT422', 'name is too long', false, 'source', NULL,
     $$SELECT connect.update_connection('cxn_pending', repeat('ä', 256))$$),
    ('reason_too_long', 'PT422', 'reason is too long', false, 'source', NULL,
     $$SELECT connect.deactivate_connection('cxn_pending', repeat('ä', 1001))$$),
    ('actor_too_long', 'PT422', 'actor id is too long', false, 'owner',
     'SELECT connect.trust_gateway(session_user), connect.trust_gateway(''regress_connect_owner'')',
     $$SELECT connect.act_as('org_source', repeat('ä', 256))$$),
    ('delete_refused', '23001', 'connections cannot be deleted', true, 'owner', NULL,
     $$DELETE FROM connect.connection WHERE id = 'cxn_pending'$$),
    ('truncate_refused', '23001', 'connections cannot be truncated', false, 'owner', NULL,
     'TRUNCATE connect.connection CASCADE'),
    ('identity_changed', '23001', 'connection identity cannot be changed', false, 'owner', NULL,
     $$UPDATE connect.connection SET creator_id = 'somebody else' WHERE id = 'cxn_pending'$$),
    ('must_start_pending', '23001', 'connection must start as pending', true, 'owner', NULL,
     $$INSERT INTO connect.connection (source_organization_id, destination_organization_id, status)
       VALUES ('org_third', 'org_third', 'active')$$),
    ('event_changed', '23001', 'events cannot be changed', false, 'owner', NULL,
     $$INSERT INTO connect.event (id, connection_id, source_organization_id, destination_organization_id,
         action, to_status, scopes)
       VALUES ('evt_1', 'cxn_pending', 'org_source', 'org_destination', 'activate', 'active', '{}')$$),
    ('open_changed', '23001', 'rows that follow others cannot be changed', true, 'owner', NULL,
     'DELETE FROM connect.open_connection'),
    ('not_a_gateway', '42501', 'login "postgres" is not a gateway', true, 'owner',
     'GRANT EXECUTE ON FUNCTION connect.act_as TO regress_connect_owner',
     $$SELECT connect.act_as('org_source')$$),
    ('gateway_cannot_act', '55000', 'gateway cannot act for an organization here', true, 'source',
     'SELECT connect.trust_gateway(session_user), connect.trust_gateway(''regress_connect_source'')',
     $$SELECT connect.act_as('org_source')$$),
    ('store_missing', '55000', 'connect store does not exist', true, 'source',
     'DROP TABLE connect.connection CASCADE',
     'SELECT connect.list_connections()'),
    ('store_altered', '55000', 'connect store cannot be read', true, 'source',
     'ALTER TABLE connect.connection ALTER name TYPE int USING NULL',
     'SELECT connect.list_connections()'),
    ('store_outdated', '55000', 'connect store is of an older version', true, 'owner',
     'ALTER TABLE connect.gateway_role DROP COLUMN actor_claim; GRANT EXECUTE ON FUNCTION connect.trust_gateway TO regress_connect_owner',
     'SELECT connect.trust_gateway(''regress_connect_owner'')'),
    ('store_outdated', '55000', 'connect store is of an older version', true, 'source',
     'ALTER TABLE connect.event DROP COLUMN seal',
     'SELECT connect.deactivate_connection(''cxn_active'')'),
    ('share_token_not_found', 'PT404', 'share token not found', false, 'third', NULL,
     $$SELECT connect.get_share_token('cnst_1')$$),
    ('share_token_not_created', 'PT409', 'share token cannot be used any more', false, 'both', NULL,
     $$SELECT connect.redeem_share_token('cnst_2')$$),
    ('share_token_not_pending', 'PT409', 'share token is not being redeemed', false, 'owner', NULL,
     $$SELECT connect.fail_share_token('cnst_1', 'import_failed')$$),
    ('connection_not_active', 'PT409', 'connection does not allow it now', false, 'source', NULL,
     $$SELECT connect.create_share_token('cxn_inactive', 'act_1')$$),
    ('source_not_found', 'PT404', 'row to be shared not found', false, 'source', NULL,
     $$SELECT connect.create_share_token('cxn_active', 'act_9')$$),
    ('kind_unknown', 'PT422', 'kind of rows is unknown', true, 'source', NULL,
     $$SELECT connect.create_share_token('cxn_active', 'inq_1')$$),
    ('expires_in_invalid', 'PT422', 'share token cannot live so long', false, 'source', NULL,
     $$SELECT connect.create_share_token('cxn_active', 'act_1', '1 year')$$),
    ('sharing_not_allowed', '42501', 'sharing is not allowed', true, 'both',
     $$UPDATE connect.connection SET scopes = '{inquiry.read}' WHERE id = 'cxn_active'$$,
     $$SELECT connect.redeem_share_token('cnst_1')$$),
    ('must_start_created', '23001', 'share token must start as created', true, 'owner', NULL,
     $$INSERT INTO connect.share_token (connection_id, source_id, status) VALUES ('cxn_active', 'act_1', 'failed')$$),
    ('kind_broken', '55000', 'kind of rows cannot be used', true, 'source', 'DROP TABLE shop.account',
     $$SELECT connect.create_share_token('cxn_active', 'act_1')$$),
    ('store_exists', '42P07', 'connect store already exists', true, 'owner', NULL,
     'SELECT connect.create_store()');

-- Runs one; returns what was raised, and takes everything back.
CREATE FUNCTION pg_temp.raise(raised) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    code text;
    message text;
    detail text;
    hint text;
BEGIN
    IF $1.prepare IS NOT NULL THEN
        EXECUTE $1.prepare;
    END IF;
    EXECUTE 'SET LOCAL ROLE regress_connect_' || $1.role_name;
    EXECUTE $1.statement;
    RAISE EXCEPTION 'nothing was raised';
EXCEPTION WHEN OTHERS THEN
    GET STACKED DIAGNOSTICS code = CONSTRAINT_NAME, message = MESSAGE_TEXT,
        detail = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT;
    RETURN format('%s %s: %s; %s; %s', SQLSTATE, code, message,
        CASE WHEN detail ~ '^[A-Z"].*\.$' THEN 'DETAIL is a sentence' ELSE 'DETAIL: ' || detail END,
        CASE hint WHEN '' THEN 'no HINT' ELSE CASE WHEN hint ~ '^[A-Z].*[.;]$' THEN 'HINT is a sentence' ELSE 'HINT: ' || hint END END);
END
$$;

SELECT plan((1 + count(*))::int) FROM raised;

SELECT is(pg_temp.raise(r),
          format('%s %s: %s; DETAIL is a sentence; %s', state, code, message,
                 CASE WHEN hint THEN 'HINT is a sentence' ELSE 'no HINT' END),
          code)
FROM raised AS r ORDER BY code;

-- What a caller sent never stands in the message of a PTnnn error, which becomes an HTTP status line.
SELECT is_empty(
    'SELECT code FROM raised WHERE state LIKE ''PT%'' AND message ~ ''["%0-9]''',
    'messages of the PTnnn class are constants');

SELECT * FROM finish();
ROLLBACK;
