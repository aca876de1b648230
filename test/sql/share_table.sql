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
SET client_min_messages = warning;
DROP SCHEMA shop CASCADE;
