-- A cursor keeps what its first FETCH worked out, here a sorted result, whoever acts afterwards:
-- that is PostgreSQL's way, of which doc/integrate.md warns. What the plan reads row by
-- row is asked for whoever is acting by then, and so is a new statement.
\ir setup.psql
SELECT plan(4);

CREATE ROLE regress_connect_gateway LOGIN;
SELECT connect.trust_gateway('regress_connect_gateway'),
    connect.grant_check('regress_connect_gateway') \g /dev/null
CREATE SCHEMA shop;
CREATE TABLE shop.item (id int PRIMARY KEY, organization_id text);
INSERT INTO shop.item VALUES (1, 'org_source'), (2, 'org_third'), (3, 'org_source');
ALTER TABLE shop.item ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON shop.item FOR SELECT
USING (organization_id = connect.current_organization_id());
GRANT USAGE ON SCHEMA shop TO regress_connect_gateway;
GRANT SELECT ON shop.item TO regress_connect_gateway;

SET SESSION AUTHORIZATION regress_connect_gateway;
SELECT connect.act_as('org_source') \g /dev/null
DECLARE items CURSOR FOR SELECT id FROM shop.item ORDER BY -id;
FETCH 1 FROM items \gset first_
SELECT connect.act_as('org_third') \g /dev/null
FETCH 1 FROM items \gset second_
SELECT array_agg(id)::text AS anew FROM shop.item \gset
DECLARE others CURSOR FOR SELECT id FROM shop.item ORDER BY -id;
FETCH 1 FROM others \gset other_
RESET SESSION AUTHORIZATION;

SELECT is(:first_id, 3, 'the first row is of the organization that is acting');
SELECT is(:second_id, 1, 'the next one is of the same, though another is acting by now');
SELECT is(:'anew'::text, '{2}', 'a statement is answered for whoever is acting');
SELECT is(:other_id, 2, 'and so is a new cursor');

SELECT * FROM finish();
ROLLBACK;
