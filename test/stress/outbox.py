#!/usr/bin/python3
"""Follows the outbox while many write: each history in its order, none missing, none twice.

    test/stress/outbox.py               about 15 seconds
    test/stress/outbox.py --seconds N

Eight writers change 24 Connections: several changes a transaction, savepoints that
are rolled back, transactions that end in a rollback or are prepared, long pauses
before a commit, SERIALIZABLE ones among them. Beside them one reader follows the
table by (position, id), as doc/dba.md shows it, and one follows read_events().
Whatever they have read must be a history for each Connection at every moment: each
event starts where the one before ended. In the end both have read every event once.

What would be wrong must be seen to be: so a third reader goes by (transaction_id,
id), as versions before 1.1.0 had it, and must meet histories that are broken.

Prints TAP. Runs on a throw-away cluster of the installation that PG_CONFIG names,
where the extension must be installed. Needs python3-psycopg2.
"""

import argparse
import collections
import multiprocessing
import pathlib
import random
import signal
import sys
import time
import urllib.parse

import psycopg2
from psycopg2 import errors

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "script"))

from cluster import Cluster, execute  # noqa: E402  (it needs the path above)

WRITERS = 8
PAIRS = 24
EXPECTED = (errors.SerializationFailure, errors.DeadlockDetected)

SETUP = f"""
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name)
    SELECT 'org_' || n, 'Source' FROM generate_series(1, {PAIRS}) AS n UNION ALL VALUES ('org_hub', 'Hub');
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
    SELECT 'cxn_' || n, 'org_' || n, 'org_hub' FROM generate_series(1, {PAIRS}) AS n;
CREATE ROLE hub;
SELECT connect.map_role('hub', 'org_hub'), connect.grant_read('hub');
"""

CHANGE = """
UPDATE connect.connection SET status = CASE status WHEN 'pending' THEN 'active' WHEN 'active' THEN 'inactive'
    ELSE 'pending' END::connect.connection_status WHERE id = %s
"""

# The event's columns that a history is judged by. They are ordered by the column of the table, not by its text.
READ = """
SELECT e.{order}::text, e.id, e.subject_id, e.action, e.from_status, e.to_status FROM connect.event AS e
WHERE e.{order} < pg_snapshot_xmin(pg_current_snapshot()) AND (e.{order}, e.id) > (%s, %s)
ORDER BY e.{order}, e.id LIMIT 50
"""


def connect(**options):
    connection = psycopg2.connect(**options)
    connection.autocommit = True
    return connection


def change_some(cursor, number, counts):
    """Several changes, in the order of the ids as a careful writer locks them, and now and then not."""
    ids = [f"cxn_{random.randint(1, PAIRS)}" for _ in range(random.randint(1, 4))]
    if random.random() < 0.9:
        ids.sort()
    for each in ids:
        cursor.execute(CHANGE, (each,))
        if random.random() < 0.3:
            cursor.execute("SAVEPOINT s")
            cursor.execute(CHANGE, (each,))
            cursor.execute("ROLLBACK TO SAVEPOINT s")
            counts["savepoints rolled back"] += 1
        elif random.random() < 0.2:
            cursor.execute("SAVEPOINT s")
            cursor.execute(CHANGE, (each,))
            cursor.execute("RELEASE SAVEPOINT s")
            counts["savepoints released"] += 1
    if random.random() < 0.1:
        time.sleep(random.uniform(0, 0.1))
        counts["long"] += 1


def write(number, until, counts):
    random.seed(number)
    cursor = connect().cursor()
    name = f"outbox_{number}"
    while time.monotonic() < until:
        level = random.choice(["READ COMMITTED"] * 6 + ["REPEATABLE READ", "SERIALIZABLE"])
        cursor.execute(f"BEGIN ISOLATION LEVEL {level}")
        try:
            # its id may be older than the changes that it makes
            if random.random() < 0.5:
                cursor.execute("SELECT pg_current_xact_id()")
                time.sleep(random.uniform(0, 0.02))
            change_some(cursor, number, counts)
            end = random.random()
            if end < 0.1:
                cursor.execute("ROLLBACK")
                counts["rolled back"] += 1
            elif end < 0.2:
                cursor.execute(f"PREPARE TRANSACTION '{name}'")
                time.sleep(random.uniform(0, 0.05))
                cursor.execute(f"COMMIT PREPARED '{name}'")
                counts["prepared"] += 1
            else:
                cursor.execute("COMMIT")
                counts["committed"] += 1
        except EXPECTED:
            cursor.execute("ROLLBACK")
            counts["conflicts"] += 1
    cursor.connection.close()


class History:
    """What one reader has met."""

    def __init__(self):
        self.last = {}
        self.seen = set()
        self.order = collections.defaultdict(list)
        self.broken = self.twice = self.batches = 0

    def meet(self, number, subject, before, after):
        self.twice += number in self.seen
        self.broken += self.last.get(subject) != before
        self.last[subject] = after
        self.seen.add(number)
        self.order[subject].append(number)


