"""cluster.py: a throw-away PostgreSQL cluster, for programs in Python. It is imported, not run.

The cluster is of the installation that PG_CONFIG names, in a folder of its own that is
removed with it, on a unix socket in that folder. If this runs as root, the cluster runs as
postgres. psql, pgbench and psycopg2 connect to this cluster as long as it runs.
"""

import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time

import psycopg2

PG_CONFIG = os.environ.get("PG_CONFIG", "/usr/lib/postgresql/15/bin/pg_config")
BIN = pathlib.Path(subprocess.check_output([PG_CONFIG, "--bindir"], text=True).strip())


class Cluster:
    """A cluster for a with-statement, which makes and removes it; wrapper is a command to run the server under."""

    def __init__(self, wrapper=(), start_timeout=60, **settings):
        self.wrapper = wrapper
        self.start_timeout = start_timeout
        self.settings = {"listen_addresses": "", "fsync": "off", **settings}
        self.server = None

    def __enter__(self):
        # Root may not run a server.
        self.identity = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="connect_"))
        self.data = self.folder / "data"
        if self.identity:
            shutil.chown(self.folder, "postgres", "postgres")
        try:
            subprocess.run([BIN / "initdb", "-D", self.data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                            "--locale=C.UTF-8", "--no-sync"],
                           check=True, stdout=subprocess.DEVNULL, cwd=self.folder, **self.identity)
            with open(self.data / "postgresql.conf", "a", encoding="utf-8") as file:
                for name, value in {**self.settings, "unix_socket_directories": self.folder}.items():
                    file.write(f"{name} = '{value}'\n")
            os.environ.update(PGHOST=str(self.folder), PGPORT="5432", PGUSER="postgres", PGDATABASE="postgres")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def start(self):
        """Starts the server and waits until it answers."""
        with open(self.folder / "log", "ab") as log:
            self.server = subprocess.Popen([*self.wrapper, BIN / "postgres", "-D", self.data], stdin=subprocess.DEVNULL,
                                           stdout=log, stderr=log, cwd=self.folder, **self.identity)
        end = time.monotonic() + self.start_timeout
        while True:
            try:
                psycopg2.connect(host=str(self.folder)).close()
                return
            except psycopg2.OperationalError:
                if self.server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.1)

    def stop(self, how=signal.SIGINT):
        """Ends the server and its backends: at once, unless told otherwise."""
        if self.server is not None and self.server.poll() is None:
            self.server.send_signal(how)
            try:
                self.server.wait(timeout=120)
            except subprocess.TimeoutExpired:
                self.server.send_signal(signal.SIGQUIT)
                self.server.wait(timeout=30)
        self.server = None

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.folder)


def execute(*statements, dbname="postgres", user="postgres"):
    """Runs statements, each a transaction, and returns the rows of the last."""
    connection = psycopg2.connect(dbname=dbname, user=user)
    connection.autocommit = True
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()
