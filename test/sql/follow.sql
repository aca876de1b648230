-- follow_organizations(): the application's own table says which organizations there are.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
CREATE ROLE regress_connect_app;
CREATE SCHEMA crm;
GRANT USAGE, CREATE ON SCHEMA crm TO regress_connect_app;
SET ROLE regress_connect_app;
CREATE TABLE crm.company (key uuid PRIMARY KEY, "Name" varchar(300), note text);
INSERT INTO crm.company VALUES ('00000000-0000-0000-0000-00000000000a', 'Ada'), ('00000000-0000-0000-0000-00000000000b', 'Bert');
RESET ROLE;
\set a 00000000-0000-0000-0000-00000000000a
\set b 00000000-0000-0000-0000-00000000000b
\set organizations 'SELECT id, name, retired_at IS NOT NULL AS retired, regexp_replace(followed_from::text, ''^[0-9]+$'', ''(dropped)'') AS followed_from FROM connect.organization ORDER BY id;'
\set check 'SELECT code, severity, finding, remedy FROM connect.check_setup() WHERE finding LIKE ''%crm.%'';'

-- existing rows are registered at once; names follow; a deleted row retires
SELECT connect.follow_organizations('crm.company', 'key', 'Name');
:organizations
SELECT * FROM connect.followed_table;
\d crm.company
SET ROLE regress_connect_app;
INSERT INTO crm.company VALUES ('00000000-0000-0000-0000-00000000000c', 'Carla');
UPDATE crm.company SET "Name" = 'Berta' WHERE key = :'b';
UPDATE crm.company SET note = 'unrelated';
DELETE FROM crm.company WHERE key = :'a';
RESET ROLE;
:organizations
-- and a row that comes back takes its organization back, by its present name
INSERT INTO crm.company VALUES (:'a', 'Ada again') ON CONFLICT DO NOTHING;
:organizations
BEGIN; DELETE FROM crm.company; ROLLBACK;
SELECT count(*) FROM connect.organization WHERE retired_at IS NOT NULL;
-- one that was retired by hand stays so while its row is there, whatever its name
UPDATE connect.organization SET retired_at = '2001-01-01' WHERE id = :'b';
UPDATE crm.company SET "Name" = 'Bertram' WHERE key = :'b';
DELETE FROM crm.company WHERE key = :'b';
SELECT name, retired_at = '2001-01-01' AS by_hand FROM connect.organization WHERE id = :'b';
INSERT INTO crm.company VALUES (:'b', 'Bertram');

-- what the application cannot do
UPDATE crm.company SET key = '00000000-0000-0000-0000-00000000000d' WHERE key = :'a';  -- fails
\echo :LAST_ERROR_SQLSTATE
TRUNCATE crm.company;  -- fails
\echo :LAST_ERROR_SQLSTATE
INSERT INTO crm.company VALUES ('00000000-0000-0000-0000-00000000000d', NULL);  -- fails
INSERT INTO crm.company VALUES ('00000000-0000-0000-0000-00000000000d', '');  -- fails
INSERT INTO crm.company VALUES ('00000000-0000-0000-0000-00000000000d', repeat('ä', 256));  -- fails
UPDATE crm.company SET "Name" = NULL WHERE key = :'a';  -- fails

-- a table touches only what it registered
CREATE TABLE crm.other (id text UNIQUE, name text, CONSTRAINT short CHECK (length(name) < 100));
INSERT INTO crm.other VALUES ('org_ABC123', 'Acme of theirs');
SELECT connect.follow_organizations('crm.other', 'id', 'name');  -- fails: the DBA registered it
\echo :LAST_ERROR_SQLSTATE
SELECT count(*) FROM connect.followed_table;
UPDATE connect.organization SET followed_from = 'crm.other' WHERE id = 'org_ABC123';
SELECT connect.follow_organizations('crm.other', 'id', 'name');
INSERT INTO crm.other VALUES (:'a', 'Not theirs');  -- fails: the other table registered it
INSERT INTO crm.other VALUES ('not an id', 'x');  -- fails
INSERT INTO crm.other VALUES (NULL, 'x');  -- fails
:organizations
-- not even by deleting a row that came from elsewhere, or renaming it
ALTER TABLE crm.other DISABLE TRIGGER connect_follow;
INSERT INTO crm.other VALUES ('org_DEF456', 'Theirs'), ('org_late', 'Late'), (NULL, 'Nobody');
ALTER TABLE crm.other ENABLE TRIGGER connect_follow;
UPDATE crm.other SET name = 'Renamed' WHERE id = 'org_DEF456';  -- fails
\echo :LAST_ERROR_SQLSTATE
DELETE FROM crm.other WHERE id = 'org_DEF456';
-- one that was missed is made good for
UPDATE crm.other SET name = 'Later' WHERE id = 'org_late';
UPDATE crm.other SET name = 'Nothing' WHERE id IS NULL;
DELETE FROM crm.other WHERE id IS NULL;
:organizations

