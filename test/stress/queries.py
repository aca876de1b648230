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

# What the gate must answer about a row c, and whether only a term is in the way. The time is that of the
# statement which the client has sent; in a function it stands still.
ACTIVE = "c.status = 'active' AND 'account.read' = ANY (c.scopes)"
ENDED = "c.expires_at <= greatest(now(), statement_timestamp())"
TRUTH = f"{ACTIVE} AND {ENDED} IS NOT TRUE"

OF_PAIR = "c.source_organization_id = {source} AND c.destination_organization_id = 'org_hub'"

COMPARE = f"""
SELECT count(*), count(*) FILTER (WHERE gate <> truth), count(*) FILTER (WHERE truth), count(*) FILTER (WHERE ended)
FROM (SELECT {{gate}}(h.source, 'org_hub', 'account.read') AS gate,
        EXISTS (SELECT FROM connect.connection AS c WHERE {OF_PAIR.format(source='h.source')} AND {TRUTH}) AS truth,
        EXISTS (SELECT FROM connect.connection AS c WHERE {OF_PAIR.format(source='h.source')} AND {ACTIVE} AND {ENDED}) AS ended
    FROM hot AS h WHERE h.n % {{step}} = 0) AS q
"""

# By the index, under the array; a superuser that is mapped to the hub asks.
COMPARE_BY_INDEX = f"""
SELECT count(*), count(*) FILTER (WHERE (a.source IS NULL) <> (b.source IS NULL)), count(b.source), 0
FROM (SELECT DISTINCT h.source FROM big AS h WHERE connect.may_see(h.source, 'account.read')) AS a
FULL JOIN (SELECT DISTINCT h.source FROM big AS h JOIN connect.connection AS c ON c.source_organization_id = h.source
    WHERE c.destination_organization_id = 'org_hub' AND {TRUTH}) AS b USING (source)
"""

# Each statement of the loop has a snapshot of its own; a function keeps its state all along.
LOOP = f"""
CREATE FUNCTION compare_in_a_loop(times int, OUT asked bigint, OUT wrong bigint, OUT active bigint, OUT ended bigint) LANGUAGE plpgsql AS $$
DECLARE
    r record;
BEGIN
    asked := 0; wrong := 0; active := 0; ended := 0;
    FOR i IN 1..times LOOP
        FOR r IN SELECT h.source FROM hot AS h WHERE h.n % 10 = i % 10 LOOP
            SELECT asked + 1, wrong + (q.gate <> q.truth)::int, active + q.truth::int INTO asked, wrong, active
            FROM (SELECT {{gate}}(r.source, 'org_hub', 'account.read') AS gate,
                EXISTS (SELECT FROM connect.connection AS c WHERE {OF_PAIR.format(source='r.source')} AND {TRUTH}) AS truth) AS q;
        END LOOP;
    END LOOP;
END $$;
"""

# A gate for which a permission outlives its term until the next write: what the row says.
TERM_BLIND = f"""
CREATE FUNCTION term_blind(source text, destination text, scope text) RETURNS boolean LANGUAGE sql STABLE
    BEGIN ATOMIC SELECT EXISTS (SELECT FROM connect.connection AS c WHERE {OF_PAIR.format(source='source')} AND {ACTIVE}); END
"""

TOGGLE = """
UPDATE connect.connection AS c SET status = CASE connect.effective_status(c) WHEN 'pending' THEN 'active'
    WHEN 'active' THEN 'inactive' ELSE 'pending' END::connect.connection_status WHERE id = %s
"""

# Terms that pass while the others ask, those that never do, and none.
SET_TERM = """
UPDATE connect.connection SET {term} = clock_timestamp() + %s * interval '1 ms' WHERE id = %s
"""
CLEAR_TERM = """
UPDATE connect.connection SET {term} = %s WHERE id = %s
"""
