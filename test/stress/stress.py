#!/usr/bin/python3
"""Asks the gate under load, and in the same statement EXISTS.

    test/stress/stress.py            about 40 seconds
    test/stress/stress.py --long     about 6 minutes
    test/stress/stress.py --seconds N

Writers toggle 50 Connections in each of two databases with the same ids: short
and long transactions, rollbacks, savepoints, prepared transactions, replicated
rows; others set terms that pass within milliseconds, never, or are taken away
again, and record what has passed; others write to another table, or switch
triggers off and write meanwhile, or replace the whole table. Readers ask under
READ COMMITTED and REPEATABLE READ, in loops of PL/pgSQL, by index, and with
changes of their own. No answer may differ from EXISTS. First with connect
preloaded, then without.

What is wrong must be seen to be wrong. So the same is done once more against
wrong_cache.c, with a gate that does not know terms, and with changes that are
not marked, where many must differ.

Prints TAP. Runs on a throw-away cluster of the installation that PG_CONFIG
names, where the extension must be installed. Needs python3-psycopg2.
"""

import argparse
import collections
import multiprocessing
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import psycopg2
from psycopg2 import errors

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "script"))

from cluster import PG_CONFIG, Cluster, execute  # noqa: E402  (it needs the path above)
from queries import COMPARE, COMPARE_BY_INDEX, LOOP, SETUP, TERM_BLIND  # noqa: E402
from writers import PAIRS, TABLE_CHANGES, change_table, toggle, write, write_elsewhere, write_terms  # noqa: E402

DATABASES = ("stress_a", "stress_b")
MANY = 100  # the least that a wrong gate must get wrong

# What may happen to a writer that is not alone.
EXPECTED = (errors.SerializationFailure, errors.DeadlockDetected, errors.LockNotAvailable)
# A term passes between the time by which a writer chooses what to do and that by which it is judged.
LAPSED = ("23001", "PT409", "PT422")


def connect(dbname):
    connection = psycopg2.connect(dbname=dbname)
    connection.autocommit = True
    return connection


def work(kind, dbname, seconds, seed, gate, found, enough, queue):
    """Runs one worker until its time ends or all have found enough, and reports what it has counted."""
    counts = collections.Counter()
    rng = random.Random(seed)
    end = time.monotonic() + seconds
    try:
        connection = connect(dbname)
        cursor = connection.cursor()
        cursor.execute("SET lock_timeout = '500ms'")
        while time.monotonic() < end and found.value < enough:
            before = counts["wrong"]
            try:
                kind(cursor, rng, counts, gate)
            except EXPECTED:
                counts["retried"] += 1
                cursor.execute("ROLLBACK")
            except psycopg2.Error as error:
                if error.pgcode not in LAPSED:
                    raise
                counts["lapsed meanwhile"] += 1
                cursor.execute("ROLLBACK")
            with found.get_lock():
                found.value += counts["wrong"] - before
        connection.close()
        queue.put((None, counts))
    except Exception as error:  # whatever it was, the test has to tell
        queue.put((f"{kind.__name__}: {error}", counts))


def compare(cursor, rng, counts, gate):
    cursor.execute(COMPARE.format(gate=gate, step=rng.choice((1, 1, 2, 7))))
    add(cursor, counts)


def add(cursor, counts):
    asked, wrong, active, ended = cursor.fetchone()
    counts["statements"] += 1
    counts["answers"] += asked
    counts["wrong"] += wrong
    counts["active"] += active
    counts["ended by a term"] += ended


def read_committed(cursor, rng, counts, gate):
    """Asks in single statements, in several of a transaction, and in loops."""
    for _ in range(5):
        compare(cursor, rng, counts, gate)
    cursor.execute("BEGIN")
    for _ in range(4):
        compare(cursor, rng, counts, gate)
    cursor.execute("SELECT * FROM compare_in_a_loop(3)")
    add(cursor, counts)
    cursor.execute("COMMIT")


