-- What a DBA keeps: organizations, roles, keys, stored answers.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
SELECT connect.register_organization('org_new', 'New');
SELECT connect.register_organization('org_new', 'Renamed');
SELECT id, name FROM connect.organization ORDER BY id;
SELECT connect.map_role('regress_connect_nosuch', 'org_new');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.map_role(NULL, 'org_new');  -- fails
SELECT connect.map_role('regress_connect_nobody', 'org_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.map_role('regress_connect_nobody', NULL);  -- fails
SELECT connect.map_role('regress_connect_nobody', 'org_new');
SELECT connect.map_role('regress_connect_nobody', 'org_ABC123');
SELECT * FROM connect.organization_role ORDER BY role_name;
SELECT connect.unmap_role('regress_connect_nobody');
SELECT connect.unmap_role('regress_connect_nobody');
SELECT connect.unmap_role('regress_connect_nosuch');
SELECT connect.unmap_role(NULL);  -- fails
SELECT connect.trust_gateway('regress_connect_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.trust_gateway(NULL);  -- fails
SELECT connect.trust_gateway('regress_connect_gateway');  -- again
SELECT * FROM connect.gateway_role;
SELECT connect.distrust_gateway('regress_connect_nosuch');
-- a name that needs quoting, and one role that is gone
CREATE ROLE "regress_connect ""odd"" role";
SELECT connect.map_role('regress_connect "odd" role', 'org_new');
SELECT connect.trust_gateway('regress_connect "odd" role');
SELECT connect.grant_usage('regress_connect "odd" role');
SET ROLE "regress_connect ""odd"" role";
SELECT connect.get_organization() #>> '{data,id}' AS acting;
RESET ROLE;
SELECT connect.distrust_gateway('regress_connect "odd" role');
DROP OWNED BY "regress_connect ""odd"" role";
DROP ROLE "regress_connect ""odd"" role";
SELECT connect.unmap_role('regress_connect "odd" role');

-- keys
SELECT id ~ '^api_[0-9a-z]{26}$' AS id, secret ~ '^connect_[A-Za-z0-9_-]{43}$' AS secret FROM connect.create_api_key('org_new', 'k');
SELECT organization_id, name, length(secret_sha256), permissions, expires_at, revoked_at FROM connect.api_key;
-- only the hash is kept
SELECT id AS key_id, secret FROM connect.create_api_key('org_new', 'k2', '{write,read,write}', '2100-01-01') \gset
SELECT secret_sha256 = sha256(:'secret'::bytea) AS hashed, permissions, api_key::text LIKE '%' || :'secret' || '%' AS leaked
FROM connect.api_key WHERE id = :'key_id';
SELECT connect.create_api_key('org_nosuch', 'k');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_api_key(NULL, 'k');  -- fails
SELECT connect.create_api_key('org_new', NULL);  -- fails
SELECT connect.create_api_key('org_new', '');  -- fails
SELECT connect.create_api_key('org_new', repeat('n', 256));  -- fails
SELECT connect.create_api_key('org_new', 'k', '{}');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.create_api_key('org_new', 'k', '{admin}');  -- fails
SELECT connect.create_api_key('org_new', 'k', '{read,NULL}');  -- fails
SELECT connect.create_api_key('org_new', 'k', NULL);  -- fails
SELECT connect.create_api_key('org_new', 'k', '{READ}');  -- fails
SELECT connect.revoke_api_key(:'key_id');
SELECT revoked_at IS NOT NULL AS revoked FROM connect.api_key WHERE id = :'key_id';
UPDATE connect.api_key SET revoked_at = '2001-01-01' WHERE id = :'key_id';
SELECT connect.revoke_api_key(:'key_id');
SELECT revoked_at = '2001-01-01' AS kept FROM connect.api_key WHERE id = :'key_id';
SELECT connect.revoke_api_key('api_nosuch');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.revoke_api_key(NULL);  -- fails

-- stored answers
INSERT INTO connect.idempotency (organization_id, key, request_sha256, status, headers, body, created_at)
SELECT 'org_new', h::text, '', 200, '', '', now() - h * interval '1 hour' FROM unnest(ARRAY[1, 23, 25, 100]) AS h;
SELECT connect.prune_idempotency();
SELECT key FROM connect.idempotency ORDER BY created_at;
SELECT connect.prune_idempotency('2 hours');
SELECT connect.prune_idempotency('-1 hour');  -- fails
\echo :LAST_ERROR_SQLSTATE
SELECT connect.prune_idempotency(NULL);  -- fails
SELECT connect.prune_idempotency('178000000 years');  -- fails
SELECT connect.prune_idempotency('5000 years');
INSERT INTO connect.idempotency (organization_id, key, request_sha256, status, headers, body, created_at)
SELECT 'org_ABC123', 'k' || n, '', 200, '', '', now() - n * interval '1 hour' FROM generate_series(100, 129) AS n;
SELECT connect.prune_idempotency('5 days');
-- more than one batch
INSERT INTO connect.idempotency (organization_id, key, request_sha256, status, headers, body, created_at)
SELECT 'org_ABC123', 'm' || n, '', 200, '', '', now() - interval '5 days' FROM generate_series(1, 20001) AS n;
SELECT connect.prune_idempotency('4 days') - 20 AS of_the_batches;
SELECT count(*) FROM connect.idempotency WHERE key LIKE 'm%';
SELECT connect.prune_idempotency('0');
SELECT count(*) FROM connect.idempotency;
SELECT * FROM connect.transition_rules();
