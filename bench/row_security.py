"""row_security.py: measures what the gate costs per row, under row security, while others write.

  page   pages of 50 rows a second under the policy of share_table(), over those under
         policies that people would write; 300 unrelated and 100 Connection writes a
         second run beside each
  scan   processor time to count 1,000,000 rows of 20,000 owners under the policy, over
         that of a hashed semi-join without row security; once more where 100,000 others,
         who own nothing there, share with the same organization, and are older
"""

import os
import re
import statistics
import subprocess
import time

import psycopg2

from cluster import BIN, Cluster, execute
from report import ratio, row, table

OWNERS = 20000
OTHERS = 100000
ROWS = 1000000

SETUP = f"""
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name) SELECT 'org_' || lpad(n::text, 6, '0'), 'Owner' FROM generate_series(0, {OWNERS}) AS n;
SET session_replication_role = replica;
-- org_000000 may see four in five of the owners
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_' || lpad(n::text, 6, '0'), 'org_' || lpad(n::text, 6, '0'), 'org_000000',
    CASE WHEN n % 5 = 0 THEN 'inactive' ELSE 'active' END::connect.connection_status, '{{account.read,inquiry.read}}', now(), now()
FROM generate_series(1, {OWNERS}) AS n;
-- and some that have nothing to do with it
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_x' || lpad(n::text, 6, '0'), 'org_' || lpad(n::text, 6, '0'), 'org_' || lpad((n % 100 + 1)::text, 6, '0'),
    'active', '{{account.read,inquiry.read}}', now(), now()
FROM generate_series(1, {OWNERS}) AS n;
-- org_crowded may see the same and, before them, others that own nothing
INSERT INTO connect.organization (id, name) SELECT 'org_c' || lpad(n::text, 6, '0'), 'Other' FROM generate_series(1, {OTHERS}) AS n
UNION ALL VALUES ('org_crowded', 'Crowded');
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at)
SELECT 'cxn_a' || lpad(n::text, 6, '0'), 'org_c' || lpad(n::text, 6, '0'), 'org_crowded', 'active', '{{account.read,inquiry.read}}', now(), now()
FROM generate_series(1, {OTHERS}) AS n
UNION ALL SELECT 'cxn_b' || c.id, c.source_organization_id, 'org_crowded', c.status, c.scopes, now(), now()
FROM connect.connection AS c WHERE c.destination_organization_id = 'org_000000';
RESET session_replication_role;
CREATE TABLE document (id int PRIMARY KEY, organization_id text NOT NULL, title text NOT NULL);
INSERT INTO document SELECT n, 'org_' || lpad((n::bigint * 7919 % {OWNERS} + 1)::text, 6, '0'), 'Document ' || n
FROM generate_series(1, {ROWS}) AS n;
CREATE TABLE noise (n bigserial PRIMARY KEY, written timestamptz DEFAULT now());
CREATE ROLE partner LOGIN;
CREATE ROLE crowded LOGIN;
SELECT connect.map_role('partner', 'org_000000'), connect.grant_check('partner'),
    connect.map_role('crowded', 'org_crowded'), connect.grant_check('crowded');
GRANT SELECT ON document TO partner, crowded;
GRANT SELECT ON connect.connection TO partner;
"""

# Many people start with a set-returning function.
SHARED_SOURCES = """
CREATE FUNCTION shared_sources() RETURNS SETOF text LANGUAGE sql STABLE SECURITY DEFINER AS $$
    SELECT c.source_organization_id FROM connect.connection AS c JOIN connect.organization_role AS r
        ON r.organization_id = c.destination_organization_id AND r.role_name = session_user
    WHERE c.status = 'active' AND 'inquiry.read' = ANY (c.scopes) $$
"""

SHARE = "SELECT connect.share_table('document', 'organization_id', 'inquiry.read')"
UNSHARE = "SELECT connect.unshare_table('document')"

# For each policy, how it is made and how it is dropped.
POLICIES = {
    "no row security": ("ALTER TABLE document DISABLE ROW LEVEL SECURITY", "ALTER TABLE document ENABLE ROW LEVEL SECURITY"),
    "EXISTS": ("""CREATE POLICY shared ON document FOR SELECT USING (
            organization_id = (SELECT connect.current_organization_id())
            OR EXISTS (SELECT FROM connect.connection AS c
                WHERE c.source_organization_id = document.organization_id
                    AND c.destination_organization_id = (SELECT connect.current_organization_id())
                    AND c.status = 'active' AND 'inquiry.read' = ANY (c.scopes)))""", "DROP POLICY shared ON document"),
    "IN (SELECT set-returning function)": ("""CREATE POLICY shared ON document FOR SELECT USING (
            organization_id IN (SELECT shared_sources()))""", "DROP POLICY shared ON document"),
    "share_table()": (SHARE, UNSHARE),
}

