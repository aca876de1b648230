"""The programs of doc/integrate.md do the same behind a pool as without one. Prints TAP.

The page is read once more, as examples.py reads it, with its programs connected to pgbouncer, which has
the page's own configuration: transaction mode, where sessions of the server are shared.
"""
import os
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from examples import TREE, check_pages   # noqa: E402

PAGE = TREE / "doc" / "integrate.md"


def configuration(folder, port):
    """The page's configuration, for the server and the folder of this test: one session for all."""
    lines = re.search(r"^```ini\n(.*?)^```$", PAGE.read_text(), re.M | re.S)[1]
    for there, here in [("host=/var/run/postgresql port=5432", f"host={os.environ['PGHOST']} port={os.environ['PGPORT']}"),
                        ("default_pool_size = 20", "default_pool_size = 1")]:
        if there not in lines:
            raise RuntimeError(f"the page does not say {there}")
        lines = lines.replace(there, here)
    users = folder / "users"
    users.write_text('"app" ""\n')
    return f"""{lines}listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = trust
auth_file = {users}
"""


def main():
    port = 6432
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "pgbouncer.ini").write_text(configuration(folder, port))
        program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin")
        with open(folder / "log", "w") as log:
            pool = subprocess.Popen([program, folder / "pgbouncer.ini"], stdout=log, stderr=log)
        try:
            for _ in range(100):
                with socket.socket(socket.AF_UNIX) as probe:
                    if probe.connect_ex(str(folder / f".s.PGSQL.{port}")) == 0:
                        break
                time.sleep(0.1)
            else:
                raise RuntimeError((folder / "log").read_text())
            return check_pages([PAGE], environment={"PGHOST": name, "PGPORT": str(port)})
        finally:
            pool.terminate()
            pool.wait()


if __name__ == "__main__":
    sys.exit(main())
