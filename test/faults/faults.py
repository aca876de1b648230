#!/usr/bin/python3
"""Kills, cancels, terminates and starves the servers under load. Nothing that was acknowledged may be lost.

    test/faults/faults.py [--rounds N]    each fault N times instead of once

Nine clients write through SQL and HTTP and keep a ledger (clients.py, ledger.py), four make and
redeem share tokens of their own, eight redeem one at once (token_clients.py, tokens.py), and two follow
the feed (followers.py).
At the end the same happens with synchronous_commit off, where writes must be lost, and
to a store that was tampered with: if nothing is found there, the comparison is blind.

Prints TAP. Runs on a throw-away cluster of the installation that PG_CONFIG
names, where the extension must be installed, with PostgREST and nginx before
it. This must be run as root, because the full disk is a file system of its own.
"""

import argparse
import contextlib
import functools
import os
import pathlib
import shutil
import signal
import subprocess
import sys

import psycopg2

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "script"))

from clients import AUTHENTICATOR, set_up  # noqa: E402  (they need the path above)
from cluster import Cluster  # noqa: E402
from crew import Crew  # noqa: E402
from followers import Followers  # noqa: E402
from front import Front  # noqa: E402
from ledger import OK, REFUSED, Ledger, compare  # noqa: E402
from stage import Stage, Tap, exit_on, revive, server_is_up, session, wait_until  # noqa: E402
from tokens import check_comparison  # noqa: E402

DISK = "size=256m"
ENOUGH = 6  # statements or requests that a storm must have met
TRIES = 8  # how often losing writes on purpose is tried

# This leaves out the storm's own session, and those that are only being set up.
BACKENDS = """
FROM pg_stat_activity
WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND state IN ('active', 'idle in transaction')
"""


