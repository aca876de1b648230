"""statements.py: every statement that the bench measures runs, by connect and by each peer. Prints TAP.

Nothing is measured here. A write must leave its events where its peer keeps them, and a share token
must be made or redeemed, so that no peer is fast because it does less. And the functions whose part of a cost is shown have those names.
"""

import pathlib
import re
import sys

import psycopg2

TREE = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TREE / "script"), str(TREE / "bench")]

from cluster import Cluster, execute  # noqa: E402  (these need the path above)
from setup import fill, fill_tokens  # noqa: E402
from statements import DOCUMENTS, GATE, IDENTITY, PARTS, READS, SCANS, TERMS, TOKENS, WRITES  # noqa: E402

ROWS = 1000
# Which of the rows each peer works on.
NUMBER = 40
SCHEMAS = {"floor with a document": "answered", "floor in the same steps, with a document": "answered", "lean twin": "lean", "application": "app",
           "connect without a term": "connect", "connect with a term": "connect"}


# What each operation on share tokens leaves: events, tokens, redeemed tokens.
LEFT = {"create a token": (1, 1, 0), "redeem a token": (2, 0, 1)}


def events(peer):
    (count,), = execute(f"SELECT count(*) FROM {SCHEMAS.get(peer, peer)}.event")
    return count


def tokens(peer):
    """Returns how many events there are, tokens, and tokens whose redemption is complete."""
    counts, = execute("""SELECT (SELECT count(*) FROM {schema}.event), count(*),
        count(*) FILTER (WHERE status = 'redeemed' AND redeem_mode = 'clone' AND destination_id LIKE 'inq_%'
            AND pending_at IS NOT NULL AND redeemed_at IS NOT NULL) FROM {schema}.share_token""".format(schema=SCHEMAS.get(peer, peer)))
    return counts


def run(login, body):
    """Runs the statements of a body as its login; returns what went wrong, or None."""
    connection = psycopg2.connect(user=login)
    connection.autocommit = True
    try:
        for statement in body.rstrip().rstrip(";").split(";\n"):
            connection.cursor().execute(statement.replace(":i", str(NUMBER)))
    except psycopg2.Error as error:
        return str(error)
    finally:
        connection.close()
    return None


def main():
    checks = []

    def check(wrong, what):
        checks.append(wrong is None)
        print(f"{'not ok' if wrong else 'ok'} {len(checks)} - {what}", flush=True)
        if wrong:
            print("# " + wrong.replace("\n", "\n# "))

    with Cluster():
        fill(ROWS)
        for operation, peers in (*WRITES.items(), *TERMS.items()):
            for peer, (login, body) in peers.items():
                before = events(peer)
                wrong = run(login, body)
                if wrong is None and events(peer) != before + 1:
                    wrong = f"{events(peer) - before} events were written"
                check(wrong, f"{operation}: {peer}")
        fill_tokens(ROWS)
        for operation, peers in TOKENS.items():
            for peer, (login, body) in peers.items():
                before = tokens(peer)
                wrong = run(login, body)
                left = tuple(after - was for after, was in zip(tokens(peer), before))
                if wrong is None and left != LEFT[operation]:
                    wrong = "{} events, {} tokens and {} redeemed ones were written".format(*left)
                check(wrong, f"{operation}: {peer}")
        for statements in (*READS.values(), IDENTITY, *GATE.values()):
            for peer, (login, body) in statements.items():
                check(run(login, body), f"{peer}: {body[:60]}".replace("\n", " "))
        sources = "".join(file.read_text(encoding="utf-8") for file in (TREE / "src").rglob("*.c"))
        for (operation, peer), parts in PARTS.items():
            gone = [name for names in parts.values() for name in names
                    if name != "jsonb_out" and not re.search(rf"^{name}\(", sources, re.M)]
            check(f"src/ has no {gone}" if gone else None, f"the parts of {operation}, {peer}, are functions of ours")
        execute(DOCUMENTS)
        for peer, (login, body) in SCANS.items():
            check(run(login, body), f"scan: {peer}")
    print(f"1..{len(checks)}")
    return 0 if all(checks) else 1


if __name__ == "__main__":
    sys.exit(main())
