"""writers.py: what changes Connections, or other things, while stress.py asks the gate."""

import os
import time

from queries import CLEAR_TERM, SET_TERM, TOGGLE

PAIRS = 50


def toggle(cursor, rng, counts):
    cursor.execute(TOGGLE, (f"cxn_{rng.randint(1, PAIRS)}",))
    counts["toggles"] += cursor.rowcount


def set_term(cursor, rng, counts):
    """Gives one a term that passes soon or never, or takes it away."""
    row, term = f"cxn_{rng.randint(1, PAIRS)}", rng.choice(("expires_at", "expires_at", "respond_by"))
    way = rng.choice(("terms that pass", "terms that pass", "infinite terms", "terms cleared"))
    if way == "terms that pass":
        cursor.execute(SET_TERM.format(term=term), (rng.randint(2, 60), row))
    else:
        cursor.execute(CLEAR_TERM.format(term=term), ("infinity" if way == "infinite terms" else None, row))
    counts[way] += cursor.rowcount


def write_terms(cursor, rng, counts, gate):
    """Sets terms, alone, and in transactions that take some time or are rolled back; and records those that have passed."""
    if rng.random() < 0.05:
        cursor.execute("SELECT connect.expire_due(10)")
        counts["expired"] += cursor.fetchone()[0]
    cursor.execute("BEGIN")
    for _ in range(rng.randint(1, 2)):
        set_term(cursor, rng, counts)
    time.sleep(rng.choice((0, 0, 0.01)))
    cursor.execute(rng.choice(("COMMIT", "COMMIT", "COMMIT", "ROLLBACK")))
    time.sleep(0.002)


def write(cursor, rng, counts, gate):
    """Toggles in one transaction: alone, long, rolled back, in savepoints, prepared."""
    way = rng.random()
    cursor.execute("BEGIN")
    toggle(cursor, rng, counts)
    if way < 0.15:
        cursor.execute("SAVEPOINT s")
        toggle(cursor, rng, counts)
        cursor.execute("ROLLBACK TO s")
        counts["savepoints rolled back"] += 1
    if way > 0.7:
        time.sleep(0.005)
        counts["long"] += 1
    if way < 0.25:
        cursor.execute("ROLLBACK")
        counts["rolled back"] += 1
    elif way < 0.35:
        name = f"stress_{os.getpid()}_{counts['prepared']}"
        cursor.execute(f"PREPARE TRANSACTION '{name}'")
        time.sleep(rng.random() * 0.01)
        cursor.execute(f"{rng.choice(('COMMIT', 'ROLLBACK'))} PREPARED '{name}'")
        counts["prepared"] += 1
    else:
        cursor.execute("COMMIT")
        counts["committed"] += 1


TABLE_CHANGES = ("switched off", "switched off inside", "replicated", "replaced")


def change_table(cursor, rng, counts, gate):
    """Does what a DBA may do to the table as a whole, or to rows past the guard, one way after the other."""
    way = TABLE_CHANGES[sum(counts[way] for way in TABLE_CHANGES) % len(TABLE_CHANGES)]
    if way == "switched off":
        cursor.execute("ALTER TABLE connect.connection DISABLE TRIGGER zz_mark_pair")
        for _ in range(5):
            toggle(cursor, rng, counts)
            time.sleep(0.002)
        cursor.execute("ALTER TABLE connect.connection ENABLE ALWAYS TRIGGER zz_mark_pair")
        toggle(cursor, rng, counts)
    else:
        cursor.execute("BEGIN")
        if way == "switched off inside":
            cursor.execute("ALTER TABLE connect.connection DISABLE TRIGGER zz_mark_pair")
            toggle(cursor, rng, counts)
            cursor.execute("ALTER TABLE connect.connection ENABLE ALWAYS TRIGGER zz_mark_pair")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
            if way == "replicated":
                toggle(cursor, rng, counts)
                set_term(cursor, rng, counts)
            else:
                cursor.execute("CREATE TEMP TABLE kept ON COMMIT DROP AS SELECT * FROM connect.connection")
                cursor.execute("TRUNCATE connect.connection CASCADE")
                cursor.execute("UPDATE kept SET status = CASE WHEN random() < 0.5 THEN 'active' ELSE 'inactive' END::connect.connection_status")
                cursor.execute("INSERT INTO connect.connection SELECT * FROM kept")
        cursor.execute(rng.choice(("COMMIT", "COMMIT", "ROLLBACK")))
    counts[way] += 1
    time.sleep(0.02)


def write_elsewhere(cursor, rng, counts, gate):
    """Runs transactions that have nothing to do with Connections."""
    cursor.execute("INSERT INTO noise DEFAULT VALUES")
    counts["unrelated writes"] += 1
    time.sleep(0.002)
