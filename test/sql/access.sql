-- is_allowed() and its family: what they answer, and to whom.
\set SHOW_CONTEXT never
CALL test.reset();
CALL test.add('cxn_active', 'active');
CALL test.add('cxn_pending', 'pending', source => 'org_GHI789');
CALL test.add('cxn_inactive', 'inactive', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.add('cxn_self', 'active', source => 'org_DEF456', scopes => '{inquiry.read}');
SELECT connect.grant_share(r) FROM unnest(ARRAY['regress_connect_source', 'regress_connect_destination',
    'regress_connect_third', 'regress_connect_nobody', 'regress_connect_gateway']::name[]) AS r;

CREATE FUNCTION test.gate() RETURNS TABLE (question text, "any" boolean, "account.read" boolean,
    "verification.read" boolean, explained text)
LANGUAGE sql STABLE AS $$
    SELECT s || ' to ' || d, connect.is_allowed(s, d), connect.is_allowed(s, d, 'account.read'),
        connect.is_allowed(s, d, 'verification.read'), connect.explain_access(s, d, 'account.read')
    FROM (VALUES (1, 'org_ABC123', 'org_DEF456'), (2, 'org_GHI789', 'org_DEF456'),
        (3, 'org_DEF456', 'org_ABC123'), (4, 'org_DEF456', 'org_DEF456'),
        (5, 'org_ABC123', 'org_GHI789')) AS v (n, s, d) ORDER BY n;
$$;

-- A superuser for no organization knows of all.
SELECT * FROM test.gate();
-- So does the store's owner, where it may ask at all.
SELECT connect.grant_share('regress_connect_owner');
SET ROLE regress_connect_owner;
SELECT * FROM test.gate();
RESET ROLE;
REVOKE EXECUTE ON FUNCTION connect.current_organization_id, connect.is_allowed, connect.allowed_sources,
    connect.explain_access, connect.require_allowed FROM regress_connect_owner;

-- Each party knows of its own, and of nothing else.
SET ROLE regress_connect_destination;
SELECT * FROM test.gate();
SELECT connect.allowed_sources(), connect.allowed_sources('account.read'), connect.allowed_sources('verification.read');
SET ROLE regress_connect_source;
SELECT * FROM test.gate();
SELECT connect.allowed_sources();
SET ROLE regress_connect_third;
SELECT * FROM test.gate();
SELECT connect.allowed_sources();
-- Nobody learns nothing.
SET ROLE regress_connect_nobody;
SELECT * FROM test.gate();
SELECT connect.allowed_sources();
RESET ROLE;

-- Nulls, what cannot be an id, unknown scopes.
SELECT connect.is_allowed(NULL, 'org_DEF456'), connect.is_allowed('org_ABC123', NULL), connect.is_allowed(NULL, NULL),
    connect.is_allowed('', ''), connect.is_allowed(repeat('x', 1000), 'org_DEF456'),
    connect.is_allowed('org_ABC123', 'org_DEF456', 'no.such'), connect.is_allowed('org_ABC123', 'org_DEF456', ''),
    connect.is_allowed('org_abc123', 'org_DEF456');
SELECT connect.explain_access(NULL, 'org_DEF456'), connect.explain_access('org_ABC123', 'org_DEF456', 'no.such'),
    connect.explain_access('org_ABC123', 'org_DEF456', NULL);

-- A gateway knows of all as long as it speaks for itself; for an organization it
-- is that organization, and for an unknown one nobody.
SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT * FROM test.gate();
BEGIN;
SELECT connect.act_as('org_GHI789');
SELECT * FROM test.gate();
SAVEPOINT s;
SELECT connect.act_as('org_ABC123');
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
ROLLBACK TO s;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
COMMIT;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
-- within one statement, too
SELECT n, set_config('request.jwt.claims', format('{"organization_id": "%s"}', o), false) IS NOT NULL AS set,
    connect.current_organization_id(), connect.is_allowed('org_ABC123', 'org_DEF456')
FROM (VALUES (1, 'org_ABC123'), (2, 'org_GHI789'), (3, 'org_DEF456'), (4, 'org_none')) AS v (n, o);
SET "Request.Jwt.Claims" = '{"organization_id": "org_DEF456"}';
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET request.jwt.claims;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
-- it does not speak for itself with claims, whatever these are
SELECT value, connect.current_organization_id(), connect.is_allowed('org_ABC123', 'org_DEF456')
FROM (VALUES (''), ('{}'), ('[]'), ('not json'), ('{"organization_id": null}'), ('{"sub": "usr_1"}'), ('{"x": "\u0000"}')) AS v (value)
WHERE set_config('request.jwt.claims', value, false) IS NOT NULL;
RESET request.jwt.claims;
RESET SESSION AUTHORIZATION;

-- Claims of a login that is no gateway count for nothing, and a key for what it is, even a superuser's.
SET request.jwt.claims = '{"organization_id": "org_GHI789"}';
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
RESET request.jwt.claims;
SET request.headers = '{"x-connect-api-key": "connect_wrong"}';
SELECT connect.is_allowed('org_ABC123', 'org_DEF456'), connect.allowed_sources();
RESET request.headers;

-- Keys: their organization, as far as they may read, until they are revoked.
CREATE TEMPORARY TABLE key AS
SELECT n, k.* FROM (VALUES ('reads', '{read}'), ('writes', '{write}'), ('third', '{read}')) AS v (n, p),
    connect.create_api_key(CASE n WHEN 'third' THEN 'org_GHI789' ELSE 'org_DEF456' END, n, p::text[]) AS k;
SELECT n, set_config('request.headers', jsonb_build_object('x-connect-api-key', secret)::text, false) IS NOT NULL AS set,
    connect.current_organization_id(), connect.is_allowed('org_ABC123', 'org_DEF456'), connect.allowed_sources()
FROM (SELECT * FROM key ORDER BY n OFFSET 0) AS k;
SELECT set_config('request.headers', jsonb_build_object('x-connect-api-key', secret)::text, false) IS NOT NULL AS set
FROM key WHERE n = 'reads';
BEGIN;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
SELECT connect.revoke_api_key(id) FROM key WHERE n = 'reads';
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
ROLLBACK;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
-- an expiry passes in the middle of a transaction
BEGIN;
UPDATE connect.api_key SET expires_at = clock_timestamp() + '0.2 s' WHERE id = (SELECT id FROM key WHERE n = 'reads');
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
SELECT pg_sleep(0.3);
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');
ROLLBACK;
RESET request.headers;

-- require_allowed() raises, with the word in DETAIL.
SET ROLE regress_connect_destination;
SELECT connect.require_allowed('org_ABC123', 'org_DEF456', 'account.read');
SELECT connect.require_allowed('org_ABC123', 'org_DEF456', 'verification.read');  -- fails
SELECT connect.require_allowed('org_GHI789', 'org_DEF456');  -- fails
SELECT connect.require_allowed('org_DEF456', 'org_ABC123');  -- fails
SELECT connect.require_allowed('org_DEF456', 'org_GHI789');  -- fails
SELECT connect.require_allowed(NULL, 'org_DEF456');  -- fails
SET ROLE regress_connect_third;
SELECT connect.require_allowed('org_ABC123', 'org_DEF456');  -- fails
RESET ROLE;
BEGIN READ ONLY;
SELECT connect.require_allowed('org_ABC123', 'org_DEF456');  -- fails
ROLLBACK;

-- The index on the pair is asked only while it may answer; and scopes may be many.
BEGIN;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'connect.connection_pair_key'::regclass;
SELECT string_agg(explained, ' ' ORDER BY question) FROM test.gate();
UPDATE pg_index SET indisvalid = true, indcheckxmin = true WHERE indexrelid = 'connect.connection_pair_key'::regclass;
SELECT string_agg(explained, ' ' ORDER BY question) FROM test.gate();
ROLLBACK;
SELECT string_agg(explained, ' ' ORDER BY question) FROM test.gate();
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO connect.scope (name, description) SELECT 'scope_' || n, 'Many' FROM generate_series(10, 59) AS n;
UPDATE connect.connection SET scopes = ARRAY(SELECT 'scope_' || n FROM generate_series(10, 59) AS n) WHERE id = 'cxn_active';
SELECT scope, connect.is_allowed('org_ABC123', 'org_DEF456', scope), connect.explain_access('org_ABC123', 'org_DEF456', scope)
FROM (VALUES ('scope_10'), ('scope_59'), ('scope_9')) AS v (scope);
ROLLBACK;

-- More lists of scopes than there is room for at first, each with a scope of its own beside the one that all have.
BEGIN;
SET LOCAL session_replication_role = replica;
INSERT INTO connect.scope (name, description) SELECT 'own_' || n || '.read', 'Own.' FROM generate_series(1, 200) AS n;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
    SELECT 'cxn_own_' || n, 'own_' || n, 'org_DEF456', 'active', ARRAY['account.read', 'own_' || n || '.read'], now(), now() FROM generate_series(1, 200) AS n;
SET LOCAL ROLE regress_connect_destination;
SELECT count(*) FILTER (WHERE connect.is_allowed('own_' || n, 'org_DEF456', 'account.read')) AS all,
    count(*) FILTER (WHERE connect.is_allowed('own_' || n, 'org_DEF456', 'own_' || n || '.read')) AS own,
    count(*) FILTER (WHERE connect.is_allowed('own_' || n, 'org_DEF456', 'own_' || n % 200 + 1 || '.read')) AS next
FROM generate_series(1, 200) AS n;
ROLLBACK;

-- Who may call them.
SET ROLE regress_connect_stranger;
SELECT connect.is_allowed('org_ABC123', 'org_DEF456');  -- fails
RESET ROLE;
SELECT p.proname, p.provolatile, p.proparallel, p.proleakproof, p.proisstrict,
    has_function_privilege('regress_connect_stranger', p.oid, 'EXECUTE') AS stranger
FROM pg_proc AS p WHERE p.pronamespace = 'connect'::regnamespace
    AND p.proname IN ('is_allowed', 'explain_access', 'require_allowed', 'allowed_sources', 'share_table', 'unshare_table', 'may_see', 'visible_organizations')
ORDER BY 1;
CREATE ROLE regress_connect_checker;
SELECT connect.grant_check('regress_connect_checker');
SELECT DISTINCT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'connect'::regnamespace
    AND has_function_privilege('regress_connect_checker', p.oid, 'EXECUTE') ORDER BY 1;
SELECT connect.grant_share('regress_connect_checker');
SELECT DISTINCT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'connect'::regnamespace
    AND has_function_privilege('regress_connect_checker', p.oid, 'EXECUTE') ORDER BY 1;
DROP OWNED BY regress_connect_checker;
DROP ROLE regress_connect_checker;
DROP FUNCTION test.gate();