class Disk:
    """A small file system for the log and the tables; it is full while its ballast is in it."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.folder = cluster.folder / "disk"
        self.refusal = None

    def __enter__(self):
        self.folder.mkdir()
        mount = subprocess.run(["mount", "-t", "tmpfs", "-o", DISK, "tmpfs", self.folder], capture_output=True, text=True,
                               check=False)
        if mount.returncode:
            self.refusal = mount.stderr.strip() or "mount was refused"
            return self
        try:
            self.move_in()
        except BaseException:
            self.__exit__()
            raise
        return self

    def move_in(self):
        log = self.cluster.data / "pg_wal"
        self.cluster.stop()
        shutil.copytree(log, self.folder / "wal")
        shutil.rmtree(log)
        log.symlink_to(self.folder / "wal")
        (self.folder / "tables").mkdir()
        subprocess.run(["chown", "-R", "postgres:postgres", self.folder], check=True)
        self.cluster.start()

    def fill(self):
        with open(self.folder / "ballast", "wb", buffering=0) as ballast:
            for size in (1 << 20, 1 << 12):
                with contextlib.suppress(OSError):
                    while ballast.write(b"x" * size) == size:
                        pass

    def empty(self):
        (self.folder / "ballast").unlink()

    def __exit__(self, *_):
        # This ends it at once: nobody needs what is in it any more.
        self.cluster.stop(signal.SIGQUIT)
        if self.refusal is None:
            # This is lazy, for a server that was just killed may have processes left that are about to end.
            subprocess.run(["umount", "--lazy", self.folder], check=True)


class Faults:
    """The faults. Each is a function that returns when clients have met it."""

    def __init__(self, stage, cluster, front, disk):
        self.stage, self.cluster, self.front, self.disk = stage, cluster, front, disk

    def storm(self, function, chance, *wanted):
        """Strikes at sessions until enough of each wanted kind was met, by turns anywhere and in the middle of a write."""
        goals = [(keys, self.stage.met(*keys) + ENOUGH) for keys in wanted]
        strike = f"SELECT {function}(pid) {BACKENDS} AND random() < {chance}"

        def strike_twice():
            with session(self.stage.dsn) as cursor:
                cursor.execute(strike)
                self.hold_writes(cursor)
                cursor.execute(strike)

        wait_until(lambda: f"enough has met {function}: {self.stage.ledger.met}",
                   lambda: all(self.stage.met(*keys) >= goal for keys, goal in goals), strike_twice)

    def hold_writes(self, cursor):
        """Makes writers wait in the middle of a write until this session ends, and returns when some do."""
        cursor.execute("BEGIN; LOCK TABLE connect.connection IN SHARE MODE")
        wait_until("writers are held", lambda: self.count_held(cursor) > 0)

    def count_held(self, cursor):
        cursor.execute(f"SELECT pg_stat_clear_snapshot(), count(*) {BACKENDS} AND wait_event_type = 'Lock'")
        return cursor.fetchone()[1]

    def cancel(self):
        self.storm("pg_cancel_backend", 1, [("sql", "57014")], [("http", 503), ("http", 500)])

    def terminate(self):
        self.storm("pg_terminate_backend", 0.3, [("sql", "lost")], [("http", 503), ("http", 500), ("http", "lost")])

    def kill_postmaster(self):
        self.stage.kill_server(self.cluster)

    def kill_backend(self):
        """Kills one backend, which makes the postmaster end all of them and recover."""
        before = self.stage.met(("sql", "lost"))
        with session(self.stage.dsn) as cursor:
            self.hold_writes(cursor)
            cursor.execute("SELECT pid " + BACKENDS + " AND wait_event_type = 'Lock'")
            os.kill(cursor.fetchone()[0], signal.SIGKILL)
        wait_until("clients have met it", lambda: self.stage.met(("sql", "lost")) > before)

    def restart_front(self, name, how):
        keys = (("http", 503), ("http", "lost"))
        before = self.stage.met(*keys)
        self.front.stop(name, how)
        wait_until("clients have met it", lambda: self.stage.met(*keys) >= before + ENOUGH)
        self.front.start(name)

    def fill_tables(self):
        """Keeps tables from growing: writes are refused, and the server goes on."""
        wanted = ([("sql", "53100")], [("http", 503), ("http", 500)])
        goals = [(keys, self.stage.met(*keys) + ENOUGH) for keys in wanted]
        with session(self.stage.dsn) as cursor:
            cursor.execute("SELECT pg_switch_wal()")  # This leaves room for the log of what is refused.
        self.disk.fill()
        wait_until("the tables are full", lambda: all(self.stage.met(*keys) >= goal for keys, goal in goals))
        self.disk.empty()
        self.recover()

    def fill_log(self):
        """Keeps the log from growing, which ends the server and keeps it from starting again."""
        before = self.stage.met(("sql", "lost"))
        self.disk.fill()

        def switch():
            with contextlib.suppress(psycopg2.Error), session(self.stage.dsn) as cursor:
                cursor.execute("SELECT pg_switch_wal()")  # Log files that were made in advance are soon used up.

        wait_until("the log is full", lambda: self.stage.met(("sql", "lost")) > before, switch)
        self.disk.empty()
        self.recover()

    def recover(self):
        """Starts the server if it is gone."""
        def look():
            if self.cluster.server.poll() is not None:
                revive(self.cluster)

        wait_until("the server has recovered", lambda: server_is_up(self.stage.dsn), look)


def lose_writes(stage, cluster):
    """Acknowledges writes that are on no disk, kills the server, and says how many are gone."""
    with session(stage.dsn) as cursor:
        for setting in ("synchronous_commit = off", "wal_writer_delay = '10s'", "wal_writer_flush_after = 0"):
            cursor.execute(f"ALTER SYSTEM SET {setting}")
        cursor.execute("SELECT pg_reload_conf()")
    lost = []
    for _ in range(TRIES):
        stage.crew.go()
        stage.wait_for_work()
        stage.kill_server(cluster)
        stage.crew.pause()
        with session(stage.dsn) as cursor:
            lost = compare(stage.ledger, cursor).lost
        if lost:
            break
    stage.tap.check(len(lost) > 0, f"with synchronous_commit off the comparison sees {len(lost)} of "
                    f"{len(stage.ledger.of(OK))} acknowledged writes lost")


def tamper(stage):
    """Changes the store behind the guard's back, and changes it back; the comparison must see each kind of change."""
    def changed(*statements):
        connection = psycopg2.connect(stage.dsn)
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = replica")
            for statement, *values in statements:
                cursor.execute(statement, values)
            findings = compare(stage.ledger, cursor)
        connection.rollback()
        connection.close()
        return findings

    known = {finding for finding in changed().all()}
    last = "(SELECT id FROM connect.event WHERE reason = %s)"
    transitions = [entry for entry in stage.ledger.of(OK) if entry.action == "activate"]
    refused = next(entry for entry in stage.ledger.of(REFUSED) if entry.action == "create")
    kept = transitions[-1].marker
    for kind, statements in {
        "lost": [("DELETE FROM connect.event WHERE reason = %s", kept)],
        "refused": [("UPDATE connect.event SET name = %s WHERE id = (SELECT max(id) FROM connect.event WHERE action = 'create' AND subject_id = connection_id)",
                     refused.marker)],
        "strange": [("UPDATE connect.event SET reason = 'no marker' WHERE reason = %s", kept)],
        "broken": [(f"UPDATE connect.event SET from_status = 'active' WHERE id = {last}", kept)],
    }.items():
        found = [finding for finding in getattr(changed(*statements), kind) if finding not in known]
        stage.tap.check(found, f"a store tampered with: the comparison finds what is {kind}")
    found = [finding for finding in changed((
        "UPDATE connect.connection SET name = 'tampered' WHERE id = (SELECT max(id) FROM connect.connection WHERE id <> 'cxn_token')",)).broken
        if finding not in known]
    stage.tap.check(len(found) == 1, "a store tampered with: the comparison finds a row that its history does not end in")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=1, help="how often each fault happens")
    rounds = parser.parse_args().rounds
    tap = Tap()
    signal.signal(signal.SIGTERM, exit_on)
    signal.signal(signal.SIGHUP, exit_on)
    # The log has two sizes: the small file system must hold it, and when that is full it must soon need more.
    with Cluster(max_wal_size="64MB", min_wal_size="32MB", restart_after_crash="on") as cluster, Disk(cluster) as disk:
        dsn = f"host={cluster.folder} port=5432 dbname=postgres user=postgres"
        keys = set_up(dsn)
        if disk.refusal is None:
            with session(dsn) as cursor:
                cursor.execute(f"CREATE TABLESPACE regress_connect_faults LOCATION '{disk.folder}/tables'")
                cursor.execute("ALTER TABLE ALL IN TABLESPACE pg_default SET TABLESPACE regress_connect_faults")
                cursor.execute("ALTER INDEX ALL IN TABLESPACE pg_default SET TABLESPACE regress_connect_faults")
        database = f"postgresql://{AUTHENTICATOR}@/postgres?host={cluster.folder}&port=5432"
        with Front(cluster, database) as front, Crew(Ledger(), dsn, front.port, keys, "faults") as crew, \
                Followers(crew, "faults") as followers:
            stage = Stage(tap, crew, dsn, followers)
            faults = Faults(stage, cluster, front, disk)
            plan = {
                "cancelled statements": faults.cancel,
                "terminated connections": faults.terminate,
                "PostgREST killed": functools.partial(faults.restart_front, "postgrest", signal.SIGKILL),
                "nginx restarted": functools.partial(faults.restart_front, "nginx", signal.SIGTERM),
                "a backend killed": faults.kill_backend,
                "the postmaster killed": faults.kill_postmaster,
                "no room for tables": faults.fill_tables,
                "no room for the log": faults.fill_log,
            }
            for _ in range(rounds):
                for title, fault in plan.items():
                    if title.startswith("no room") and disk.refusal is not None:
                        tap.skip(title, disk.refusal)
                    else:
                        stage.round(title, fault)
            followers.tell(tap)
            followers.check_comparison(tap)
            tamper(stage)
            check_comparison(tap, crew.token_clients(), dsn)
            lose_writes(stage, cluster)
            tap.check(not crew.failures, "every client came to its end", crew.failures)
            strange = stage.strange_answers("57014", "53100", "40P01")
            tap.check(not strange, "clients met refusals and faults, and nothing else", strange)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
