"""pgbench.py: measures scripts' transactions a second, by pgbench with prepared statements."""

import re
import statistics
import subprocess

from cluster import BIN


def tps(cluster, login, text, *options):
    """Runs a script as a login; options are pgbench's own, such as how long."""
    script = cluster.folder / "script.sql"
    script.write_text(text, encoding="utf-8")
    run = subprocess.run([BIN / "pgbench", "-n", "-M", "prepared", "-U", login, *options, "-f", script],
                         check=True, capture_output=True, text=True)
    return float(re.search(r"tps = ([0-9.]+)", run.stdout)[1])


def medians(cluster, scripts, rounds, user, *options):
    """Runs interleaved rounds of several scripts."""
    runs = {name: [] for name in scripts}
    for _ in range(rounds):
        for name, script in scripts.items():
            runs[name].append(tps(cluster, user, script, *options))
    return {name: statistics.median(run) for name, run in runs.items()}
