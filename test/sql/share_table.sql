-- share_table() and unshare_table(): one call makes a table shareable.
\set SHOW_CONTEXT never
CALL test.reset();
CALL test.add('cxn_1', 'active', scopes => '{inquiry.read}');
CALL test.add('cxn_2', 'pending', source => 'org_GHI789');
CREATE SCHEMA shop;
CREATE TABLE shop.inquiry (id int PRIMARY KEY, "Organization" varchar(64) NOT NULL, amount numeric);
INSERT INTO shop.inquiry VALUES (1, 'org_ABC123', 10), (2, 'org_ABC123', 20), (3, 'org_DEF456', 30), (4, 'org_GHI789', 40);
GRANT USAGE ON SCHEMA shop TO regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;
GRANT SELECT, UPDATE ON shop.inquiry TO regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_nobody;

SELECT connect.share_table('shop.inquiry', 'Organization', 'inquiry.read');
\d shop.inquiry
SELECT polname, polpermissive, polcmd, polroles, obj_description(oid, 'pg_policy') FROM pg_policy WHERE polrelid = 'shop.inquiry'::regclass;
SET ROLE regress_connect_source;
SELECT * FROM shop.inquiry ORDER BY id;
SET ROLE regress_connect_destination;
SELECT * FROM shop.inquiry ORDER BY id;
UPDATE shop.inquiry SET amount = 0;
SET ROLE regress_connect_third;
SELECT * FROM shop.inquiry ORDER BY id;
SET ROLE regress_connect_nobody;
SELECT * FROM shop.inquiry ORDER BY id;
RESET ROLE;
-- revoked in the middle of a session
PREPARE page AS SELECT id FROM shop.inquiry ORDER BY id;
SET ROLE regress_connect_destination;
EXECUTE page;
SELECT connect.deactivate_connection('cxn_1') #>> '{data,attributes,status}' AS status;
EXECUTE page;
RESET ROLE;
DEALLOCATE page;

-- A second call, and taking it back.
SELECT connect.share_table('shop.inquiry', 'Organization', 'inquiry.read');  -- fails
SELECT connect.unshare_table('shop.inquiry');
\d shop.inquiry
SELECT connect.unshare_table('shop.inquiry');  -- fails
-- Row security is on already: no notice.
SELECT connect.share_table('shop.inquiry', 'Organization', 'inquiry.read');
SELECT connect.unshare_table('shop.inquiry');

-- What does not fit.
SELECT connect.share_table(NULL, 'id', 'inquiry.read');  -- fails
SELECT connect.share_table('shop.inquiry', NULL, 'inquiry.read');  -- fails
SELECT connect.share_table('shop.inquiry', 'Organization', NULL);  -- fails
SELECT connect.unshare_table(NULL);  -- fails
SELECT connect.share_table('shop.inquiry', 'organization', 'inquiry.read');  -- fails
SELECT connect.share_table('shop.inquiry', 'amount', 'inquiry.read');  -- fails
SELECT connect.share_table('shop.inquiry', 'ctid', 'inquiry.read');  -- fails
SELECT connect.share_table('shop.inquiry', 'Organization', 'no.such');  -- fails
CREATE VIEW shop.inquiry_view AS SELECT * FROM shop.inquiry;
SELECT connect.share_table('shop.inquiry_view', 'Organization', 'inquiry.read');  -- fails
SELECT connect.share_table('shop.inquiry_pkey', 'Organization', 'inquiry.read');  -- fails
SELECT connect.share_table('connect.organization', 'id', 'inquiry.read');  -- fails
SELECT connect.share_table('pg_catalog.pg_description', 'description', 'inquiry.read');  -- fails
SELECT connect.share_table('shop.no_such', 'Organization', 'inquiry.read');  -- fails

-- Only its owner.
GRANT EXECUTE ON FUNCTION connect.share_table, connect.unshare_table TO regress_connect_stranger;
GRANT USAGE ON SCHEMA connect, shop TO regress_connect_stranger;
SET ROLE regress_connect_stranger;
SELECT connect.share_table('shop.inquiry', 'Organization', 'inquiry.read');  -- fails
SELECT connect.unshare_table('shop.inquiry');  -- fails
RESET ROLE;
ALTER TABLE shop.inquiry OWNER TO regress_connect_stranger;
-- names and operators of the caller's are not used
CREATE FUNCTION shop.equal(text, text) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR shop.= (LEFTARG = text, RIGHTARG = text, FUNCTION = shop.equal);
CREATE OPERATOR shop.= (LEFTARG = varchar, RIGHTARG = text, FUNCTION = shop.equal);
SET ROLE regress_connect_stranger;
SET search_path = shop, pg_catalog;
SELECT connect.share_table('inquiry', 'Organization', 'inquiry.read');
RESET search_path;
RESET ROLE;
SELECT pg_get_expr(polqual, polrelid) FROM pg_policy WHERE polrelid = 'shop.inquiry'::regclass;
REVOKE EXECUTE ON FUNCTION connect.share_table, connect.unshare_table FROM regress_connect_stranger;
REVOKE USAGE ON SCHEMA connect FROM regress_connect_stranger;

