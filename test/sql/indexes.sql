-- Indexes are the DBA's to make anew. One that is not what its name promises is not asked; what is
-- seen then comes from the table, and is the same.
\set SHOW_CONTEXT never
CALL test.reset();
CALL test.add('cxn_active', 'active');
CALL test.add('cxn_inactive', 'inactive', source => 'org_DEF456', destination => 'org_ABC123');
CALL test.add('cxn_pending', 'pending', source => 'org_GHI789');
SELECT connect.grant_share('regress_connect_destination');

-- What the destination sees, by each of the indexes; where one is made, it is by the name of ours.
CREATE FUNCTION test.seen() RETURNS text LANGUAGE sql AS $$
    SELECT concat_ws(' ',
        connect.explain_access('org_ABC123', 'org_DEF456'), connect.explain_access('org_DEF456', 'org_ABC123'),
        connect.explain_access('org_GHI789', 'org_DEF456'), connect.allowed_sources(),
        connect.get_connection('cxn_active') #>> '{data,attributes,status}', connect.current_organization_id())
$$;
CREATE PROCEDURE test.look() LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL ROLE regress_connect_destination;
    RAISE NOTICE '%', test.seen();
    RESET ROLE;
END $$;
GRANT EXECUTE ON FUNCTION test.seen() TO regress_connect_destination;
GRANT USAGE ON SCHEMA test TO regress_connect_destination;

-- as ours are
BEGIN; CALL test.look(); ROLLBACK;
-- the other way round
BEGIN;
ALTER TABLE connect.connection DROP CONSTRAINT connection_pair_key;
CREATE UNIQUE INDEX connection_pair_key ON connect.connection (destination_organization_id, source_organization_id);
CALL test.look();
ROLLBACK;
-- in another order, of another type
BEGIN;
DROP INDEX connect.connection_destination_idx;
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id, created_at);
CALL test.look();
ROLLBACK;
-- on too few columns
BEGIN;
DROP INDEX connect.connection_destination_idx;
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id) INCLUDE (id);
CALL test.look();
ROLLBACK;
-- for some rows only
BEGIN;
DROP INDEX connect.connection_destination_idx;
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id, id) WHERE status = 'pending';
CALL test.look();
ROLLBACK;
-- on an expression
BEGIN;
ALTER TABLE connect.connection DROP CONSTRAINT connection_pair_key;
CREATE UNIQUE INDEX connection_pair_key ON connect.connection (upper(source_organization_id), destination_organization_id);
CALL test.look();
ROLLBACK;
-- sorted otherwise, by a collation or by an operator class
BEGIN;
DROP INDEX connect.connection_destination_idx;
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id COLLATE "POSIX", id COLLATE "POSIX");
CALL test.look();
ROLLBACK;
BEGIN;
DROP INDEX connect.connection_destination_idx;
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id text_pattern_ops, id text_pattern_ops);
CALL test.look();
ROLLBACK;
-- not a btree
BEGIN;
ALTER TABLE connect.connection DROP CONSTRAINT connection_pkey CASCADE;
CREATE INDEX connection_pkey ON connect.connection USING hash (id);
CALL test.look();
ROLLBACK;
-- of another table, or no index at all
BEGIN;
ALTER TABLE connect.organization_role DROP CONSTRAINT organization_role_pkey;
CREATE INDEX organization_role_pkey ON connect.gateway_role (role_name);
CALL test.look();
DROP INDEX connect.organization_role_pkey;
CREATE TABLE connect.organization_role_pkey (role_name name);
CALL test.look();
ROLLBACK;
-- backwards
BEGIN;
DROP INDEX connect.connection_destination_idx;
CREATE INDEX connection_destination_idx ON connect.connection (destination_organization_id DESC, id DESC);
CALL test.look();
ROLLBACK;

-- several scopes are looked up in one scan of the table, too
BEGIN;
UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'connect.scope_pkey'::regclass;
SET ROLE regress_connect_source;
SELECT connect.create_connection('org_GHI789', scopes => '{verification.read,account.read,inquiry.read}') #>> '{data,attributes,scopes}' AS scopes;
SELECT connect.update_connection('cxn_active', scopes => '{account.read,inquiry.read,unknown.read}');  -- fails
ROLLBACK;
-- so are the names of many partners
BEGIN;
SET LOCAL client_min_messages = warning;
ALTER TABLE connect.organization DROP CONSTRAINT organization_pkey CASCADE;
SET LOCAL ROLE regress_connect_destination;
SELECT d ->> 'id' AS id, d #>> '{meta,partner-name}' AS partner FROM jsonb_array_elements(connect.list_connections() -> 'data') AS d;
ROLLBACK;
DROP PROCEDURE test.look();
DROP FUNCTION test.seen();