-- other keys
CREATE DOMAIN crm.number AS bigint CHECK (VALUE > 0);
CREATE TABLE crm.big (id crm.number PRIMARY KEY, name text NOT NULL);
CREATE TABLE crm.small (id int GENERATED ALWAYS AS IDENTITY (START WITH -7 MINVALUE -7) PRIMARY KEY, name name);
SELECT connect.follow_organizations('crm.big', 'id', 'name'), connect.follow_organizations('crm.small', 'id', 'name');
INSERT INTO crm.big VALUES (9223372036854775807, 'Big');
INSERT INTO crm.small (name) VALUES ('Small');
SELECT id, name, followed_from FROM connect.organization WHERE followed_from::text ~ 'big|small' ORDER BY id;
INSERT INTO crm.small (name) SELECT 'S' || g FROM generate_series(1, 10) AS g;
DELETE FROM crm.small WHERE id < -4;
SELECT count(*), count(retired_at) FROM connect.organization WHERE followed_from = 'crm.small'::regclass;

-- what cannot be followed
SELECT connect.follow_organizations(NULL, 'id', 'name');  -- fails
SELECT connect.follow_organizations('4294967295'::regclass, 'id', 'name');  -- fails: it is none
SELECT connect.follow_organizations('crm.big', NULL, 'name');  -- fails
SELECT connect.follow_organizations('crm.big', 'id', NULL);  -- fails
SELECT connect.unfollow_organizations(NULL);  -- fails
SELECT connect.follow_organizations('crm.big', 'id', 'name');  -- fails
CREATE TABLE crm.plain (id int, key numeric PRIMARY KEY, name text, n int);
SELECT connect.follow_organizations('crm.plain', 'nosuch', 'name');  -- fails
SELECT connect.follow_organizations('crm.plain', 'key', 'name');  -- fails
SELECT connect.follow_organizations('crm.plain', 'id', 'name');  -- fails
CREATE UNIQUE INDEX ON crm.plain (id) WHERE id > 0;
CREATE UNIQUE INDEX ON crm.plain (id, n);
SELECT connect.follow_organizations('crm.plain', 'id', 'name');  -- fails
CREATE UNIQUE INDEX ON crm.plain (id) INCLUDE (n);
SELECT connect.follow_organizations('crm.plain', 'id', 'n');  -- fails
SELECT connect.follow_organizations('crm.plain', 'id', 'nosuch');  -- fails
SELECT connect.follow_organizations('crm.plain', 'ctid', 'name');  -- fails
CREATE VIEW crm.view AS SELECT * FROM crm.plain;
CREATE TABLE crm.parts (id int PRIMARY KEY, name text) PARTITION BY RANGE (id);
CREATE TABLE crm.part PARTITION OF crm.parts DEFAULT;
CREATE UNLOGGED TABLE crm.unlogged (id int PRIMARY KEY, name text);
CREATE TEMPORARY TABLE own (id int PRIMARY KEY, name text);
SELECT connect.follow_organizations('crm.view', 'id', 'name');  -- fails
SELECT connect.follow_organizations('crm.parts', 'id', 'name');  -- fails
SELECT connect.follow_organizations('crm.part', 'id', 'name');  -- fails
SELECT connect.follow_organizations('crm.unlogged', 'id', 'name');  -- fails
SELECT connect.follow_organizations('own', 'id', 'name');  -- fails
SELECT connect.follow_organizations('connect.organization', 'id', 'name');  -- fails
SELECT connect.unfollow_organizations('crm.plain');  -- fails