PAGE = "\\set id random(1, 900000)\nSELECT * FROM document WHERE id > :id ORDER BY id LIMIT 50;\n"
UNRELATED = "INSERT INTO noise DEFAULT VALUES;\n"
TOGGLE = f"""\\set n random(1, {OWNERS})
UPDATE connect.connection SET status = CASE status WHEN 'pending' THEN 'active' WHEN 'active' THEN 'inactive'
    ELSE 'pending' END::connect.connection_status WHERE id = 'cxn_x' || lpad(:n::text, 6, '0');
"""

JOIN = """SELECT count(*) FROM document AS d WHERE d.organization_id IN
    (SELECT c.source_organization_id FROM connect.connection AS c WHERE c.destination_organization_id = '{organization}'
        AND c.status = 'active' AND 'inquiry.read' = ANY (c.scopes))"""


def pgbench(script, user, *options):
    return [BIN / "pgbench", "-n", "-M", "prepared", "-U", user, "-f", script, *options]


def writes_so_far():
    return execute("SELECT (SELECT count(*) FROM noise), (SELECT count(*) FROM connect.event)")[0]


def pages(scripts, seconds):
    """Returns the partner's pages a second while others write, and the writes a second of both kinds."""
    writers = [subprocess.Popen(pgbench(scripts[name], "postgres", "-R", rate, "-c", "2", "-T", str(seconds + 2)),
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
               for name, rate in (("unrelated", "300"), ("toggle", "100"))]
    try:
        time.sleep(1)
        before = writes_so_far()
        run = subprocess.run(pgbench(scripts["page"], "partner", "-T", str(seconds)),
                             check=True, capture_output=True, text=True)
        after = writes_so_far()
    finally:
        for writer in writers:
            writer.wait()
    return (float(re.search(r"tps = ([0-9.]+)", run.stdout)[1]), *((b - a) / seconds for a, b in zip(before, after)))


def measure_pages(cluster, where, rounds, seconds):
    scripts = {}
    for name, text in (("page", PAGE), ("unrelated", UNRELATED), ("toggle", TOGGLE)):
        scripts[name] = cluster.folder / f"{name}.sql"
        scripts[name].write_text(text, encoding="utf-8")
    runs = {policy: [] for policy in POLICIES}
    for _ in range(rounds):
        for policy, (make, take_back) in POLICIES.items():
            execute(make)
            runs[policy].append(pages(scripts, seconds))
            execute(take_back)
    median = {policy: [statistics.median(figures) for figures in zip(*run)] for policy, run in runs.items()}
    table(f"Pages of 50 rows under row security, others writing, {where} (aims: 3 times EXISTS; preloaded 0.35 and 20 times)",
          "policy", "pages a second", "of no row security", "times EXISTS", "unrelated writes a second", "Connection writes a second")
    for policy, (tps, unrelated, toggles) in median.items():
        row(policy, tps, ratio(tps, median["no row security"][0]), ratio(tps, median["EXISTS"][0]), unrelated, toggles)


def processor_time(pid):
    """Returns for how many milliseconds a process has run."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def scan(query, user):
    """Returns the milliseconds of processor time, the best of three, and the count."""
    times = []
    for _ in range(3):
        connection = psycopg2.connect(user=user)
        cursor = connection.cursor()
        cursor.execute("SET max_parallel_workers_per_gather = 0")
        begin = processor_time(connection.info.backend_pid)
        cursor.execute(query)
        count = cursor.fetchone()[0]
        times.append(processor_time(connection.info.backend_pid) - begin)
        connection.close()
    return min(times), count


def measure_scan(where):
    table(f"A scan of 1,000,000 rows with 20,000 owners, {where}, work_mem 4 MB (aims: at most 1.2; among 100,000 others 1.3)",
          "who asks", "hashed semi-join, ms", "share_table(), ms", "of the hashed semi-join")
    execute(SHARE)
    for login, organization in (("partner", "org_000000"), ("crowded", "org_crowded")):
        join, expected = scan(JOIN.format(organization=organization), "postgres")
        gate, seen = scan("SELECT count(*) FROM document", login)
        if seen != expected:
            raise RuntimeError(f"{seen} rows under the policy, {expected} in the join")
        row(organization, join, gate, ratio(gate, join))
    execute(UNSHARE)


def measure(rounds, seconds):
    for where, library in (("not preloaded", ""), ("preloaded", "connect")):
        with Cluster(shared_buffers="512MB", autovacuum="off", jit="off", shared_preload_libraries=library) as cluster:
            execute(SETUP, SHARED_SOURCES, "ALTER TABLE document ENABLE ROW LEVEL SECURITY", "VACUUM ANALYZE", "CHECKPOINT")
            measure_scan(where)
            measure_pages(cluster, where, rounds, seconds)
