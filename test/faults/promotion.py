#!/usr/bin/python3
"""Promotes a streaming standby under load. Nothing acknowledged may be lost, and reads must be right all along.

    test/faults/promotion.py

Replication is synchronous, so that what was acknowledged is on the standby.
Readers ask the standby, before, during and after: documents and lists against
the rows, the gate against EXISTS, each pair under one snapshot. The primary is
killed; the clients of clients.py find the new one by target_session_attrs.

Prints TAP. Runs on throw-away clusters of the installation that PG_CONFIG
names, where the extension must be installed. Needs what faults.py needs.
"""

import collections
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

import psycopg2

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "script"))

from clients import AUTHENTICATOR, ORGANIZATIONS, SCOPES, set_up  # noqa: E402  (they need the path above)
from cluster import BIN, Cluster  # noqa: E402
from crew import Crew  # noqa: E402
from followers import Followers  # noqa: E402
from front import Front  # noqa: E402
from ledger import Ledger  # noqa: E402
from stage import Stage, Tap, exit_on, session, wait_until  # noqa: E402

READS = 20  # of each kind, before and after
NAME = "regress_connect_faults"

GATE = """
SELECT connect.is_allowed(source_organization_id, destination_organization_id, scope) AS gate,
    EXISTS (SELECT FROM connect.connection AS c
        WHERE c.source_organization_id = p.source_organization_id
            AND c.destination_organization_id = p.destination_organization_id
            AND c.status = 'active' AND scope = ANY (c.scopes)) AS truth
FROM connect.connection AS p, unnest(%s) AS scope
"""
ROW = """
SELECT jsonb_build_object('status', status, 'name', name, 'scopes', to_jsonb(scopes),
    'source-organization-id', source_organization_id, 'destination-organization-id', destination_organization_id)
FROM connect.connection WHERE id = %s
"""
IDS = """
SELECT id FROM connect.connection WHERE %s IN (source_organization_id, destination_organization_id)
ORDER BY id DESC LIMIT 100
"""


class Standby(Cluster):
    """A copy of a running cluster, which follows it synchronously."""

    def __init__(self, primary):
        super().__init__()
        self.primary = primary

    def __enter__(self):
        self.identity = self.primary.identity
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="connect_"))
        self.data = self.folder / "data"
        if self.identity:
            shutil.chown(self.folder, "postgres", "postgres")
        try:
            subprocess.run([BIN / "pg_basebackup", "-D", self.data, "-h", self.primary.folder, "-p", "5432", "-U", "postgres",
                            "--wal-method=stream", "--checkpoint=fast", "--no-sync", "--write-recovery-conf"],
                           check=True, cwd=self.folder, **self.identity)
            with open(self.data / "postgresql.auto.conf", "a", encoding="utf-8") as file:
                file.write(f"primary_conninfo = 'host={self.primary.folder} port=5432 user=postgres application_name={NAME}'\n")
                file.write("synchronous_standby_names = ''\n")
            with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
                file.write(f"unix_socket_directories = '{self.folder}'\n")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGQUIT)
        super().__exit__()