-- Partitions are reached through their parent.
CREATE TABLE shop.account (id int, organization_id text) PARTITION BY RANGE (id);
CREATE TABLE shop.account_1 PARTITION OF shop.account FOR VALUES FROM (1) TO (100);
INSERT INTO shop.account VALUES (1, 'org_DEF456'), (2, 'org_GHI789');
GRANT SELECT ON shop.account TO regress_connect_destination;
SELECT connect.share_table('shop.account', 'organization_id', 'account.read');
SET ROLE regress_connect_destination;
SELECT * FROM shop.account ORDER BY id;
RESET ROLE;
-- Columns of all types that ids can be.
SELECT connect.register_organization('7', 'Seven'), connect.register_organization('a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'Uuid') \g /dev/null
CALL test.add('cxn_7', 'active', source => '7');
CALL test.add('cxn_uuid', 'active', source => 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11');
CREATE TABLE shop.typed (id int, i integer, b bigint, u uuid, t text, s smallint, c char(10), d date);
INSERT INTO shop.typed VALUES (1, 7, 7, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', '7'),
    (2, 8, 8, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a12', '8'), (3, NULL, NULL, NULL, NULL);
GRANT SELECT ON shop.typed TO regress_connect_destination;
DO $$ DECLARE name text; seen text; BEGIN
    FOREACH name IN ARRAY ARRAY['i', 'b', 'u', 't'] LOOP
        PERFORM connect.share_table('shop.typed', name::name, 'account.read');
        SET LOCAL ROLE regress_connect_destination;
        SELECT string_agg(id::text, ' ') INTO seen FROM shop.typed;
        RESET ROLE;
        RAISE NOTICE '% sees %', name, seen;
        PERFORM connect.unshare_table('shop.typed');
    END LOOP;
END $$;
SELECT connect.share_table('shop.typed', 's', 'account.read');  -- fails
SELECT connect.share_table('shop.typed', 'c', 'account.read');  -- fails
SELECT connect.share_table('shop.typed', 'd', 'account.read');  -- fails

-- Ways past the policies: another policy, children that can be read, views of an owner who is not bound, row security off.
CREATE TABLE shop.part (id int, owner text) PARTITION BY RANGE (id);
CREATE TABLE shop.part_1 PARTITION OF shop.part FOR VALUES FROM (1) TO (100) PARTITION BY RANGE (id);
CREATE TABLE shop.part_1_1 PARTITION OF shop.part_1 FOR VALUES FROM (1) TO (50);
CREATE TABLE shop.part_2 PARTITION OF shop.part FOR VALUES FROM (100) TO (200);
CREATE VIEW shop.sees_all AS SELECT * FROM shop.part;
CREATE VIEW shop.asks WITH (security_invoker) AS SELECT * FROM shop.part;
CREATE VIEW shop.through AS SELECT * FROM shop.asks;
CREATE VIEW shop.of_bound_owner AS SELECT * FROM shop.part;
ALTER VIEW shop.of_bound_owner OWNER TO regress_connect_third;
CREATE MATERIALIZED VIEW shop.copied AS SELECT * FROM shop.part;
CREATE POLICY open ON shop.part USING (1 = 1);
CREATE POLICY auditor ON shop.part FOR SELECT TO regress_connect_third USING (true);
CREATE POLICY writes ON shop.part FOR INSERT WITH CHECK (true);
CREATE POLICY narrows ON shop.part AS RESTRICTIVE USING (true);
GRANT SELECT ON shop.part TO PUBLIC;
GRANT SELECT ON shop.part_1_1 TO regress_connect_third;
GRANT SELECT (id) ON shop.part_2 TO regress_connect_third;
SELECT connect.share_table('shop.part', 'owner', 'inquiry.read');
ALTER TABLE shop.part DISABLE ROW LEVEL SECURITY;
SELECT * FROM connect.share_bypasses('shop.part');
ALTER TABLE shop.part ENABLE ROW LEVEL SECURITY;
-- each remedy mends
ALTER VIEW shop.sees_all SET (security_invoker = true);
ALTER VIEW shop.through SET (security_invoker = true);
DROP MATERIALIZED VIEW shop.copied;
DROP POLICY open ON shop.part;
DROP POLICY auditor ON shop.part;
ALTER TABLE shop.part_1_1 ENABLE ROW LEVEL SECURITY;
REVOKE SELECT (id) ON shop.part_2 FROM regress_connect_third;
SELECT * FROM connect.share_bypasses('shop.part');
-- a policy by hand counts, and children of children by inheritance; the owner of a table is bound where it is forced
CREATE TABLE shop.hand (id int, owner text);
CREATE TABLE shop.heir () INHERITS (shop.hand);
GRANT SELECT ON shop.heir TO regress_connect_third;
CREATE POLICY mine ON shop.hand USING (connect.may_see(owner, 'inquiry.read'));
ALTER TABLE shop.hand ENABLE ROW LEVEL SECURITY;
ALTER TABLE shop.hand OWNER TO regress_connect_stranger;
CREATE VIEW shop.hand_view AS SELECT * FROM shop.hand;
ALTER VIEW shop.hand_view OWNER TO regress_connect_stranger;
SELECT * FROM connect.share_bypasses('shop.hand');
ALTER TABLE shop.hand FORCE ROW LEVEL SECURITY;
REVOKE SELECT ON shop.heir FROM regress_connect_third;
SELECT count(*) FROM connect.share_bypasses('shop.hand');
SELECT relation FROM connect.share_bypasses() AS b WHERE relation::text LIKE 'shop.%';
SET client_min_messages = warning;
DROP SCHEMA shop CASCADE;
