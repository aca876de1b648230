"""waiting.py: measures what takes time rather than instructions: commits, a network between, races.

pgbench counts the transactions a second of one client, with fsync and without. Many short rounds are interleaved,
so that whatever else the machine and its disk do meets all alike; the medians are compared.
"""

import statistics
import threading

import psycopg2

from cluster import Cluster, execute
from pgbench import tps
from report import ratio, row, table
from setup import again, fill
from statements import READS, WRITES, over_network

ROWS = 5000
# The peer whose tables a way changes, if they are not named like the way.
SCHEMAS = {"application": "app", "floor with a document": "answered", "lean twin": "lean"}
RACES = 30
RACERS = 8


def operations():
    """Returns the statements of a round: the login and the body for each operation and way."""
    activate = dict(WRITES["activate"])
    login, body = activate["application"]
    activate["application, 0.5 ms away"] = (login, over_network(body))
    login, body = activate["connect"]
    activate["connect, 0.5 ms away"] = (login, over_network(body))
    return {"create": WRITES["create"], "activate": activate, "retrieve": READS["retrieve"], "list of 100": READS["list of 100"]}


def measure_waiting(cluster, rounds, count):
    """Makes a table for each operation: with commits that wait for the disk and without, and the ratios to the floor."""
    for name, variants in operations().items():
        runs = {(way, fsync): [] for way in variants for fsync in ("on", "off")}
        first = 0
        for _ in range(rounds):
            for fsync in ("on", "off"):
                execute(f"ALTER SYSTEM SET fsync = {fsync}", "SELECT pg_reload_conf()")
                for way, (login, body) in variants.items():
                    if name == "activate":
                        who = way.split(",")[0]
                        again(SCHEMAS.get(who, who))
                    runs[way, fsync].append(tps(cluster, login, f"\\set i :i + 1\n{body}\n", "-D", f"i={first}", "-t", str(count)))
                first += count if name == "create" else 0
        median = {key: statistics.median(run) for key, run in runs.items()}
        table(f"{name}: transactions a second, one client", "way", "tps", "of the floor", "without waiting for the disk", "of the floor")
        for way in variants:
            row(way, *(figure for fsync in ("on", "off")
                       for figure in (median[way, fsync], ratio(median[way, fsync], median["floor", fsync]))))


def race(statement):
    """Lets all racers run a statement at once; returns how many it let through."""
    start = threading.Barrier(RACERS)
    won = []

    def run():
        connection = psycopg2.connect(user="hub")
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT connect.current_organization_id()")
        start.wait()
        try:
            cursor.execute(statement)
            won.append(True)
        except psycopg2.Error:
            pass
        connection.close()

    racers = [threading.Thread(target=run) for _ in range(RACERS)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join()
    return len(won)


def measure_races():
    again("connect")
    pair = [race(f"SELECT connect.create_connection('org_n{ROWS - n:07}')") for n in range(RACES)]
    one = [race(f"SELECT connect.activate_connection('cxn_i{ROWS - n:025}')") for n in range(RACES)]
    table(f"Races of {RACERS} at once (aim: one winner in each)", "race", "races", "with one winner")
    row("create of one pair", RACES, pair.count(1))
    row("activate of one row", RACES, one.count(1))


def measure(rounds, count):
    with Cluster(fsync="on", shared_buffers="256MB", autovacuum="off", jit="off", plan_cache_mode="force_generic_plan") as cluster:
        fill(ROWS)
        measure_waiting(cluster, rounds, count)
        measure_races()