def follow_table(order, stop, results):
    history, cursor, place = History(), connect().cursor(), ("0", "")
    while True:
        stopped = stop.is_set()
        cursor.execute(READ.format(order=order), place)
        rows = cursor.fetchall()
        for position, number, subject, _, before, after in rows:
            history.meet(number, subject, before, after)
            place = (position, number)
        history.batches += bool(rows)
        if stopped and not rows:
            break
        if not rows:
            time.sleep(0.001)
    results.put((order, history.broken, history.twice, dict(history.order), history.batches))


def follow_feed(stop, results):
    history, cursor, after = History(), connect().cursor(), None
    cursor.execute("SET ROLE hub")
    while True:
        stopped = stop.is_set()
        cursor.execute("SELECT connect.read_events(%s, 20)", (after,))
        document = cursor.fetchone()[0]
        for event in document["data"]:
            attributes = event["attributes"]
            history.meet(event["id"], attributes["subject-id"], attributes["from-status"], attributes["to-status"])
        after = urllib.parse.parse_qs(urllib.parse.urlsplit(document["links"]["next"]).query)["page[after]"][0]
        history.batches += bool(document["data"])
        if stopped and not document["data"]:
            break
        if not document["data"]:
            time.sleep(0.001)
    results.put(("read_events()", history.broken, history.twice, dict(history.order), history.batches))


def run_load(seconds):
    """Returns the counts of the writers, and what each reader has met."""
    manager = multiprocessing.Manager()
    stop, results, writer_counts = multiprocessing.Event(), multiprocessing.Queue(), manager.list()
    until = time.monotonic() + seconds

    def count_writes(number):
        counts = collections.Counter()
        write(number, until, counts)
        writer_counts.append(dict(counts))

    readers = [multiprocessing.Process(target=follow_table, args=(order, stop, results))
               for order in ("position", "transaction_id")]
    readers.append(multiprocessing.Process(target=follow_feed, args=(stop, results)))
    writers = [multiprocessing.Process(target=count_writes, args=(n,)) for n in range(WRITERS)]
    for process in readers + writers:
        process.start()
    for process in writers:
        process.join()
    stop.set()
    met = dict((name, rest) for name, *rest in (results.get(timeout=120) for _ in readers))
    for process in readers:
        process.join()
    counts = collections.Counter()
    for each in writer_counts:
        counts.update(each)
    return counts, met


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=10, help="of load")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    checks = []

    def check(good, what):
        checks.append(good)
        print(f"{'ok' if good else 'not ok'} {len(checks)} - {what}", flush=True)

    print("1..9")
    with Cluster(max_prepared_transactions=50):
        execute(SETUP)
        counts, met = run_load(options.seconds)
        cursor = connect().cursor()
        cursor.execute("SELECT subject_id, array_agg(id ORDER BY id) FROM connect.event GROUP BY 1")
        truth = {subject: list(ids) for subject, ids in cursor.fetchall()}
        events = sum(map(len, truth.values()))
        print(f"# {dict(counts)}, {events} events")
        missing = [kind for kind in ("committed", "rolled back", "savepoints rolled back", "savepoints released", "long",
                                     "prepared", "conflicts") if not counts[kind]]
        check(not missing, f"there was load of every kind{missing or ''}")
        for name in ("position", "read_events()"):
            broken, twice, order, batches = met[name]
            print(f"# {name}: {batches} batches")
            check(broken == 0, f"{name}: {broken} events did not start where the one before ended")
            check(twice == 0 and order == truth, f"{name}: each of {events} events once, in the order of its history")
        broken, _, order, _ = met["transaction_id"]
        check(broken > 0, f"by transaction_id, as it was before: {broken} did not")
        cursor.execute("""SELECT count(*) FROM (SELECT *, lag(to_status) OVER w AS before, lag(created_at) OVER w AS time,
            lag(position) OVER w AS place FROM connect.event WINDOW w AS (PARTITION BY subject_id ORDER BY id)) AS e
            WHERE from_status IS DISTINCT FROM before OR created_at <= time OR position < place""")
        check(cursor.fetchone()[0] == 0, "ids, times and positions ascend along each history")
        cursor.execute("""SELECT count(*) FROM connect.connection AS c WHERE (status::text, updated_at) <>
            (SELECT to_status, created_at FROM connect.event AS e WHERE e.subject_id = c.id ORDER BY id DESC LIMIT 1)""")
        check(cursor.fetchone()[0] == 0, "each row is as its last event says, at its time")
        cursor.execute("SELECT count(*) FROM connect.verify_history()")
        check(cursor.fetchone()[0] == 0, "every seal holds")
        cursor.connection.close()
    return 0 if all(checks) and len(checks) == 9 else 1


if __name__ == "__main__":
    sys.exit(main())
