"""planner.py: what queries on a shared table take, by who asks, beside policies that people would write.

For organizations that see no owner, one, one whose rows are old, 20, 1,000 and all
10,000, and seven queries: milliseconds of a processor, planning included, without
parallel workers, so that other work on the machine does not count; the best of several
turns, in which the ways follow each other, under

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

import pathlib
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
    "1.0.0": f"organization_id = {ME} OR public.is_allowed(organization_id, {ME}, 'inquiry.read')",
    "is_allowed": f"organization_id = {ME} OR connect.is_allowed(organization_id, {ME}, 'inquiry.read')",
    "EXISTS": f"organization_id = {ME} OR EXISTS ({SOURCES.format(me=ME)} AND c.source_organization_id = document.organization_id)",
    "= ANY": "organization_id = ANY ((SELECT connect.visible_organizations('inquiry.read'))::text[])",
}
PEERS = ("EXISTS", "= ANY", "semi-join")
WAYS = (*POLICIES, "semi-join")

SHAPES = {
    "count": "SELECT count(*) FROM {document} AS d",
    "newest 50": "SELECT * FROM {document} AS d ORDER BY created_at DESC LIMIT 50",
    "page by key": "SELECT * FROM {document} AS d WHERE key > {half} ORDER BY key LIMIT 50",
    "one day": "SELECT count(*) FROM {document} AS d WHERE created_at >= '2026-06-01' AND created_at < '2026-06-02'",
    "join": "SELECT count(*), sum(l.amount) FROM {document} AS d JOIN line AS l ON l.document_id = d.id",
    "max": "SELECT max(created_at) FROM {document} AS d",
    "group by": "SELECT organization_id, count(*) FROM {document} AS d GROUP BY organization_id",
}

# The ways take turns, so that whatever else the machine does hits all of them. Each is asked so often, but after
# the first turns only as long as this took no more than so many milliseconds; what took longer than the limit is
# asked once, and ended at the end.
LEAST_TURNS, MOST_TURNS, TURNS_TIME = 3, 20, 300
LIMIT, END = 1500, 20000


def login_of(reader, way):
    return f"{READERS[reader]}__{list(POLICIES).index(way)}" if way in POLICIES else "postgres"


def make_logins():
    """Makes a login for each reader and policy, and the policies, each for its logins."""
    (function,), = execute("SELECT pg_get_functiondef('connect.is_allowed(text,text,text)'::regprocedure)")
    execute(function.replace("FUNCTION connect.is_allowed(", "FUNCTION public.is_allowed(").replace(" SUPPORT connect.gate_support", ""))
    for number, (way, condition) in enumerate(POLICIES.items()):
        execute(f"CREATE ROLE way_{number}", f"CREATE POLICY way_{number} ON document FOR SELECT TO way_{number} USING ({condition})")
        for reader, organization in READERS.items():
            login = login_of(reader, way)
            execute(f"CREATE ROLE {login} LOGIN IN ROLE way_{number}",
                    f"SELECT connect.map_role('{login}', 'org_{organization}'), connect.grant_check('{login}')",
                    f"GRANT SELECT ON document, line, connect.connection TO {login}")


def processor_time(pid):
    """Milliseconds that a process has used a processor for."""
    return int(pathlib.Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def ask(cursor, query):
    """Milliseconds of a processor that a query takes, or END, and its answer, or None."""
    pid = cursor.connection.get_backend_pid()
    begin = processor_time(pid)
    try:
        cursor.execute(query)
        answer = cursor.fetchall()
    except psycopg2.errors.QueryCanceled:
        return END, None
    time.sleep(0.001)  # until the server is waiting again
    return processor_time(pid) - begin, answer if len(answer) == 1 else len(answer)


def queries(reader, shape, rows):
    """What each way asks."""
    own = f"'org_{READERS[reader]}'"
    joined = f"(SELECT * FROM document WHERE organization_id IN ({SOURCES.format(me=own)} UNION ALL SELECT {own}))"
    return {way: SHAPES[shape].format(document="document" if way in POLICIES else joined, half=rows // 2) for way in WAYS}


def take_turns(cursors, asked, name):
    """The best milliseconds of each way. All must answer alike."""
    times = {way: [] for way in asked}
    answers = {}
    for turn in range(MOST_TURNS):
        for way, query in asked.items():
            if sum(times[way]) < (TURNS_TIME if turn >= LEAST_TURNS else LIMIT):
                taken, answer = ask(cursors[way], query)
                times[way].append(taken)
                answers[str(answer)] = way
    if len(answers.keys() - {"None"}) != 1:
        raise RuntimeError(f"{name}: {answers}")
    return {way: min(taken) for way, taken in times.items()}


def measure_queries(rows):
    """All queries of all readers in all ways."""
    table(f"Queries on {rows:,} rows of 10,000 owners, ms of a processor (aims: 1.5 and 1.1)", "who asks", "query", *WAYS,
          "may_see, of the best of the last three", "of 1.0.0, where best")
    for reader in READERS:
        cursors = {}
        for way in WAYS:
            connection = psycopg2.connect(user=login_of(reader, way))
            connection.autocommit = True
            cursors[way] = connection.cursor()
            cursors[way].execute(f"SET statement_timeout = {END}; SET max_parallel_workers_per_gather = 0")
        for shape in SHAPES:
            taken = take_turns(cursors, queries(reader, shape, rows), f"{shape} for {reader}")
            best = min(taken[way] for way in PEERS)
            row(reader, shape, *(taken[way] for way in WAYS), ratio(taken["may_see"], best),
                ratio(taken["may_see"], taken["1.0.0"]) if taken["1.0.0"] <= best else None)
        for cursor in cursors.values():
            cursor.connection.close()


def measure_planning():
    """Milliseconds that planning takes, the best of 20."""
    table("Planning a count, ms (aim: at most 0.3 more than without row security)", "who asks", "no row security", "may_see", "may_see, a new session")
    for reader in READERS:
        login = login_of(reader, "may_see")
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


def measure(rows):
    with Cluster(shared_buffers="1GB", autovacuum="off", jit="off", shared_preload_libraries="connect", max_wal_size="8GB") as _:
        execute(SETUP, *TABLES.format(rows=rows, owners=OWNERS).split(";\n")[:-1])
        make_logins()
        execute("VACUUM ANALYZE", "CHECKPOINT")
        measure_queries(rows)
        measure_planning()