def repeatable_read(cursor, rng, counts, gate):
    """Asks under an old snapshot while others commit, and right after that under a new one."""
    cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
    compare(cursor, rng, counts, gate)
    for table in ("noise", "pg_am", "pg_opclass"):
        time.sleep(0.003)
        # This lock is not held yet, so here a session takes in what others have sent.
        cursor.execute(f"SELECT FROM {table} LIMIT 1")
        compare(cursor, rng, counts, gate)
    cursor.execute("COMMIT")
    counts["old snapshots"] += 1
    for _ in range(3):
        compare(cursor, rng, counts, gate)


def read_and_write(cursor, rng, counts, gate):
    """Asks after changes of its own, and after taking them back."""
    level = rng.choice(("READ COMMITTED", "REPEATABLE READ"))
    cursor.execute(f"BEGIN ISOLATION LEVEL {level}")
    compare(cursor, rng, counts, gate)
    cursor.execute("SAVEPOINT s")
    toggle(cursor, rng, counts)
    compare(cursor, rng, counts, gate)
    cursor.execute("ROLLBACK TO s")
    compare(cursor, rng, counts, gate)
    toggle(cursor, rng, counts)
    compare(cursor, rng, counts, gate)
    cursor.execute(rng.choice(("COMMIT", "ROLLBACK")))
    compare(cursor, rng, counts, gate)


def read_by_index(cursor, rng, counts, gate):
    """Index conditions, under new snapshots and old ones, and with changes of one's own."""
    if gate != "connect.is_allowed":
        time.sleep(0.1)
        return
    cursor.execute("SELECT current_database()")
    role = f"hub_{cursor.fetchone()[0]}"
    cursor.execute(f"SET ROLE {role}")
    cursor.execute("SET enable_seqscan = off")
    level = rng.choice(("READ COMMITTED", "REPEATABLE READ"))
    for _ in range(5):
        cursor.execute(COMPARE_BY_INDEX)
        add(cursor, counts)
    cursor.execute(f"BEGIN ISOLATION LEVEL {level}")
    for _ in range(3):
        cursor.execute(COMPARE_BY_INDEX)
        add(cursor, counts)
        time.sleep(0.002)
    if rng.random() < 0.3:
        cursor.execute("RESET ROLE")
        toggle(cursor, rng, counts)
        cursor.execute(f"SET ROLE {role}")
        cursor.execute(COMPARE_BY_INDEX)
        add(cursor, counts)
        cursor.execute("ROLLBACK")
    else:
        cursor.execute("COMMIT")
    cursor.execute("RESET ROLE")
    cursor.execute("RESET enable_seqscan")
    counts["by index"] += 1


WORKERS = (write, write, write_terms, write_elsewhere, read_committed, repeatable_read, read_and_write, read_by_index)


def run(seconds, gate, enough=sys.maxsize, kinds=WORKERS):
    """Runs all workers on both databases and returns what they counted."""
    queue = multiprocessing.Queue()
    found = multiprocessing.Value("q", 0)
    workers = [multiprocessing.Process(target=work, args=(kind, dbname, seconds, seed, gate, found, enough, queue))
               for seed, (kind, dbname) in enumerate((k, d) for d in DATABASES for k in kinds)]
    for worker in workers:
        worker.start()
    counts = collections.Counter()
    failures = []
    for _ in workers:
        failure, counted = queue.get(timeout=seconds + 120)
        counts.update(counted)
        if failure:
            failures.append(failure)
    for worker in workers:
        worker.join()
    return counts, failures


def build_wrong_cache(folder):
    """Builds the module outside the source tree and returns its path without suffix."""
    for name in ("Makefile", "wrong_cache.c"):
        shutil.copy(HERE / name, folder)
    subprocess.run(["make", "-s", "-C", folder, "with_llvm=no", f"PG_CONFIG={PG_CONFIG}"], check=True,
                   stdout=subprocess.DEVNULL)
    os.chmod(folder, 0o755)
    return f"{folder}/wrong_cache"


def diagnose(title, counts, failures):
    print(f"# {title}: " + ", ".join(f"{n} {what}" for what, n in sorted(counts.items())))
    for failure in failures:
        print(f"# {failure}")


class Checks:
    """Numbers the checks and counts those that failed."""

    def __init__(self, count):
        self.number = 0
        self.failed = 0
        print(f"1..{count}", flush=True)

    def __call__(self, passed, what):
        self.number += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.number} - {what}", flush=True)


