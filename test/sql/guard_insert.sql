-- Plain INSERT: by the store's owner, by a superuser, and by roles that were granted it.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CREATE FUNCTION test.shown(value text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
BEGIN
    RAISE NOTICE 'shown: %', value;
    RETURN true;
END $$;
GRANT SELECT, INSERT, UPDATE ON connect.connection TO regress_connect_source, regress_connect_destination, regress_connect_nobody;

-- the owner may name any registered source; what it gives is kept
SET SESSION AUTHORIZATION regress_connect_owner;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, scopes, creator_id, creator_type, created_at, updated_at)
VALUES ('cxn_1', 'org_DEF456', 'org_GHI789', 'Imported', '{inquiry.read,account.read,inquiry.read}', 'usr_9', 'user',
    '2001-02-03 04:05:06+00', '2001-02-03 04:05:07+00');
SELECT id, name, status, scopes, creator_id, creator_type, created_at AT TIME ZONE 'UTC' AS created, updated_at AT TIME ZONE 'UTC' AS updated
FROM connect.connection;
-- what it leaves out is made up: id, scopes, times; updated_at follows a given created_at
INSERT INTO connect.connection (source_organization_id, destination_organization_id, name, created_at)
VALUES ('org_DEF456', 'org_DEF456', '', '2001-02-03 04:05:06+00')
RETURNING regexp_replace(id, '[0-9a-z]{26}$', '(new)') AS id, name, status, scopes, creator_id, updated_at = created_at AS same;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
VALUES (NULL, 'org_DEF456', 'org_ABC123') RETURNING created_at BETWEEN now() AND clock_timestamp() AS created, updated_at = created_at AS updated;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status)
VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', 'active');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status)
VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', NULL);  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_2', 'org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, source_organization_id) VALUES ('cxn_2', 'org_GHI789');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_2', 'org_nosuch', 'org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_2', 'org_ABC123', 'org_nosuch');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_2', 'org ABC', 'org_GHI789');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn 2', 'org_ABC123', 'org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES (repeat('x', 65), 'org_ABC123', 'org_GHI789');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes) VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', '{nosuch}');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes) VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', '{}');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes) VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', '{NULL}');  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name) VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', repeat('n', 256));  -- fails
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_ABC123', 'org_GHI789');  -- fails: the id is taken
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_2', 'org_DEF456', 'org_GHI789');  -- fails: the pair is taken
\echo :LAST_ERROR_SQLSTATE
-- one bad row of many takes the others with it
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
VALUES ('cxn_2', 'org_ABC123', 'org_GHI789'), ('cxn_3', 'org_GHI789', 'org_nosuch');  -- fails
-- a superuser is not exempt
RESET SESSION AUTHORIZATION;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status)
VALUES ('cxn_2', 'org_ABC123', 'org_GHI789', 'inactive');  -- fails
\echo :LAST_ERROR_SQLSTATE

-- a granted role acts for its organization: creator and times are not its to give
SET SESSION AUTHORIZATION regress_connect_source;
INSERT INTO connect.connection (source_organization_id, destination_organization_id, creator_id, creator_type, created_at, updated_at)
VALUES ('org_ABC123', 'org_DEF456', 'usr_forged', 'user', '1999-01-01', '1999-01-01')
RETURNING creator_id, creator_type, created_at BETWEEN now() AND clock_timestamp() AS created, updated_at = created_at AS updated;
-- its source goes without saying
INSERT INTO connect.connection (destination_organization_id) VALUES ('org_ABC123') RETURNING source_organization_id, scopes;
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_DEF456', 'org_ABC123');  -- fails: another source
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_GHI789', 'org_DEF456');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (destination_organization_id, status) VALUES ('org_GHI789', 'active');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (destination_organization_id, scopes) VALUES ('org_GHI789', '{nosuch}');  -- fails
-- it may give an id, but none of another Connection's, whatever ON CONFLICT would do about it
INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_1', 'org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_1', 'org_GHI789')
ON CONFLICT (id) DO UPDATE SET name = 'Mine' WHERE test.shown(connection.name);  -- fails, and shows nothing
INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_1', 'org_GHI789') ON CONFLICT DO NOTHING;  -- fails
INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_4', 'org_GHI789') RETURNING id;
INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_4', 'org_GHI789')
ON CONFLICT (id) DO UPDATE SET name = 'Known' WHERE test.shown(connection.source_organization_id) RETURNING name;
SET SESSION AUTHORIZATION regress_connect_nobody;
INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_ABC123', 'org_GHI789');  -- fails
\echo :LAST_ERROR_SQLSTATE
-- nobody writes history
SET SESSION AUTHORIZATION regress_connect_owner;
INSERT INTO connect.event (id, connection_id, source_organization_id, destination_organization_id, action, to_status, scopes)
VALUES ('evt_1', 'cxn_1', 'org_DEF456', 'org_GHI789', 'create', 'pending', '{}');  -- fails
\echo :LAST_ERROR_SQLSTATE
RESET SESSION AUTHORIZATION;

SELECT * FROM test.rows();
SELECT * FROM test.events();
REVOKE SELECT, INSERT, UPDATE ON connect.connection FROM regress_connect_source, regress_connect_destination, regress_connect_nobody;
DROP FUNCTION test.shown;
