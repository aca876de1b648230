-- The partner's name in documents, and the filter by what its name or id begins with.
\set VERBOSITY default
\set SHOW_CONTEXT never
\pset format unaligned
\pset null (null)
CALL test.reset();
INSERT INTO connect.organization (id, name) VALUES
    ('org_percent', '100% Sure'), ('org_1000', '1000 Sure'), ('org_under', 'A_B'), ('org_Upper', 'axb'),
    ('org_back', 'a\b'), ('acme_1', 'Acme Insurance'), ('acme_2', 'ACME Bank'), ('org_last', U&'zz\+10FFFF'),
    ('org_surrogate', U&'q\D7FFa'), ('org_after', U&'q\E000a'), ('org_hidden', 'Acme Hidden'), ('org_blank', 'acme bank two'), ('org_doctors', 'Ärzte Köln');
CALL test.add('cxn_percent', 'active', source => 'org_ABC123', destination => 'org_percent');
CALL test.add('cxn_1000', 'active', source => 'org_1000', destination => 'org_ABC123');
CALL test.add('cxn_under', 'pending', source => 'org_ABC123', destination => 'org_under');
CALL test.add('cxn_upper', 'pending', source => 'org_Upper', destination => 'org_ABC123');
CALL test.add('cxn_back', 'inactive', source => 'org_ABC123', destination => 'org_back');
CALL test.add('cxn_acme1', 'active', source => 'org_ABC123', destination => 'acme_1');
CALL test.add('cxn_acme2', 'pending', source => 'acme_2', destination => 'org_ABC123');
CALL test.add('cxn_acme3', 'active', source => 'acme_1', destination => 'org_ABC123');
CALL test.add('cxn_last', 'active', source => 'org_ABC123', destination => 'org_last');
CALL test.add('cxn_surrogate', 'active', source => 'org_ABC123', destination => 'org_surrogate');
CALL test.add('cxn_after', 'active', source => 'org_ABC123', destination => 'org_after');
CALL test.add('cxn_doctors', 'active', source => 'org_doctors', destination => 'org_ABC123');
CALL test.add('cxn_self', 'active', source => 'org_ABC123', destination => 'org_ABC123');
CALL test.add('cxn_others', 'active', source => 'acme_1', destination => 'org_hidden');

CREATE FUNCTION pg_temp.ids(document jsonb) RETURNS text LANGUAGE sql AS $$
    SELECT string_agg(x ->> 'id', ' ' ORDER BY n) FROM jsonb_array_elements(document -> 'data') WITH ORDINALITY AS t (x, n)
$$;
CREATE FUNCTION pg_temp.names(document jsonb) RETURNS TABLE (id text, partner text) LANGUAGE sql AS $$
    SELECT x ->> 'id', x #>> '{meta,partner-name}' FROM jsonb_array_elements(document -> 'data') AS x
$$;

-- names, for both parties
SET SESSION AUTHORIZATION regress_connect_source;
SELECT * FROM pg_temp.names(connect.list_connections(page_size => 100));
SELECT connect.get_connection('cxn_acme3') #>> '{data,meta,partner-name}';
SELECT connect.update_connection('cxn_percent', 'A name') #>> '{data,meta,partner-name}';
-- as soon as an offer is made
SELECT connect.create_connection('org_DEF456') #>> '{data,meta,partner-name}' AS name,
    pg_temp.ids(connect.list_connections(partner => 'delta')) AS before;
SELECT pg_temp.ids(connect.list_connections(partner => 'delta')) IS NOT NULL AS found;
-- and not before: neither in an error nor in a list
SELECT pg_temp.ids(connect.list_connections(partner => 'org_hid')), pg_temp.ids(connect.list_connections(partner => 'Acme Hid')),
    pg_temp.ids(connect.list_connections(destination_organization_id => 'org_hidden'));