class Reader(threading.Thread):
    """Reads from one server, whether it is the primary or the standby at the time, and compares."""

    def __init__(self, dsn):
        super().__init__(daemon=True)
        self.dsn = dsn
        self.ended = False
        self.counts = collections.Counter()
        self.wrong = []
        self.failure = None
        self.rng = random.Random("reader")

    def run(self):
        try:
            connection = psycopg2.connect(f"{self.dsn} user=postgres")
            while not self.ended:
                self.ask_the_gate(connection)
                self.read_documents(connection)
                time.sleep(0.01)
        except Exception:  # a mistake of the test's, or a server that ended, which has to be told
            self.failure = traceback.format_exc()

    def ask_the_gate(self, connection):
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            side = "standby" if cursor.fetchone()[0] else "primary"
            cursor.execute(GATE, (list(SCOPES),))
            answers = cursor.fetchall()
        self.counts[side, "gate true"] += sum(truth for _, truth in answers)
        self.counts[side, "gate false"] += sum(not truth for _, truth in answers)
        if any(gate != truth for gate, truth in answers):
            self.wrong.append(f"{side}: the gate differs from EXISTS: {answers}")

    def read_documents(self, connection):
        """Compares a list and a document, as a tenant sees them, with the rows under the same snapshot."""
        organization = self.rng.choice(ORGANIZATIONS)
        with connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            cursor.execute("SELECT pg_is_in_recovery()")
            side = "standby" if cursor.fetchone()[0] else "primary"
            cursor.execute(IDS, (organization,))
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute(f"SET LOCAL ROLE regress_connect_faults_{organization[4:]}")
            cursor.execute("SELECT connect.list_connections(page_size => 100)")
            listed = [row["id"] for row in cursor.fetchone()[0]["data"]]
            self.note(side, "lists", listed == ids, (organization, listed, ids))
            if not ids:
                return
            one = self.rng.choice(ids)
            cursor.execute("SELECT connect.get_connection(%s)", (one,))
            document = cursor.fetchone()[0]["data"]["attributes"]
            cursor.execute("RESET ROLE")
            cursor.execute(ROW, (one,))
            row = cursor.fetchone()[0]
            self.note(side, "documents", all(document[key] == value for key, value in row.items()), (document, row))

    def note(self, side, what, right, details):
        self.counts[side, what] += 1
        if not right:
            self.wrong.append(f"{side}: {what}: {details}")

    def has_read(self, side):
        return self.failure or all(self.counts[side, what] >= READS for what in ("gate true", "gate false", "lists", "documents"))


def follow(dsn):
    """Makes the primary wait for its standby, and returns when it does."""
    with session(dsn) as cursor:
        cursor.execute(f"ALTER SYSTEM SET synchronous_standby_names = '{NAME}'")
        cursor.execute("SELECT pg_reload_conf()")

        def is_synchronous():
            cursor.execute("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
            return cursor.fetchone()[0] == 1

        wait_until("the standby is synchronous", is_synchronous)


def promote(stage, primary, old_dsn, new_dsn):
    """Kills the primary under load and promotes the standby."""
    with session(old_dsn) as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'")
        stage.tap.check(cursor.fetchone()[0] == 1, "the standby has followed synchronously until now")
    primary.server.kill()
    primary.server.wait()
    with session(new_dsn) as cursor:
        cursor.execute("SELECT pg_promote(wait => true, wait_seconds => 240)")
        stage.tap.check(cursor.fetchone()[0], "the standby is promoted")


def main():
    tap = Tap()
    signal.signal(signal.SIGTERM, exit_on)
    signal.signal(signal.SIGHUP, exit_on)
    with Cluster() as primary:
        old = f"host={primary.folder} port=5432 dbname=postgres"
        keys = set_up(f"{old} user=postgres")
        with Standby(primary) as standby:
            follow(f"{old} user=postgres")
            new = f"host={standby.folder} port=5432 dbname=postgres"
            hosts = f"host={primary.folder},{standby.folder}&port=5432,5432&target_session_attrs=read-write"
            both = f"host={primary.folder},{standby.folder} port=5432,5432 dbname=postgres target_session_attrs=read-write"
            with Front(standby, f"postgresql://{AUTHENTICATOR}@/postgres?{hosts}") as front, \
                    Crew(Ledger(), both, front.port, keys, "promotion") as crew, Followers(crew, "promotion") as followers:
                stage = Stage(tap, crew, f"{both} user=postgres", followers)
                reader = Reader(new)
                reader.start()

                def fault():
                    wait_until("the standby is read", lambda: reader.has_read("standby"))
                    promote(stage, primary, f"{old} user=postgres", f"{new} user=postgres")
                    wait_until("the new primary is read", lambda: reader.has_read("primary"))

                stage.round("a promotion", fault)
                reader.ended = True
                reader.join()
                tap.note(", ".join(f"{side} {what}: {n}" for (side, what), n in sorted(reader.counts.items())))
                for side in ("standby", "primary"):
                    tap.check(reader.failure is None and reader.has_read(side) and
                              not [wrong for wrong in reader.wrong if wrong.startswith(side)],
                              f"the gate, documents and lists were right on the {'standby' if side == 'standby' else 'new primary'}",
                              [reader.failure] if reader.failure else reader.wrong)
                tap.check(not crew.failures, "every client came to its end", crew.failures)
                strange = stage.strange_answers("25006", "40P01")
                tap.check(not strange, "clients met refusals and the fault, and nothing else", strange)
    return tap.end()


if __name__ == "__main__":
    sys.exit(main())
