"""growth.py: measures what a store costs as it grows: bytes, WAL, HOT updates, pages, memory of a backend."""

import psycopg2

from cluster import Cluster, execute
from pgbench import medians, tps
from report import ratio, row, table

ORGANIZATIONS = 5000

SETUP = f"""
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name) SELECT 'org_' || lpad(n::text, 7, '0'), 'Partner' FROM generate_series(0, {ORGANIZATIONS}) AS n
UNION ALL VALUES ('org_hub', 'Hub');
CREATE ROLE hub LOGIN;
SELECT connect.map_role('hub', 'org_hub'), connect.grant_usage('hub');
"""

# Ids as they are made here, in the order of time. Every organization has as many of them.
GROW = f"""
SET session_replication_role = replica;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, status, scopes, creator_id,
    creator_type, created_at, updated_at)
SELECT 'cxn_01k' || lpad(n::text, 23, '0'), 'org_' || lpad((n % {ORGANIZATIONS})::text, 7, '0'),
    'org_' || lpad((n / {ORGANIZATIONS})::text, 7, '0'), 'Partner Connection', 'pending', '{{{{account.read,inquiry.read}}}}',
    'api_01k' || lpad((n % 100)::text, 23, '0'), 'api-key', now(), now() FROM generate_series({{first}}, {{last}}) AS n;
RESET session_replication_role;
"""

ACTIVATE = """\\set n random(1, :rows)
UPDATE connect.connection SET status = CASE status WHEN 'pending' THEN 'active' WHEN 'active' THEN 'inactive'
    ELSE 'pending' END::connect.connection_status WHERE id = 'cxn_01k' || lpad(:n::text, 23, '0');
"""
RETRIEVE = "\\set n random(1, :rows)\nSELECT * FROM connect.connection WHERE id = 'cxn_01k' || lpad(:n::text, 23, '0');\n"

# An organization with 100,000 Connections, of which one in 2,000 is an offer that waits.
HUB = 100000
FILL_HUB = f"""
SET session_replication_role = replica;
INSERT INTO connect.organization (id, name) SELECT 'org_p' || lpad(n::text, 7, '0'), 'Partner' FROM generate_series(1, {HUB}) AS n;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, status, scopes, created_at, updated_at)
SELECT 'cxn_p' || lpad(n::text, 25, '0'), 'org_p' || lpad(n::text, 7, '0'), 'org_hub', 'Partner Connection',
    CASE WHEN n % 2000 = 7 THEN 'pending' ELSE 'active' END::connect.connection_status, '{{account.read,inquiry.read}}', now(), now()
FROM generate_series(1, {HUB}) AS n;
RESET session_replication_role;
"""
PAGES = {
    "first": "SELECT connect.list_connections(page_size => 100);",
    "in the middle": "SELECT connect.list_connections(page_size => 100, page_after => 'cxn_p' || lpad('50000', 25, '0'));",
    "last": "SELECT connect.list_connections(page_size => 100, page_after => 'cxn_p' || lpad('101', 25, '0'));",
    "of pending ones, inbound": "SELECT connect.list_connections(status => 'pending', direction => 'inbound', page_size => 50);",
}
PARTIAL_INDEX = """CREATE INDEX pending_idx ON connect.connection (destination_organization_id, id) WHERE status = 'pending'"""


def number(query):
    return execute(query)[0][0]


def measure_size(cluster, sizes, rounds, seconds):
    """Grows the store and shows bytes and speed at each size."""
    table("Growth (aims: at most 512 bytes a Connection; 1,000,000 at least 0.75 of the tps at 10,000)", "Connections",
          "bytes a Connection", "retrieve, tps", "of the first", "plain UPDATE, tps", "of the first")
    empty = number("SELECT pg_total_relation_size('connect.connection')")
    begin, done = None, 0
    for size in sizes:
        for first in range(done + 1, size + 1, 1000000):
            execute(GROW.format(first=first, last=min(first + 999999, size)))
        done = size
        execute("VACUUM ANALYZE connect.connection", "CHECKPOINT")
        width = (number("SELECT pg_total_relation_size('connect.connection')") - empty) / size
        at = medians(cluster, {"retrieve": RETRIEVE, "update": ACTIVATE}, rounds, "postgres",
                     "-D", f"rows={size}", "-T", str(seconds))
        begin = begin or at
        row(size, width, at["retrieve"], ratio(at["retrieve"], begin["retrieve"]), at["update"], ratio(at["update"], begin["update"]))


