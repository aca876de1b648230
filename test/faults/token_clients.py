"""token_clients.py: clients that make share tokens, redeem and expire them, through SQL and HTTP. It is imported, not run.

Most tokens are of one client, which remembers what it was told: so what it was told last is what
is there. The others are redeemed by eight clients at once.
"""

import collections
import concurrent.futures
import uuid

import psycopg2

from clients import HttpClient, SqlClient
from ledger import BEATEN, OK, REFUSED, UNKNOWN
from tokens import PARTIES

API = "/api/v1/connect/share-tokens"


class SqlSpeaker(SqlClient):
    """Says things of tokens through SQL, as a party's role; every statement is a transaction."""

    channel = "tokens"
    user = "postgres"

    STATEMENTS = {
        "create": "SELECT connect.create_share_token('cxn_token', %s)",
        "redeem": "SELECT connect.redeem_share_token(%s)",
        "expire": "SELECT connect.expire_share_token(%s)",
    }

    def say(self, party, action, what):
        """Returns what became of it, and the document if it was acknowledged."""
        if not self.connect():
            return REFUSED, None
        try:
            self.execute(f"SET ROLE regress_connect_faults_token_{party}")
            return OK, self.execute(self.STATEMENTS[action], (what,))
        except psycopg2.Error as error:
            # An error that leaves the session alive is the server's word that nothing was done.
            return UNKNOWN if self.session.closed else BEATEN if error.pgcode == "PT409" else REFUSED, None

    def write_note(self):
        """Returns the id of a new row that a token can be made for, or None."""
        note = f"note_{uuid.uuid4()}"
        if not self.connect():
            return None
        try:
            self.execute("RESET ROLE")
            self.execute("INSERT INTO note VALUES (%s, 'org_token_source')", (note,))
        except psycopg2.Error:
            return None
        return note


class HttpSpeaker(HttpClient):
    """Says the same over HTTP, under an Idempotency-Key."""

    channel = "tokens over HTTP"

    def say(self, party, action, what):
        body = {"data": {"attributes": {"connection-id": "cxn_token", "source-id": what}}} if action == "create" else {}
        request = self.request("POST", API if action == "create" else f"{API}/{what}/{action}", body, PARTIES[party], str(uuid.uuid4()))
        state, document = self.obey(request)
        return BEATEN if state == REFUSED and request["first"][0] == 409 else state, document


class OwnTokens:
    """What the clients with tokens of their own do, whichever way they speak."""

    def __init__(self, crew, seed):
        super().__init__(crew, seed)
        self.said = {}  # what was acknowledged last, of each token
        self.open = []
        self.writer = self if isinstance(self, SqlSpeaker) else SqlSpeaker(crew, f"{seed} writer")

    def step(self):
        if not self.open or self.rng.random() < 0.4:
            self.create()
        else:
            self.end(self.open.pop(self.rng.randrange(len(self.open))))

    def create(self):
        note = self.writer.write_note()
        state, document = self.say("source", "create", note) if note else (REFUSED, None)
        if state == OK:
            self.acknowledge(document)
            self.open.append(document["data"]["id"])

    def end(self, token):
        action, party = self.rng.choice((("redeem", "destination"), ("redeem", "destination"), ("expire", "source")))
        state, document = self.say(party, action, token)
        if state == OK:
            self.acknowledge(document)
        elif state == UNKNOWN:
            self.said[token] = UNKNOWN
        else:
            self.open.append(token)

    def acknowledge(self, document):
        self.said[document["data"]["id"]] = document["data"]["attributes"]["status"]
        self.ledger.count(self.channel)


class TokenClient(OwnTokens, SqlSpeaker):
    pass


class HttpTokenClient(OwnTokens, HttpSpeaker):
    pass


class Contest(SqlSpeaker):
    """Makes a token, which eight clients then redeem at once."""

    channel = "contests"

    def __init__(self, crew, seed):
        super().__init__(crew, seed)
        self.outcomes = {}  # how often it was answered how, of each token
        self.redeemers = [kind(crew, f"{seed} {n}") for n, kind in enumerate([SqlSpeaker] * 5 + [HttpSpeaker] * 3)]
        self.pool = concurrent.futures.ThreadPoolExecutor(len(self.redeemers))

    def step(self):
        note = self.write_note()
        state, document = self.say("source", "create", note) if note else (REFUSED, None)
        if state == OK:
            token = document["data"]["id"]
            answers = self.pool.map(lambda redeemer: redeemer.say("destination", "redeem", token)[0], self.redeemers)
            self.outcomes[token] = collections.Counter(answers)
            self.ledger.count(self.channel)
