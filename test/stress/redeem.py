#!/usr/bin/python3
"""Eight redeem each share token at once, while others end tokens, deactivate and sweep: one wins, or none.

    test/stress/redeem.py               about 15 seconds
    test/stress/redeem.py --seconds N

The tokens of a batch lie open. Eight redeemers go through them in one order, each in its own
transaction, some of them under REPEATABLE READ or rolled back. Beside them the source and the
destination expire tokens, time passes for some, expire_due() records it, and the Connection is
deactivated, offered and accepted again. The redeem function makes a copy of the source's row.

In the end each token has one winner, one copy and the events of one redemption, or none of
these and no copy. What would be wrong must be seen to be: the same race over a table whose
program looks at the state and then writes must make several copies of one row.

Prints TAP. Runs on a throw-away cluster of the installation that PG_CONFIG names, where the
extension must be installed. Needs python3-psycopg2.
"""

import argparse
import collections
import pathlib
import random
import signal
import sys
import threading
import time
import traceback

import psycopg2
from psycopg2 import errors

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "script"))

from cluster import Cluster, execute  # noqa: E402  (it needs the path above)

REDEEMERS = 8
BATCH = 40
# Conflicts of states and snapshots, and a Connection that is not active at the moment.
REFUSALS = ("PT409", "40001", "40P01")

SETUP = """
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name) VALUES ('org_source', 'Source'), ('org_destination', 'Destination');
CREATE ROLE source;
CREATE ROLE destination;
SELECT connect.map_role(name, 'org_' || name), connect.grant_usage(name) FROM unnest('{source,destination}'::name[]) AS name;
CREATE TABLE note (id text PRIMARY KEY, organization_id text NOT NULL);
CREATE TABLE copy (id text PRIMARY KEY DEFAULT 'copy_' || gen_random_uuid(), note_id text NOT NULL);
CREATE FUNCTION redeem(source_id text, source_organization_id text, destination_organization_id text, destination_id text, options jsonb)
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO public.copy (note_id) VALUES ($1) RETURNING id $$;
SELECT connect.share_rows('note', 'note', 'organization_id', 'id', 'inquiry.read', 'note', 'redeem(text,text,text,text,jsonb)');
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes)
VALUES ('cxn_1', 'org_source', 'org_destination', '{inquiry.read}');
UPDATE connect.connection SET status = 'active';
CREATE TABLE naive (id text PRIMARY KEY, status text NOT NULL);
CREATE FUNCTION naive_redeem(token text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM naive WHERE id = token AND status = 'created') THEN
        RAISE EXCEPTION 'it is not created' USING ERRCODE = 'PT409';
    END IF;
    PERFORM pg_sleep(0.0005);
    INSERT INTO copy (note_id) VALUES (token);
    UPDATE naive SET status = 'redeemed' WHERE id = token;
END $$;
GRANT EXECUTE ON FUNCTION naive_redeem(text) TO destination;
GRANT SELECT, UPDATE ON naive TO destination;
GRANT SELECT, INSERT ON copy TO destination;
"""

# For some the time comes within the batch: shorter than a source may ask for, so they are imported.
FEW = """
SET session_replication_role = replica;
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status,
    expires_at, created_at, updated_at)
SELECT %(id)s, 'cxn_1', 'org_source', 'org_destination', 'note', %(note)s, 'created', clock_timestamp() + %(in)s * interval '1 s',
    clock_timestamp(), clock_timestamp();
RESET session_replication_role;
"""


def connect(role=None):
    connection = psycopg2.connect()
    connection.autocommit = True
    cursor = connection.cursor()
    if role:
        cursor.execute(f"SET ROLE {role}")
    return cursor


class Race:
    """Tokens, those who race for them, and what became of it."""

    def __init__(self, statement):
        self.statement = statement
        self.counts = collections.Counter()
        self.wins = collections.Counter()
        self.failures = []
        self.lock = threading.Lock()
        self.over = threading.Event()

    def count(self, what):
        with self.lock:
            self.counts[what] += 1

    def attempt(self, cursor, rng, token):
        """Tries to redeem one token, in a transaction that sometimes ends in a rollback."""
        level = rng.choice(["READ COMMITTED"] * 5 + ["REPEATABLE READ"])
        cursor.execute(f"BEGIN ISOLATION LEVEL {level}")
        try:
            cursor.execute(self.statement, (token,))
            if rng.random() < 0.1:
                cursor.execute("ROLLBACK")
                self.count("rolled back")
                return
            cursor.execute("COMMIT")
            with self.lock:
                self.wins[token] += 1
        except psycopg2.Error as error:
            cursor.execute("ROLLBACK")
            if error.pgcode not in REFUSALS:
                raise
            self.count("inactive" if "active" in str(error.diag.message_detail) else error.pgcode)

    def redeem(self, number, tokens, start):
        rng, cursor = random.Random(number), connect("destination")
        start.wait(timeout=60)
        for token in tokens:
            for _ in range(2):
                self.attempt(cursor, rng, token)
        cursor.connection.close()

    def guarded(self, act, *arguments):
        try:
            act(*arguments)
        except Exception:  # which has to be told
            self.failures.append(traceback.format_exc())

    def until_over(self, act, role, pause):
        cursor = connect(role)
        while not self.over.is_set():
            try:
                act(cursor)
            except psycopg2.Error as error:
                if error.pgcode not in REFUSALS:
                    raise
            time.sleep(random.random() * pause)
        cursor.connection.close()

    def run(self, tokens, others=()):
        """Lets all redeemers go through the tokens, beside what others do meanwhile."""
        self.over.clear()
        start = threading.Barrier(REDEEMERS)
        threads = [threading.Thread(target=self.guarded, args=(self.redeem, n, tokens, start), daemon=True) for n in range(REDEEMERS)]
        beside = [threading.Thread(target=self.guarded, args=(self.until_over, *other), daemon=True) for other in others]
        for thread in threads + beside:
            thread.start()
        for thread in threads:
            thread.join(timeout=120)
            if thread.is_alive():
                self.failures.append("a redeemer did not come to its end")
        self.over.set()
        for thread in beside:
            thread.join(timeout=60)


