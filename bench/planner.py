"""planner.py: what queries on a shared table take, by who asks, beside policies that people would write.

For organizations that see no owner, one, one whose rows are old, 20, 1,000 and all
10,000, and seven queries: milliseconds as the client sees them, planning included, the
best of three, under

  may_see     the policy of share_table()
  1.0.0       the policy that share_table() made before 1.1.0, without what the planner is
              told since
  is_allowed  the same policy, with it
  EXISTS      a sub-select for each row
  = ANY       an array made once by a sub-select
  semi-join   no row security: the query joins with a sub-select of the sources

The last column but one is may_see over the best of the last three (aim: at most 1.5),
the last one may_see over 1.0.0 where that was best of all (aim: at most 1.1).
"""

import time

import psycopg2

from cluster import Cluster, execute
from report import ratio, row, table

OWNERS = 10000
READERS = {"no owner": "see_none", "1 owner": "see_one", "1 owner, old rows": "see_old", "20 owners": "see_20",
           "1,000 owners": "see_1000", "all owners": "see_all"}

SETUP = f"""
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name)
SELECT 'org_' || lpad(n::text, 6, '0'), 'Owner' FROM generate_series(1, {OWNERS}) AS n
UNION ALL SELECT 'org_' || r, 'Reader' FROM unnest('{{{",".join(READERS.values())}}}'::text[]) AS r;
SET session_replication_role = replica;
-- each owner shares with a reader if its number is among those; the order of ids is another one
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_' || r.name || md5(n::text), 'org_' || lpad(n::text, 6, '0'), 'org_' || r.name, 'active', '{{account.read,inquiry.read}}', now(), now()
FROM generate_series(1, {OWNERS}) AS n,
    (VALUES ('see_one', 5000, 5000), ('see_old', {OWNERS}, {OWNERS}), ('see_20', 3001, 3020), ('see_1000', 2001, 3000), ('see_all', 1, {OWNERS}))
        AS r (name, first, last)
WHERE n BETWEEN r.first AND r.last;
-- and some that have nothing to do with them
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_x' || n, 'org_' || lpad(n::text, 6, '0'), 'org_' || lpad((n % 1000 + 1)::text, 6, '0'), 'active', '{{account.read}}', now(), now()
FROM generate_series(1, {OWNERS}) AS n;
RESET session_replication_role;
"""

# The last owner has rows in the oldest tenth only.
TABLES = """
CREATE TABLE document (id int PRIMARY KEY, organization_id text NOT NULL, created_at timestamptz NOT NULL, key int NOT NULL, title text NOT NULL);
INSERT INTO document SELECT n, 'org_' || lpad((CASE WHEN n < {rows} / 10 AND n % 1000 = 7 THEN {owners}
        ELSE n::bigint * 7919 % ({owners} - 1) + 1 END)::text, 6, '0'),
    '2026-01-01'::timestamptz + n * (interval '365 days' / {rows}), (n::bigint * 104729 % {rows})::int, 'Document ' || n
FROM generate_series(1, {rows}) AS n;
CREATE INDEX ON document (organization_id);
CREATE INDEX ON document (organization_id, created_at);
CREATE INDEX ON document (created_at);
CREATE INDEX ON document (key);
CREATE TABLE line (id int PRIMARY KEY, document_id int NOT NULL, amount int NOT NULL);
INSERT INTO line SELECT n, n::bigint * 1299709 % {rows} + 1, n % 100 FROM generate_series(1, {rows} / 10) AS n;
CREATE INDEX ON line (document_id);
-- the sub-selects of the others need not pass by the policies of the store
ALTER TABLE connect.connection DISABLE ROW LEVEL SECURITY;
ALTER TABLE document ENABLE ROW LEVEL SECURITY;
"""

ME = "(SELECT connect.current_organization_id())"
SOURCES = f"""SELECT c.source_organization_id FROM connect.connection AS c
    WHERE c.destination_organization_id = {{me}} AND c.status = 'active' AND 'inquiry.read' = ANY (c.scopes)"""

POLICIES = {
    "may_see": "connect.may_see(organization_id, 'inquiry.read')",
    "1.0.0": f"organization_id = {ME} OR connect.is_allowed(organization_id, {ME}, 'inquiry.read')",
    "is_allowed": f"organization_id = {ME} OR connect.is_allowed(organization_id, {ME}, 'inquiry.read')",
    "EXISTS": f"organization_id = {ME} OR EXISTS ({SOURCES.format(me=ME)} AND c.source_organization_id = document.organization_id)",
    "= ANY": "organization_id = ANY ((SELECT connect.visible_organizations('inquiry.read'))::text[])",
}
PEERS = ("EXISTS", "= ANY", "semi-join")