-- Both owners' rights are needed.
GRANT USAGE ON SCHEMA connect TO regress_connect_app, regress_connect_stranger;
GRANT EXECUTE ON FUNCTION connect.follow_organizations, connect.unfollow_organizations TO regress_connect_app, regress_connect_owner;
ALTER TABLE crm.plain OWNER TO regress_connect_app;
GRANT USAGE ON SCHEMA crm TO regress_connect_owner;
SET ROLE regress_connect_app;
SELECT connect.follow_organizations('crm.plain', 'id', 'name');  -- fails
SELECT connect.unfollow_organizations('crm.company');  -- fails
SET ROLE regress_connect_owner;
SELECT connect.follow_organizations('crm.plain', 'id', 'name');  -- fails
SELECT connect.unfollow_organizations('crm.company');  -- fails
RESET ROLE;
GRANT regress_connect_app TO regress_connect_owner;
SET ROLE regress_connect_owner;
SELECT connect.follow_organizations('crm.plain', 'id', 'name');
SELECT connect.unfollow_organizations('crm.plain');
RESET ROLE;
REVOKE regress_connect_app FROM regress_connect_owner;
-- The trigger works on listed tables only, whoever puts it elsewhere.
CREATE TABLE crm.forged (id text PRIMARY KEY, name text);
CREATE TRIGGER forged AFTER INSERT ON crm.forged FOR EACH ROW EXECUTE FUNCTION connect.follow_organization();
INSERT INTO crm.forged VALUES ('org_ABC123', 'Mine now');  -- fails
\echo :LAST_ERROR_SQLSTATE
DROP TRIGGER forged ON crm.forged;
CREATE TRIGGER forged BEFORE INSERT ON crm.forged FOR EACH ROW EXECUTE FUNCTION connect.follow_organization();
INSERT INTO crm.forged VALUES ('org_ABC123', 'Mine now');  -- fails
\echo :LAST_ERROR_SQLSTATE
SET ROLE regress_connect_app;
CREATE TABLE crm.mine (id text PRIMARY KEY, name text);
CREATE TRIGGER mine AFTER INSERT ON crm.mine FOR EACH ROW EXECUTE FUNCTION connect.follow_organization();  -- fails
RESET ROLE;
-- The caller's names mean nothing to it.
CREATE SCHEMA evil;
CREATE FUNCTION evil.evil(text, text) RETURNS boolean LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'evil'; END$$;
CREATE OPERATOR evil.= (FUNCTION = evil.evil, LEFTARG = text, RIGHTARG = text);
SET search_path = evil, pg_catalog;
INSERT INTO crm.other VALUES ('org_evil', 'Not evil');
UPDATE crm.other SET name = 'Still not' WHERE id OPERATOR(pg_catalog.=) 'org_evil';
DELETE FROM crm.other WHERE id OPERATOR(pg_catalog.=) 'org_evil';
RESET search_path;

-- What check_setup() says.
:check
SELECT code, finding FROM connect.check_setup() WHERE code = 'check_failed';
BEGIN; ALTER TABLE crm.company OWNER TO regress_connect_stranger; :check ROLLBACK;
BEGIN; ALTER TABLE crm.company DISABLE TRIGGER connect_follow; :check ROLLBACK;
BEGIN; DROP TRIGGER connect_follow_truncate ON crm.company; :check ROLLBACK;
BEGIN; ALTER TABLE crm.big RENAME id TO number; INSERT INTO crm.big VALUES (1, 'x'); ROLLBACK;  -- fails
-- a table that was dropped
DROP TABLE crm.small;
SELECT code, regexp_replace(finding, '\d+', '(oid)'), regexp_replace(remedy, '\d+', '(oid)') FROM connect.check_setup() WHERE finding LIKE '%followed%';
SELECT connect.unfollow_organizations(relation) FROM connect.followed_table WHERE relation::text ~ '^\d+$';

-- Unfollowed, it is a table like any other; followed again, what is gone meanwhile is retired.
SELECT connect.unfollow_organizations('crm.company');
SELECT connect.unfollow_organizations('crm.company');  -- fails
\d crm.company
DELETE FROM crm.company WHERE key = :'b';
INSERT INTO crm.company VALUES ('00000000-0000-0000-0000-00000000000e', 'Eve');
:organizations
SELECT connect.follow_organizations('crm.company', 'key', 'Name');
:organizations

SELECT connect.unfollow_organizations(relation) FROM connect.followed_table;
DROP SCHEMA crm, evil CASCADE;
REVOKE ALL ON FUNCTION connect.follow_organizations, connect.unfollow_organizations FROM regress_connect_app, regress_connect_owner;
REVOKE ALL ON SCHEMA connect FROM regress_connect_app, regress_connect_stranger;
DROP ROLE regress_connect_app;
CALL test.reset();
