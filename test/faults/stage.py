"""stage.py: one round of a fault: the load, the fault, the comparison. It is imported, not run.

Nothing here waits for a fixed time. It waits until something has happened, and gives
up, which fails the suite, when that has not happened for minutes.
"""

import contextlib
import sys
import time

import psycopg2

from clients import REFUSALS
from ledger import OK, REFUSED, compare
from tokens import check_tokens

LIMIT = 240  # seconds after which what is waited for will not come
WORK = 10  # acknowledged writes of each channel, before and after a fault
REPLAYS = 10
CHANNELS = ("sql", "http", "tokens", "tokens over HTTP", "contests")


class Tap:
    """Prints results. The plan comes last, because the machine decides what can be run."""

    def __init__(self):
        self.count = self.failed = 0

    def check(self, passed, what, details=()):
        self.count += 1
        self.failed += not passed
        print(f"{'ok' if passed else 'not ok'} {self.count} - {what}", flush=True)
        if not passed:
            for detail in list(details)[:10]:
                self.note(detail)

    def skip(self, what, why):
        self.count += 1
        print(f"ok {self.count} - {what} # SKIP {why}", flush=True)

    def note(self, text):
        for line in str(text).splitlines():
            print(f"# {line}", flush=True)

    def end(self):
        print(f"1..{self.count}", flush=True)
        return 1 if self.failed else 0


def wait_until(what, condition, act=lambda: None):
    """Returns when a condition holds; acts between two looks at it."""
    end = time.monotonic() + LIMIT
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"{what() if callable(what) else what}: not within {LIMIT} s")
        act()
        time.sleep(0.02)


@contextlib.contextmanager
def session(dsn):
    """Yields a superuser's cursor; each statement is a transaction."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        yield connection.cursor()
    finally:
        connection.close()


def server_is_up(dsn):
    try:
        psycopg2.connect(dsn).close()
        return True
    except psycopg2.OperationalError:
        return False


def revive(cluster):
    """Starts a killed server, which refuses to start as long as a process of the killed one is left."""
    def started():
        try:
            cluster.start()
            return True
        except RuntimeError as error:
            last = str(error)[-1000:]
            if "shared memory block" in last or "lock file" in last:
                return False
            raise

    cluster.server.wait()
    wait_until("the server is started", started)


class Stage:
    """A crew at work on a store, and the ledger that says what must be there."""

    def __init__(self, tap, crew, dsn, followers=None):
        self.tap, self.crew, self.ledger, self.dsn = tap, crew, crew.ledger, dsn
        self.followers = followers

    def wait_for_work(self, amount=WORK):
        """Returns when all channels have had so many more writes acknowledged."""
        goals = {(channel, OK): self.ledger.counts[channel, OK] + amount for channel in CHANNELS}
        wait_until(lambda: f"the clients get on: {dict(self.ledger.counts)}, {dict(self.ledger.met)}",
                   lambda: self.crew.failures or all(self.ledger.counts[key] >= goal for key, goal in goals.items()))
        if self.crew.failures:
            raise RuntimeError(self.crew.failures[0])

    def strange_answers(self, *faults):
        """Returns what clients met that is neither a refusal nor the doing of a fault."""
        expected = (*REFUSALS, *faults, "lost", 500, 503, "400 of PostgREST's own")
        return [f"{key}: {n}" for key, n in self.ledger.met.items() if key[1] not in expected]

    def met(self, *keys):
        return sum(self.ledger.met[key] for key in keys)

    def round(self, title, fault):
        """Lets a fault happen under load, and compares ledger and store afterwards."""
        began = time.monotonic()
        before = self.ledger.met.copy()
        self.crew.go()
        self.wait_for_work()
        fault()
        self.wait_for_work()
        self.crew.pause()
        met = self.ledger.met - before
        self.tap.note(f"{title}: {time.monotonic() - began:.1f} s; met " +
                      ", ".join(f"{channel} {what}: {n}" for (channel, what), n in sorted(met.items(), key=str)))
        self.compare(title)

    def compare(self, title):
        """Makes the checks that follow every fault, while the clients hold still."""
        self.crew.replays.clear()
        self.crew.replay_some(REPLAYS)
        with session(self.dsn) as cursor:
            findings = compare(self.ledger, cursor)
            check_tokens(self.tap, self.crew.token_clients(), cursor, title)
        self.tap.check(not findings.lost, f"{title}: nothing of {len(self.ledger.of(OK))} acknowledged writes is lost", findings.lost)
        self.tap.check(not findings.refused, f"{title}: nothing of {len(self.ledger.of(REFUSED))} refused ones is there", findings.refused)
        self.tap.check(findings.histories > 0 and not findings.broken and not findings.strange,
                       f"{title}: {findings.histories} histories are unbroken and end in their rows",
                       findings.strange + findings.broken)
        self.tap.check(self.crew.replays["asked"] > 0 and not self.crew.wrong_replays,
                       f"{title}: {self.crew.replays['asked']} repeated requests were answered as the first time",
                       self.crew.wrong_replays)
        if self.followers is not None:
            self.followers.compare(self.tap, title)

    def kill_server(self, cluster):
        """Sends SIGKILL to the postmaster; a new one recovers from the log."""
        before = self.ledger.met.copy()
        cluster.server.kill()
        revive(cluster)
        wait_until("clients have met it", lambda: all(
            sum(n for (channel, what), n in (self.ledger.met - before).items()
                if channel == wanted and (what == "lost" or what in (500, 503))) for wanted in ("sql", "http")))


def exit_on(signum, _frame):
    sys.exit(128 + signum)