def prepare():
    for dbname in DATABASES:
        execute(f"CREATE DATABASE {dbname}")
        execute(SETUP.format(pairs=PAIRS, database=dbname) + LOOP.format(gate="connect.is_allowed"), dbname=dbname)


def check_gate(check, where, seconds):
    """Makes the five checks of the gate as it is."""
    counts, failures = run(seconds, "connect.is_allowed", kinds=(*WORKERS, change_table))
    diagnose(f"the gate, {where}", counts, failures)
    check(not failures, f"{where}: every worker came to its end")
    check(counts["answers"] > 1000 and 0.05 < counts["active"] / counts["answers"] < 0.95,
          f"{where}: {counts['answers']} answers, of which {counts['active']} true")
    check(counts["ended by a term"] >= MANY, f"{where}: {counts['ended by a term']} would be true but for a term that has passed")
    kinds = ("committed", "rolled back", "savepoints rolled back", "long", "prepared", "unrelated writes", "old snapshots", "by index", "terms that pass", "infinite terms", "terms cleared", "expired",
             *TABLE_CHANGES)
    missing = [kind for kind in kinds if counts[kind] == 0]
    check(not missing, f"{where}: there was load of every kind" + "".join(f", but nothing {kind}" for kind in missing))
    check(counts["wrong"] == 0, f"{where}: {counts['wrong']} disagreements with EXISTS")


def check_wrong(check, what, gate):
    """Checks that a wrong gate is found out; on a busy machine it takes longer to find as much."""
    counts, failures = run(120, gate, 3 * MANY)
    diagnose(what, counts, failures)
    check(not failures and counts["wrong"] >= MANY,
          f"{what}: {counts['wrong']} disagreements with EXISTS in {counts['answers']} answers")


def use_in_loops(gate):
    """Lets compare_in_a_loop() ask another gate."""
    for dbname in DATABASES:
        execute("DROP FUNCTION compare_in_a_loop;" + LOOP.format(gate=gate), dbname=dbname)


def check_preloaded(check, seconds):
    with Cluster(max_prepared_transactions=50, shared_preload_libraries="connect"):
        prepare()
        check_gate(check, "preloaded", seconds)
        for dbname in DATABASES:
            execute(TERM_BLIND, dbname=dbname)
        use_in_loops("term_blind")
        check_wrong(check, "a gate that does not know terms", "term_blind")
        use_in_loops("connect.is_allowed")
        for dbname in DATABASES:
            execute("""CREATE OR REPLACE FUNCTION connect.mark_pair() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN RETURN NULL; END $$""", dbname=dbname)
        check_wrong(check, "changes that are not marked", "connect.is_allowed")


def check_not_preloaded(check, seconds):
    with Cluster(max_prepared_transactions=50), tempfile.TemporaryDirectory(prefix="connect_stress_") as build:
        prepare()
        check_gate(check, "not preloaded", seconds)
        module = build_wrong_cache(build)
        for dbname in DATABASES:
            execute(f"""
                CREATE FUNCTION wrong_is_allowed(text, text, text) RETURNS boolean
                    AS '{module}' LANGUAGE C STABLE STRICT;
                CREATE FUNCTION wrong_invalidate() RETURNS trigger AS '{module}' LANGUAGE C;
                CREATE TRIGGER wrong_invalidate BEFORE UPDATE ON connect.connection
                    FOR EACH ROW EXECUTE FUNCTION wrong_invalidate();
                DROP FUNCTION compare_in_a_loop;""" + LOOP.format(gate="wrong_is_allowed"), dbname=dbname)
        check_wrong(check, "a cache that heeds invalidation messages alone", "wrong_is_allowed")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--long", action="store_true", help="about 6 minutes")
    parser.add_argument("--seconds", type=float, help="of load on the gate, in either cluster")
    options = parser.parse_args()
    seconds = options.seconds or (150 if options.long else 9)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    check = Checks(13)
    check_preloaded(check, seconds)
    check_not_preloaded(check, seconds)
    return 1 if check.failed else 0


if __name__ == "__main__":
    sys.exit(main())
