"""tokens.py: clients that make share tokens, redeem and expire them, and what must be there afterwards. It is imported, not run.

They are roles of two organizations of their own, whose Connection stays active. Each token is
of one client, which remembers what it was told: so what it was told last is what is there.
"""

import collections
import uuid

import psycopg2

from ledger import OK

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
UNKNOWN = "unknown"


def token_client(base):
    """Returns the class of these clients; base is a client with a session in SQL."""

    class TokenClient(base):
        channel = "tokens"
        user = "postgres"

        def __init__(self, crew, seed):
            super().__init__(crew, seed)
            self.said = {}  # what was acknowledged last, of each token
            self.open = []

        def step(self):
            if not self.connect():
                return
            try:
                if not self.open or self.rng.random() < 0.4:
                    self.create()
                else:
                    self.end(self.open.pop(self.rng.randrange(len(self.open))))
            except psycopg2.Error:
                pass

        def speak(self, party, statement, value):
            self.execute(f"SET ROLE regress_connect_faults_token_{party}")
            document = self.execute(statement, (value,))
            with self.ledger.lock:
                self.ledger.counts[self.channel, OK] += 1
            return document["data"]

        def create(self):
            note = f"note_{uuid.uuid4()}"
            self.execute("RESET ROLE")
            self.execute("INSERT INTO note VALUES (%s, 'org_token_source')", (note,))
            token = self.speak("source", "SELECT connect.create_share_token('cxn_token', %s)", note)["id"]
            self.said[token] = "created"
            self.open.append(token)

        def end(self, token):
            action, party = self.rng.choice((("redeem", "destination"), ("redeem", "destination"), ("expire", "source")))
            try:
                answer = self.speak(party, f"SELECT connect.{action}_share_token(%s)", token)
                self.said[token] = answer["attributes"]["status"]
            except psycopg2.Error:
                # An error that leaves the session alive is the server's word that nothing was done.
                if self.session.closed:
                    self.said[token] = UNKNOWN
                else:
                    self.open.append(token)
                raise

    return TokenClient


def compare_tokens(clients, cursor):
    """Returns what was acknowledged and is not so, tokens that do not agree with copies and events, and counts of what there is."""
    cursor.execute(TOKENS)
    rows = {row[0]: row[1:] for row in cursor.fetchall()}
    said = {token: state for client in clients for token, state in client.said.items()}
    lost = [f"{token}: said {state}, is {rows.get(token)}" for token, state in said.items()
            if token not in rows or state not in (UNKNOWN, rows[token][0])]
    torn = [f"{token}: {row}" for token, row in rows.items()
            if row[1] != ([row[2]] if row[0] == "redeemed" else []) or row[3] != HISTORIES.get(row[0])]
    cursor.execute("SELECT count(*) FROM copy")
    copies, counts = cursor.fetchone()[0], collections.Counter(row[0] for row in rows.values())
    if copies != counts["redeemed"]:
        torn.append(f"{copies} copies of {counts['redeemed']} tokens")
    return lost, torn, counts


def check_tokens(tap, clients, cursor, title):
    """Makes the two checks that follow a fault."""
    lost, torn, counts = compare_tokens(clients, cursor)
    tap.check(not lost, f"{title}: nothing that was acknowledged of {sum(counts.values())} share tokens is lost", lost)
    tap.check(counts["redeemed"] and counts["expired"] and not torn,
              f"{title}: {counts['redeemed']} have one copy and the events of one redemption, the others neither", torn)


def check_comparison(tap, clients, dsn):
    """Shows that what would be wrong is found, in a store that is changed behind the guard's back, and changed back."""
    connection = psycopg2.connect(dsn)
    for place, what, statement in (
            (0, "a redemption that is lost", "UPDATE connect.share_token SET status = 'created' WHERE status = 'redeemed'"),
            (0, "a token that is lost", "DELETE FROM connect.share_token WHERE id = (SELECT max(id) FROM connect.share_token WHERE status = 'redeemed')"),
            (1, "a copy that is lost", "DELETE FROM copy WHERE id = (SELECT max(id) FROM copy)"),
            (1, "a second copy", "INSERT INTO copy (note_id) SELECT max(note_id) FROM copy"),
            (1, "an event that is lost", "DELETE FROM connect.event WHERE id = (SELECT max(id) FROM connect.event WHERE action = 'complete')")):
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(statement)
            tap.check(compare_tokens(clients, cursor)[place], f"tokens tampered with: {what} is found")
        connection.rollback()
    connection.close()