RESET SESSION AUTHORIZATION;
-- in the eyes of the store's owner, the one that is shared with
SELECT connect.get_connection('cxn_others') #>> '{data,meta,partner-name}';
-- a new name shows at once
BEGIN;
UPDATE connect.organization SET name = 'Renamed' WHERE id = 'org_hidden';
SELECT connect.get_connection('cxn_others') #>> '{data,meta,partner-name}',
    (SELECT connect.deactivate_connection('cxn_others') #>> '{data,meta,partner-name}');
ROLLBACK;
-- one that is gone, or whose id has outgrown its pattern, as only a superuser can make it: no name, or the one that is there
BEGIN;
SET LOCAL session_replication_role = replica;
DELETE FROM connect.organization WHERE id = 'org_hidden';
SELECT connect.get_connection('cxn_others') #> '{data,meta,partner-name}';
UPDATE connect.organization SET name = name;
SELECT connect.get_connection('cxn_others') #> '{data,meta,partner-name}';
INSERT INTO connect.organization (id, name) VALUES ('org_hidden', 'Back');
SELECT connect.get_connection('cxn_others') #> '{data,meta,partner-name}';
ALTER TABLE connect.connection DROP CONSTRAINT connection_destination_fkey, DROP CONSTRAINT connection_check;
ALTER TABLE connect.organization DROP CONSTRAINT organization_id_check;
UPDATE connect.connection SET destination_organization_id = repeat('x', 65) WHERE id = 'cxn_others';
SELECT connect.get_connection('cxn_others') #> '{data,meta,partner-name}';
INSERT INTO connect.organization (id, name) VALUES (repeat('x', 65), 'Long');
SELECT connect.get_connection('cxn_others') #> '{data,meta,partner-name}';
ROLLBACK;

SET SESSION AUTHORIZATION regress_connect_source;
-- by name, in any case; by id, likewise
SELECT pg_temp.ids(connect.list_connections(partner => 'acme'));
SELECT pg_temp.ids(connect.list_connections(partner => 'ACME I'));
SELECT pg_temp.ids(connect.list_connections(partner => 'acme_2'));
SELECT pg_temp.ids(connect.list_connections(partner => 'ORG_U'));
SELECT pg_temp.ids(connect.list_connections(partner => 'insurance'));
-- no character is a pattern
SELECT pg_temp.ids(connect.list_connections(partner => '100%'));
SELECT pg_temp.ids(connect.list_connections(partner => '%'));
SELECT pg_temp.ids(connect.list_connections(partner => 'a_b'));
SELECT pg_temp.ids(connect.list_connections(partner => 'a\'));
SELECT pg_temp.ids(connect.list_connections(partner => '''; --'));
SELECT pg_temp.ids(connect.list_connections(partner => '.*'));
-- at the ends of Unicode
SELECT pg_temp.ids(connect.list_connections(partner => U&'zz\+10FFFF'));
SELECT pg_temp.ids(connect.list_connections(partner => U&'\+10FFFF'));
SELECT pg_temp.ids(connect.list_connections(partner => U&'q\D7FF'));
SELECT pg_temp.ids(connect.list_connections(partner => U&'q\E000'));
-- letters that are not ASCII have the cases that the database's locale gives them
SELECT (pg_temp.ids(connect.list_connections(partner => 'ärz')) IS NOT NULL) = (lower('Ä') = 'ä') AS same;
SELECT pg_temp.ids(connect.list_connections(partner => 'Ärzte k'));
-- what can match nothing gives nothing; no beginning is no filter
SELECT pg_temp.ids(connect.list_connections(partner => ' acme')), pg_temp.ids(connect.list_connections(partner => repeat('a', 100000)));
SELECT pg_temp.ids(connect.list_connections(partner => '', page_size => 2));
-- with other filters
SELECT pg_temp.ids(connect.list_connections('pending', partner => 'a'));
SELECT pg_temp.ids(connect.list_connections('pending', 'inbound', partner => 'a'));
SELECT pg_temp.ids(connect.list_connections(direction => 'outbound', partner => 'a'));
SELECT pg_temp.ids(connect.list_connections(source_organization_id => 'acme_1', partner => 'acme'));
SELECT pg_temp.ids(connect.list_connections(source_organization_id => 'acme_1', partner => 'b'));
SELECT pg_temp.ids(connect.list_connections(expires_before => '2100-01-01', partner => 'a'));
-- links keep it, as a query has it
SELECT connect.list_connections(partner => 'a', page_size => 2) -> 'links';
SELECT connect.list_connections(partner => '100% s', page_after => 'cxn_upper', direction => 'inbound') -> 'links' AS links;
-- no cursor leads out of what is one's own
SELECT connect.list_connections(partner => 'acme', page_after => 'cxn_others');  -- fails
SET SESSION AUTHORIZATION regress_connect_nobody;
SELECT connect.list_connections(partner => 'acme');  -- fails
RESET SESSION AUTHORIZATION;

-- Many Connections: whichever way a page is found, it holds what comparing each row finds. Of 3,000
-- partners every name begins with "common", few and old ones with "rare", and one has "odd".
CALL test.reset();
SET session_replication_role = replica;
INSERT INTO connect.organization (id, name)
SELECT 'p_' || n, CASE WHEN n % 1000 = 7 THEN 'Rare ' WHEN n = 1234 THEN 'ODD ' ELSE 'Common ' END || n FROM generate_series(1, 3000) AS n;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at, expires_at)
SELECT 'cxn_' || lpad(n::text, 5, '0'), CASE n % 2 WHEN 0 THEN 'p_' || n ELSE 'org_ABC123' END,
    CASE n % 2 WHEN 0 THEN 'org_ABC123' ELSE 'p_' || n END,
    (ARRAY['pending', 'active', 'inactive'])[n % 3 + 1]::connect.connection_status, '{account.read}', now(), now(),
    CASE n % 5 WHEN 0 THEN now() - interval '1 day' WHEN 1 THEN now() + interval '1 day' END
FROM generate_series(1, 3000) AS n;
-- the other way too, for some; and one with oneself
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_x' || n, 'org_ABC123', 'p_' || n, 'active'::connect.connection_status, '{account.read}'::text[], now(), now() FROM generate_series(1000, 1010, 2) AS n
UNION ALL SELECT 'cxn_00000', 'org_ABC123', 'org_ABC123', 'active', '{account.read}', now(), now();
RESET session_replication_role;
GRANT SELECT ON connect.connection, connect.organization TO regress_connect_source;
CREATE POLICY regress_all ON connect.organization FOR SELECT USING (true);

CREATE FUNCTION test.walk(forth boolean, size int, beginning text, state connect.connection_status, way text) RETURNS text[]
LANGUAGE plpgsql AS $$
DECLARE
    document jsonb;
    ids text[] := '{}';
    edge text;
BEGIN
    -- from the far end a page is asked for before the oldest one of all, which then stands last
    LOOP
        document := CASE WHEN forth THEN connect.list_connections(state, way, page_size => size, page_after => edge, partner => beginning)
            ELSE connect.list_connections(state, way, page_size => size, page_before => coalesce(edge, 'cxn_00000'), partner => beginning) END;
        ids := CASE WHEN forth THEN ids || ARRAY(SELECT x ->> 'id' FROM jsonb_array_elements(document -> 'data') AS x)
            ELSE ARRAY(SELECT x ->> 'id' FROM jsonb_array_elements(document -> 'data') AS x) || ids END;
        edge := CASE WHEN forth THEN document #>> '{data,-1,id}' ELSE document #>> '{data,0,id}' END;
        EXIT WHEN (document -> 'links' ->> CASE WHEN forth THEN 'next' ELSE 'prev' END) IS NULL;
    END LOOP;
    RETURN ids;
END $$;
SET SESSION AUTHORIZATION regress_connect_source;
SELECT w.beginning, state, way, forth, cardinality(w.expected) AS rows,
    test.walk(forth, CASE WHEN cardinality(w.expected) > 100 THEN 100 ELSE 3 END, w.beginning, state, way)
        = CASE WHEN forth THEN w.expected ELSE array_remove(w.expected, 'cxn_00000') END AS same
FROM (VALUES ('common', NULL::connect.connection_status, NULL::text), ('rare', NULL, NULL), ('odd', NULL, NULL), ('none', NULL, NULL),
    ('p_100', NULL, NULL), ('common', 'pending', 'inbound'), ('rare', 'active', NULL), ('Rare', 'inactive', 'outbound'),
    ('abc', NULL, NULL), ('P_29', 'pending', NULL)) AS f (beginning, state, way),
LATERAL (SELECT f.beginning, ARRAY(SELECT c.id FROM connect.connection AS c JOIN connect.organization AS o
    ON o.id = CASE c.source_organization_id WHEN 'org_ABC123' THEN c.destination_organization_id ELSE c.source_organization_id END
    WHERE 'org_ABC123' IN (c.source_organization_id, c.destination_organization_id)
    AND (starts_with(lower(o.name), lower(f.beginning)) OR starts_with(lower(o.id), lower(f.beginning)))
    AND (f.state IS NULL OR CASE WHEN c.expires_at < now() THEN 'inactive' ELSE c.status END = f.state)
    AND (f.way IS NULL OR f.way = CASE c.source_organization_id WHEN 'org_ABC123' THEN 'outbound' ELSE 'inbound' END)
    ORDER BY c.id DESC) AS expected) AS w, (VALUES (true), (false)) AS d (forth)
ORDER BY 1, 2, 3, 4;
RESET SESSION AUTHORIZATION;
DROP POLICY regress_all ON connect.organization;
REVOKE SELECT ON connect.connection, connect.organization FROM regress_connect_source;
DROP FUNCTION test.walk;

-- The indexes serve a range of names and of ids.
ANALYZE connect.organization;
DO $$
DECLARE
    line text;
    plan text := '';
BEGIN
    FOR line IN EXPLAIN SELECT o.id FROM connect.organization AS o
        WHERE lower(o.name) COLLATE "C" >= 'rare' AND lower(o.name) COLLATE "C" < 'rarf'
        UNION SELECT o.id FROM connect.organization AS o WHERE lower(o.id) >= 'rare' AND lower(o.id) < 'rarf' LOOP
        plan := plan || line;
    END LOOP;
    RAISE NOTICE 'names: %, ids: %, all of it: %', plan ~ 'organization_lower_name_idx', plan ~ 'organization_lower_id_idx', plan ~ 'Seq Scan';
END $$;
CALL test.reset();