def transitions(cluster, size):
    """Does 2,000 transitions; returns bytes of WAL and the share of HOT updates."""
    execute("CHECKPOINT", "SELECT pg_stat_reset()")
    # full_page_writes is off, since what it adds to the first change of a page is not ours.
    before = number("SELECT pg_current_wal_insert_lsn()::text")
    tps(cluster, "postgres", ACTIVATE, "-D", f"rows={size}", "-t", "2000")
    wal = number(f"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{before}')::float8 / 2000")
    execute("SELECT pg_sleep(1)")
    hot = number("""SELECT n_tup_hot_upd::float8 / greatest(n_tup_upd, 1) FROM pg_stat_user_tables
        WHERE relid = 'connect.connection'::regclass""")
    return wal, hot


def event_wal(cluster, size):
    """Returns the bytes of WAL for the event rows of as many transitions: the same rows are inserted anew."""
    execute("CREATE TABLE event_copy (LIKE connect.event INCLUDING ALL)",
            "INSERT INTO event_copy SELECT * FROM connect.event WHERE id NOT IN (SELECT id FROM connect.event ORDER BY id DESC LIMIT 2000)",
            "CHECKPOINT")
    before = number("SELECT pg_current_wal_insert_lsn()::text")
    execute("INSERT INTO event_copy SELECT * FROM connect.event ORDER BY id DESC LIMIT 2000")
    wal = number(f"SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '{before}')::float8 / 2000")
    execute("DROP TABLE event_copy")
    return wal


def measure_writes(cluster, size):
    """Shows WAL and HOT updates, without and with the partial index that would serve the inbox."""
    table("A transition (aims: at most 400 bytes of WAL besides the event row; HOT at least 0.95)", "indexes",
          "WAL, bytes", "of which the event row", "HOT")
    execute("ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
    wal, hot = transitions(cluster, size)
    row("connect's", wal, event_wal(cluster, size), hot)
    execute(PARTIAL_INDEX)
    wal, hot = transitions(cluster, size)
    row("and a partial one on pending", wal, None, hot)
    execute("DROP INDEX connect.pending_idx")


def measure_pages(cluster, rounds, count):
    execute(FILL_HUB, "VACUUM ANALYZE connect.connection")
    table(f"Pages of 100 among {HUB:,} Connections (aim: the last at most 1.2 of the first)", "page", "tps", "time, of the first")
    at = medians(cluster, PAGES, rounds, "hub", "-t", str(count))
    for name, figure in at.items():
        row(name, figure, ratio(at["first"], figure))
    execute(PARTIAL_INDEX, "ANALYZE connect.connection")
    figure = medians(cluster, {"rare": PAGES["of pending ones, inbound"]}, rounds, "hub", "-t", str(count))["rare"]
    row("of pending ones, with a partial index", figure, ratio(at["first"], figure))
    execute("DROP INDEX connect.pending_idx")


def measure_memory(calls):
    """Shows what a backend has allocated before and after many calls."""
    connection = psycopg2.connect(user="hub")
    connection.autocommit = True
    cursor = connection.cursor()

    def allocated():
        cursor.execute("SELECT connect_bench_memory()")
        return cursor.fetchone()[0]

    execute("""CREATE FUNCTION connect_bench_memory() RETURNS bigint LANGUAGE sql SECURITY DEFINER
        RETURN (SELECT sum(total_bytes) FROM pg_backend_memory_contexts)""",
            """SELECT connect.register_organization('org_self', 'Self')""", "CREATE ROLE self LOGIN",
            """SELECT connect.map_role('self', 'org_self'), connect.grant_usage('self')""")
    table("Memory of a backend, bytes", "calls", f"after {calls // 100:,}", f"after {calls:,}")
    for name, query in (
            ("get_connection", "SELECT count(connect.get_connection('cxn_p' || lpad('1', 25, '0'))) FROM generate_series(1, {n})"),
            ("list_connections", "SELECT count(connect.list_connections()) FROM generate_series(1, {n} / 10)"),
            ("is_allowed", "SELECT count(connect.is_allowed('org_p' || lpad((n % 1000)::text, 7, '0'), 'org_hub')) FROM generate_series(1, {n}) AS n")):
        cursor.execute(query.format(n=calls // 100))
        begin = allocated()
        cursor.execute(query.format(n=calls))
        row(name, begin, allocated())
    connection.close()


def measure(large, quick):
    rounds = 3 if quick else 5
    sizes = (10000, 100000) if quick else (10000, 1000000, 10000000) if large else (10000, 1000000)
    with Cluster(shared_buffers="1GB", autovacuum="off", jit="off", max_wal_size="8GB", checkpoint_timeout="1h") as cluster:
        execute(SETUP, "ALTER TABLE connect.connection SET (autovacuum_enabled = off)")
        measure_size(cluster, sizes, rounds, 1 if quick else 2)
        measure_writes(cluster, 10000)
        measure_pages(cluster, rounds, 20 if quick else 100)
        measure_memory(10000 if quick else 100000)