def make_tokens(batch):
    """Makes the tokens of a batch, every fifth of which will not live long."""
    source, owner, tokens = connect("source"), connect(), []
    for n in range(BATCH):
        note = f"note_{batch}x{n}"
        owner.execute("INSERT INTO note VALUES (%s, 'org_source')", (note,))
        if n % 5 == 4:
            tokens.append(f"cnst_{batch}x{n}")
            owner.execute(FEW, {"id": tokens[-1], "note": note, "in": random.random()})
        else:
            source.execute("SELECT connect.create_share_token('cxn_1', %s) #>> '{data,id}'", (note,))
            tokens.append(source.fetchone()[0])
    for cursor in (source, owner):
        cursor.connection.close()
    return tokens


def race_batch(race, batch):
    tokens = make_tokens(batch)

    def expire(cursor):
        cursor.execute("SELECT connect.expire_share_token(%s)", (random.choice(tokens),))
        race.count("expired by a party")

    def turn(cursor):
        for role, action in (("source", "deactivate"), ("source", "reactivate"), ("destination", "activate")):
            cursor.execute(f"SET ROLE {role}")
            cursor.execute(f"SELECT connect.{action}_connection('cxn_1')")
            race.count(action)
            time.sleep(random.random() * 0.01)

    def sweep(cursor):
        cursor.execute("SELECT connect.expire_due()")
        race.counts["expired by time"] += cursor.fetchone()[0]

    race.run(tokens, ((expire, "source", 0.1), (expire, "destination", 0.1), (turn, None, 0.1), (sweep, None, 0.05)))


TRUTH = """
SELECT t.id, t.status::text, (SELECT count(*) FROM copy AS c WHERE c.note_id = t.source_id),
    ARRAY(SELECT e.action || ' ' || e.to_status FROM connect.event AS e WHERE e.subject_id = t.id AND e.action <> 'create'
        ORDER BY e.position, e.id), t.destination_id IS NOT DISTINCT FROM (SELECT max(c.id) FROM copy AS c WHERE c.note_id = t.source_id)
FROM connect.share_token AS t ORDER BY t.id
"""
HISTORIES = {
    "created": [],
    "redeemed": ["redeem pending", "complete redeemed"],
    "expired": ["expire expired"],
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=12, help="of load")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    checks = []

    def check(good, what, details=()):
        checks.append(good)
        print(f"{'ok' if good else 'not ok'} {len(checks)} - {what}", flush=True)
        for detail in [] if good else list(details)[:10]:
            print("# " + str(detail).replace("\n", "\n# "), flush=True)

    print("1..7")
    with Cluster(max_connections=50):
        execute(SETUP)
        race, end, batch = Race("SELECT connect.redeem_share_token(%s)"), time.monotonic() + options.seconds, 0
        while time.monotonic() < end and not race.failures:
            race_batch(race, batch)
            batch += 1
        cursor = connect()
        cursor.execute(TRUTH)
        rows = cursor.fetchall()
        states = collections.Counter(row[1] for row in rows)
        print(f"# {batch} batches, {len(rows)} tokens: {dict(states)}; {dict(race.counts)}")
        check(not race.failures, "every redeemer came to its end", race.failures)
        missing = [kind for kind in ("PT409", "40001", "inactive", "rolled back", "expired by a party", "expired by time", "activate")
                   if not race.counts[kind]] + [state for state in ("redeemed", "expired") if not states[state]]
        check(not missing, "there was load of every kind", missing)
        wrong = [row for row in rows if race.wins[row[0]] != (row[1] == "redeemed")]
        check(not wrong, f"{sum(race.wins.values())} tokens had one winner, the others none", wrong)
        wrong = [row for row in rows if row[2] != (row[1] == "redeemed") or not row[4]]
        check(not wrong, "a token that is redeemed has one copy and names it, another has none", wrong)
        wrong = [row for row in rows if row[3] != HISTORIES.get(row[1])]
        check(not wrong, "the events of each tell what it is, and nothing else", wrong)
        cursor.execute("SELECT * FROM connect.verify_history()")
        found = cursor.fetchall()
        check(not found, "every seal holds", found)

        naive = Race("SELECT naive_redeem(%s)")
        tokens = [f"naive_{n}" for n in range(BATCH)]
        cursor.execute("INSERT INTO naive SELECT *, 'created' FROM unnest(%s)", (tokens,))
        naive.run(tokens)
        cursor.execute("SELECT count(*) FROM (SELECT FROM copy WHERE note_id LIKE 'naive%' GROUP BY note_id HAVING count(*) > 1) AS c")
        twice = cursor.fetchone()[0]
        check(not naive.failures and twice > 0, f"by a program that looks and then writes, {twice} were handed over more than once",
              naive.failures)
        cursor.connection.close()
    return 0 if all(checks) and len(checks) == 7 else 1


if __name__ == "__main__":
    sys.exit(main())
