"""instructions.py: counts one backend's instructions for each operation, net of a statement that does nothing.

callgrind counts them. The whole server runs under valgrind, the client does not; the statements are prepared.
The first executions, which plan and fill caches, are not counted. The figures are
repeatable, whatever else the machine does.
"""

import pathlib
import re
import shutil
import subprocess
import tempfile

import psycopg2

from cluster import PG_CONFIG, Cluster, execute
from report import ratio, row, table
from setup import fill
from statements import DOCUMENTS, GATE, IDENTITY, NOTHING, PARTS, READS, SCANS, TERMS, WRITES

HERE = pathlib.Path(__file__).resolve().parent
WARM = 20
ROWS = 1000
# of each direction; the gate is asked among more, for its index to be as deep as in use
GATE_ROWS = 50000


def build_counter(folder):
    """Builds the counting module and returns its path without suffix."""
    for name in ("Makefile", "counter.c"):
        shutil.copy(HERE / name, folder)
    subprocess.run(["make", "-s", "-C", folder, "with_llvm=no", f"PG_CONFIG={PG_CONFIG}"], check=True)
    pathlib.Path(folder).chmod(0o755)
    return f"{folder}/counter"


class Counter:
    """Counts what statements cost on a server under callgrind."""

    def __init__(self, cluster, quick):
        self.quick = quick
        self.times = 50 if quick else 100
        self.files = cluster.folder / "callgrind"
        self.last = cluster.folder / "last"
        self.parts = {}
        self.nothing = {}
        for transaction in (False, True):
            self.nothing[transaction] = self.count("postgres", NOTHING, transaction)

    def count(self, login, body, transaction=False, warm=WARM, times=None):
        """Returns all instructions of one execution; they share one transaction, or each has its own."""
        times = times or self.times
        connection = psycopg2.connect(user=login)
        connection.autocommit = True
        cursor = connection.cursor()
        calls = []
        for number, statement in enumerate(body.rstrip().rstrip(";").split(";\n")):
            if statement in ("BEGIN", "COMMIT"):
                calls.append(statement)
                continue
            takes = ":i" in statement
            cursor.execute(f"PREPARE q{number} {'(int)' if takes else ''} AS {statement.replace(':i', '$1')}")
            calls.append(f"EXECUTE q{number}" + (" ({i})" if takes else ""))
        if transaction:
            cursor.execute("BEGIN")
        for i in range(1, warm + times + 1):
            if i == warm + 1:
                cursor.execute("SELECT count_from_here()")
            for call in calls:
                cursor.execute(call.format(i=i))
        cursor.execute("SELECT count_to_here('counted')")
        connection.close()
        return self.counted() / times

    def counted(self):
        """Reads what callgrind has written since it was asked last."""
        total = None
        for file in self.files.iterdir():
            text = file.read_text(encoding="utf-8", errors="replace")
            if "Client Request: counted" in text[:2000]:
                total = int(re.search(r"^(?:totals|summary): (\d+)", text, re.M)[1])
                file.rename(self.last)
        if total is None:
            raise RuntimeError("callgrind has written nothing")
        return total

    def inclusive(self, *functions):
        """Returns, from what was counted last, one execution's instructions in these functions and all that they called."""
        text = subprocess.run(["callgrind_annotate", "--inclusive=yes", "--threshold=100", self.last],
                              check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        costs = {}
        for cost, name in re.findall(r"^ *([\d,]+) \([ \d.]+%\) +(?:\S*:)?(\w+) ", text, re.M):
            costs[name] = max(costs.get(name, 0), int(cost.replace(",", "")))
        return sum(costs[name] for name in functions) / self.times

    def take_apart(self, name, way, total):
        """Notes, if that was asked for, where the instructions went that were counted last."""
        if (name, way) in PARTS:
            costs = {part: self.inclusive(*functions) for part, functions in PARTS[name, way].items()}
            self.parts[name, way] = {**costs, "all else": total - sum(costs.values()), "all": total}

    def net(self, login, body, transaction=False):
        return self.count(login, body, transaction) - self.nothing[transaction]


def compare(counter, title, operations, first, transaction=False):
    """Makes a table of operations: the instructions of the first way, and each other one's ratio to it."""
    if counter.quick:
        operations = {name: {way: variant for way, variant in variants.items() if first in way or "connect" in way}
                      for name, variants in operations.items()}
    ways = list(dict.fromkeys(way for variants in operations.values() for way in variants))
    table(title, "operation", f"{first}, instructions", *(way for way in ways if way != first))
    results = {}
    for name, variants in operations.items():
        counted = {}
        for way, variant in variants.items():
            counted[way] = counter.net(*variant, transaction)
            counter.take_apart(name, way, counted[way])
        row(name, round(counted[first]), *(ratio(counted[way], counted[first]) if way in counted else None
                                           for way in ways if way != first))
        results[name] = counted
    return results


def show_parts(counter):
    """Shows where the instructions of some operations went that were counted so far."""
    for (name, way), costs in counter.parts.items():
        table(f"Where the instructions go: {name}, {way}", "part", "instructions")
        for part, cost in costs.items():
            row(part, round(cost))


def measure(quick, tables, rows=ROWS, prepare=None):
    """Fills a store, prepares it, starts the server again under callgrind, and has the tables counted."""
    with tempfile.TemporaryDirectory(prefix="connect_counter_") as folder:
        module = build_counter(folder)
        settings = {"autovacuum": "off", "shared_buffers": "256MB", "plan_cache_mode": "force_generic_plan",
                    "checkpoint_timeout": "1h", "max_wal_size": "8GB", "wal_writer_delay": "10s",
                    "bgwriter_delay": "10s", "max_parallel_workers_per_gather": "0", "jit": "off"}
        with Cluster(**settings) as cluster:
            fill(rows)
            if prepare is not None:
                prepare(rows)
            execute(f"CREATE FUNCTION count_from_here() RETURNS void AS '{module}' LANGUAGE C",
                    f"CREATE FUNCTION count_to_here(text) RETURNS void AS '{module}' LANGUAGE C STRICT")
            cluster.stop()
            files = cluster.folder / "callgrind"
            files.mkdir()
            files.chmod(0o777)
            # valgrind counts an instruction for each byte of "rep movsb", with which glibc copies whole
            # documents.
            plain_copies = "GLIBC_TUNABLES=" + ":".join(f"glibc.cpu.x86_rep_{name}_threshold=1073741824" for name in ("movsb", "stosb"))
            cluster.wrapper = ("env", plain_copies, "valgrind", "--tool=callgrind", "--trace-children=yes", "--instr-atstart=no",
                               f"--callgrind-out-file={files}/%p", "--log-file=/dev/null")
            cluster.start_timeout = 300
            cluster.start()
            tables(Counter(cluster, quick))


def statements(counter):
    """Shows what the functions and the triggers cost."""
    writes = compare(counter, "Writes: a change and its event (ratios)", WRITES, "floor")
    table("Writes, where the floor answers with a document too (aim: at most 1.10)", "operation", "connect")
    for name, counted in writes.items():
        row(name, ratio(counted["connect"], counted.get("floor with a document", counted["floor"])))
    compare(counter, "Terms: what the row of an open term costs (ratios to the same without)", TERMS, "connect without a term")
    reads = compare(counter, "Reads (ratios; aims: retrieve as text 0.85, as jsonb 1.40; list as text 1.05)", READS, "floor")
    table("Who is acting (aim: at most 0.15 of a retrieve)", "identity", "instructions", "of a retrieve as jsonb")
    for name, variant in IDENTITY.items():
        cost = counter.net(*variant)
        row(name, round(cost), ratio(cost, reads["retrieve"]["connect jsonb"]))
    show_parts(counter)


def gate(counter):
    """Shows what one question to the gate costs, also in a session that must first find out who asks."""
    compare(counter, "The gate, one question after another in a transaction (aim: at most 0.60 of EXISTS)", GATE, "EXISTS", True)
    compare(counter, "The gate, each question in a transaction of its own", GATE, "EXISTS")
    execute(DOCUMENTS)
    table("The gate in a scan of 20,000 rows with 1,000 owners (aim: at most 1.2)", "way", "instructions a row", "of the hashed semi-join")
    rows = {way: counter.count(*variant, warm=1, times=1) / 20000 for way, variant in SCANS.items()}
    for way, cost in rows.items():
        row(way, round(cost), ratio(cost, rows["hashed semi-join"]))
