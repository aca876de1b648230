"""queries.py: what stress.py makes and asks. Imported, not run."""

SETUP = """
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name)
    SELECT 'org_' || n, 'Source' FROM generate_series(1, {pairs}) AS n UNION ALL VALUES ('org_hub', 'Hub');
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes)
    SELECT 'cxn_' || n, 'org_' || n, 'org_hub', '{{account.read}}' FROM generate_series(1, {pairs}) AS n;
CREATE TABLE hot (n int PRIMARY KEY, source text NOT NULL);
INSERT INTO hot SELECT n, 'org_' || n FROM generate_series(1, {pairs}) AS n;
CREATE TABLE big (n int PRIMARY KEY, source text NOT NULL);
INSERT INTO big SELECT n, 'org_' || n % ({pairs} * 20) FROM generate_series(1, {pairs} * 200) AS n;
CREATE INDEX ON big (source);
ANALYZE big;
CREATE ROLE hub_{database} LOGIN SUPERUSER;
SELECT connect.map_role('hub_{database}', 'org_hub');
CREATE TABLE noise (n bigserial PRIMARY KEY, written timestamptz DEFAULT now());
"""

COMPARE = """
SELECT count(*), count(*) FILTER (WHERE gate <> truth), count(*) FILTER (WHERE truth)
FROM (SELECT {gate}(h.source, 'org_hub', 'account.read') AS gate,
        EXISTS (SELECT FROM connect.connection AS c
            WHERE c.source_organization_id = h.source AND c.destination_organization_id = 'org_hub'
                AND c.status = 'active' AND 'account.read' = ANY (c.scopes)) AS truth
    FROM hot AS h WHERE h.n % {step} = 0) AS q
"""

# By the index, under the array; a superuser that is mapped to the hub asks.
COMPARE_BY_INDEX = """
SELECT count(*), count(*) FILTER (WHERE (a.source IS NULL) <> (b.source IS NULL)), count(b.source)
FROM (SELECT DISTINCT h.source FROM big AS h WHERE connect.may_see(h.source, 'account.read')) AS a
FULL JOIN (SELECT DISTINCT h.source FROM big AS h JOIN connect.connection AS c ON c.source_organization_id = h.source
    WHERE c.destination_organization_id = 'org_hub' AND c.status = 'active' AND 'account.read' = ANY (c.scopes)) AS b USING (source)
"""

# Each statement of the loop has a snapshot of its own; a function keeps its state all along.
LOOP = """
CREATE FUNCTION compare_in_a_loop(times int, OUT asked bigint, OUT wrong bigint, OUT active bigint) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    asked := 0; wrong := 0; active := 0;
    FOR i IN 1..times LOOP
        FOR r IN SELECT h.source FROM hot AS h WHERE h.n % 10 = i % 10 LOOP
            SELECT asked + 1, wrong + (q.gate <> q.truth)::int, active + q.truth::int INTO asked, wrong, active
            FROM (SELECT {gate}(r.source, 'org_hub', 'account.read') AS gate,
                EXISTS (SELECT FROM connect.connection AS c
                    WHERE c.source_organization_id = r.source AND c.destination_organization_id = 'org_hub'
                        AND c.status = 'active' AND 'account.read' = ANY (c.scopes)) AS truth) AS q;
        END LOOP;
    END LOOP;
END $$;
"""

TOGGLE = """
UPDATE connect.connection SET status = CASE status WHEN 'pending' THEN 'active'
    WHEN 'active' THEN 'inactive' ELSE 'pending' END::connect.connection_status WHERE id = %s
"""