SHAPES = {
    "count": "SELECT count(*) FROM {document} AS d",
    "newest 50": "SELECT * FROM {document} AS d ORDER BY created_at DESC LIMIT 50",
    "page by key": "SELECT * FROM {document} AS d WHERE key > {half} ORDER BY key LIMIT 50",
    "one day": "SELECT count(*) FROM {document} AS d WHERE created_at >= '2026-06-01' AND created_at < '2026-06-02'",
    "join": "SELECT count(*), sum(l.amount) FROM {document} AS d JOIN line AS l ON l.document_id = d.id",
    "max": "SELECT max(created_at) FROM {document} AS d",
    "group by": "SELECT organization_id, count(*) FROM {document} AS d GROUP BY organization_id",
}

WITHOUT_SUPPORT = "UPDATE pg_proc SET prosupport = 0 WHERE oid = 'connect.is_allowed(text,text,text)'::regprocedure"
WITH_SUPPORT = "UPDATE pg_proc SET prosupport = 'connect.gate_support'::regproc WHERE oid = 'connect.is_allowed(text,text,text)'::regprocedure"


def shortest(cursor, query, limit):
    """Milliseconds of the best of three, or of one that took long; and the answer."""
    times = []
    while len(times) < 3 and (not times or times[-1] < limit):
        begin = time.perf_counter()
        cursor.execute(query)
        answer = cursor.fetchall()
        times.append((time.perf_counter() - begin) * 1000)
    return min(times), answer


def measure_way(way, rows, results):
    """All queries of all readers in one way."""
    if way in POLICIES:
        execute(f"CREATE POLICY shared ON document FOR SELECT USING ({POLICIES[way]})")
    if way == "1.0.0":
        execute(WITHOUT_SUPPORT)
    for reader, login in READERS.items():
        connection = psycopg2.connect(user="postgres" if way == "semi-join" else login)
        connection.autocommit = True
        cursor = connection.cursor()
        own = f"'org_{login}'"
        sources = f"(SELECT * FROM document WHERE organization_id IN ({SOURCES.format(me=own)} UNION ALL SELECT {own}))"
        for name, shape in SHAPES.items():
            query = shape.format(document=sources if way == "semi-join" else "document", half=rows // 2)
            taken, answer = shortest(cursor, query, 2000)
            results[reader, name][way] = taken
            seen = results[reader, name].setdefault("answer", len(answer) if len(answer) > 1 else answer)
            if seen != (len(answer) if len(answer) > 1 else answer):
                raise RuntimeError(f"{name} for {reader}, {way}: another answer")
        connection.close()
    if way == "1.0.0":
        execute(WITH_SUPPORT)
    if way in POLICIES:
        execute("DROP POLICY shared ON document")


def measure_planning():
    """Milliseconds that planning takes, the best of 20."""
    table("Planning a count, ms (aim: at most 0.3 more than without row security)", "who asks", "no row security", "may_see", "may_see, a new session")
    execute("CREATE POLICY shared ON document FOR SELECT USING (connect.may_see(organization_id, 'inquiry.read'))")
    for reader, login in READERS.items():
        times = {}
        for way, user, fresh in (("none", "postgres", False), ("may_see", login, False), ("fresh", login, True)):
            taken = []
            connection = None
            for _ in range(20):
                if connection is None or fresh:
                    connection = psycopg2.connect(user=user)
                    connection.autocommit = True
                    cursor = connection.cursor()
                    # what any first statement reads of the catalogs
                    cursor.execute("EXPLAIN SELECT count(*) FROM line")
                    cursor.execute("SELECT connect.may_see('org_000001', 'inquiry.read'), count(*) FROM document WHERE id < 0")
                cursor.execute("EXPLAIN (SUMMARY) SELECT count(*) FROM document")
                taken.append(next(float(line.split()[2]) for line, in cursor.fetchall() if line.startswith("Planning Time")))
                if fresh:
                    connection.close()
            connection.close()
            times[way] = min(taken)
        row(reader, times["none"], times["may_see"], times["fresh"])
    execute("DROP POLICY shared ON document")


def measure(rows):
    with Cluster(shared_buffers="1GB", autovacuum="off", jit="off", shared_preload_libraries="connect", max_wal_size="8GB") as _:
        execute(SETUP, *TABLES.format(rows=rows, owners=OWNERS).split(";\n")[:-1])
        for login in READERS.values():
            execute(f"CREATE ROLE {login} LOGIN", f"SELECT connect.map_role('{login}', 'org_{login}'), connect.grant_check('{login}')",
                    f"GRANT SELECT ON document, line, connect.connection TO {login}")
        execute("VACUUM ANALYZE", "CHECKPOINT")
        results = {(reader, shape): {} for reader in READERS for shape in SHAPES}
        for way in (*POLICIES, "semi-join"):
            measure_way(way, rows, results)
        table(f"Queries on {rows:,} rows of 10,000 owners, ms (aims: 1.5 and 1.1)", "who asks", "query", *POLICIES, "semi-join",
              "may_see, of the best of the others", "of 1.0.0, where best")
        for (reader, name), taken in results.items():
            best = min(taken[way] for way in PEERS)
            row(reader, name, *(taken[way] for way in (*POLICIES, "semi-join")), ratio(taken["may_see"], best),
                ratio(taken["may_see"], taken["1.0.0"]) if taken["1.0.0"] <= best else None)
        measure_planning()
