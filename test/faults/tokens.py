"""tokens.py: what the clients of token_clients.py find, and what must be there afterwards. It is imported, not run.

They act for two organizations of their own, whose Connection stays active.
"""

import collections

import psycopg2

from ledger import BEATEN, OK, UNKNOWN

PARTIES = {"source": "org_token_source", "destination": "org_token_destination"}

SETUP = """
INSERT INTO connect.organization (id, name) VALUES ('org_token_source', 'Source'), ('org_token_destination', 'Destination');
CREATE ROLE regress_connect_faults_token_source;
CREATE ROLE regress_connect_faults_token_destination;
SELECT connect.map_role(('regress_connect_faults_token_' || party)::name, 'org_token_' || party),
    connect.grant_usage(('regress_connect_faults_token_' || party)::name) FROM unnest('{source,destination}'::text[]) AS party;
INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, scopes)
VALUES ('cxn_token', 'org_token_source', 'org_token_destination', '{inquiry.read}');
UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_token';
CREATE TABLE note (id text PRIMARY KEY, organization_id text NOT NULL);
CREATE TABLE copy (id text PRIMARY KEY DEFAULT 'copy_' || gen_random_uuid(), note_id text NOT NULL);
CREATE FUNCTION redeem(source_id text, source_organization_id text, destination_organization_id text, destination_id text, options jsonb)
RETURNS text LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$ INSERT INTO public.copy (note_id) VALUES ($1) RETURNING id $$;
SELECT connect.share_rows('note', 'note', 'organization_id', 'id', 'inquiry.read', 'note', 'redeem(text,text,text,text,jsonb)');
"""

TOKENS = """
SELECT t.id, t.status::text, ARRAY(SELECT c.id FROM copy AS c WHERE c.note_id = t.source_id) AS copies, t.destination_id,
    ARRAY(SELECT e.action || ' ' || e.to_status FROM connect.event AS e WHERE e.subject_id = t.id ORDER BY e.position, e.id)
FROM connect.share_token AS t
"""
HISTORIES = {
    "created": ["create created"],
    "redeemed": ["create created", "redeem pending", "complete redeemed"],
    "expired": ["create created", "expire expired"],
}


Findings = collections.namedtuple("Findings", "lost torn unfair counts")


def compare_tokens(clients, cursor):
    """Returns what was acknowledged and is not so, tokens that do not agree with copies and events, contests without one winner, and
    counts of what there is."""
    owners, contest = clients
    cursor.execute(TOKENS)
    rows = {row[0]: row[1:] for row in cursor.fetchall()}
    said = {token: state for client in owners for token, state in client.said.items()}
    lost = [f"{token}: said {state}, is {rows.get(token)}" for token, state in said.items()
            if token not in rows or state not in (UNKNOWN, rows[token][0])]
    torn = [f"{token}: {row}" for token, row in rows.items()
            if row[1] != ([row[2]] if row[0] == "redeemed" else []) or row[3] != HISTORIES.get(row[0])]
    unfair = [f"{token}: {dict(outcomes)}, is {rows.get(token)}" for token, outcomes in contest.outcomes.items()
              if token not in rows or not is_fair(outcomes, rows[token][0])]
    cursor.execute("SELECT count(*) FROM copy")
    copies, counts = cursor.fetchone()[0], collections.Counter(row[0] for row in rows.values())
    if copies != counts["redeemed"]:
        torn.append(f"{copies} copies of {counts['redeemed']} tokens")
    return Findings(lost, torn, unfair, counts)


def is_fair(outcomes, status):
    """Can a token be in this state, after these answers to those who wanted to redeem it at once?"""
    if status == "redeemed":
        return outcomes[OK] == 1 or (outcomes[OK] == 0 and outcomes[UNKNOWN] > 0)
    # nobody is told that somebody else was faster, unless somebody was
    return status == "created" and outcomes[OK] == 0 and outcomes[BEATEN] == 0


def check_tokens(tap, clients, cursor, title):
    """Makes the three checks that follow a fault."""
    findings = compare_tokens(clients, cursor)
    counts, contests = findings.counts, clients[1].outcomes
    won = sum(outcomes[OK] for outcomes in contests.values())
    tap.check(not findings.lost, f"{title}: nothing that was acknowledged of {sum(counts.values())} share tokens is lost", findings.lost)
    tap.check(counts["redeemed"] and counts["expired"] and not findings.torn,
              f"{title}: {counts['redeemed']} have one copy and the events of one redemption, the others neither", findings.torn)
    tap.check(won and not findings.unfair, f"{title}: of {len(contests)} that eight redeem at once {won} have a winner, and none has two",
              findings.unfair)


def check_comparison(tap, clients, dsn):
    """Shows that what would be wrong is found, in a store that is changed behind the guard's back, and changed back."""
    connection = psycopg2.connect(dsn)
    for found, what, statement in (
            ("lost", "a redemption that is lost", "UPDATE connect.share_token SET status = 'created' WHERE status = 'redeemed'"),
            ("unfair", "a contest of which the winner's redemption is lost",
             "UPDATE connect.share_token SET status = 'created' WHERE status = 'redeemed'"),
            ("lost", "a token that is lost", "DELETE FROM connect.share_token WHERE id = ANY (%s)"),
            ("torn", "a copy that is lost", "DELETE FROM copy WHERE id = (SELECT max(id) FROM copy)"),
            ("torn", "a second copy", "INSERT INTO copy (note_id) SELECT max(note_id) FROM copy"),
            ("torn", "an event that is lost", "DELETE FROM connect.event WHERE id = (SELECT max(id) FROM connect.event WHERE action = 'complete')")):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement, ([next(iter(clients[0][0].said))],) if "%s" in statement else None)
            tap.check(getattr(compare_tokens(clients, cursor), found), f"tokens tampered with: {what} is found")
        connection.rollback()
    connection.close()
    tap.check(not is_fair(collections.Counter({OK: 2, BEATEN: 6}), "redeemed") and not is_fair(collections.Counter({BEATEN: 8}), "created"),
              "two winners, and losers without a winner, are found")
