"""clients.py: clients that write through SQL and HTTP, and keep the ledger. It is imported, not run.

There are three kinds (and those of token_clients.py), each a thread with a connection of its own: a role that stands
for an organization and commits each statement, a trusted gateway with several actions in a transaction, and HTTP with
an Idempotency-Key, which asks again under the same key until it has an answer.
"""

import http.client
import json
import random
import threading
import time
import traceback

import psycopg2

from ledger import OK, REFUSED, UNKNOWN
from tokens import PARTIES, SETUP as TOKENS

ORGANIZATIONS = [f"org_{n}" for n in range(60)]
GATEWAY = "regress_connect_faults_gateway"
# The roles have their names from script/stack.sh, because http/postgrest.conf has them too.
AUTHENTICATOR = "connect_authenticator"
HANDLER = "connect_http"
SCOPES = ("account.read", "inquiry.read", "verification.read")
API = "/api/v1/connect/connections"
# The SQLSTATEs of refusals, and the statuses of answers. Anything else is a fault's doing, or a mistake.
REFUSALS = ("PT404", "PT409", "23505", "42501", 200, 201, 403, 404, 409)
PATIENCE = 240  # seconds that an HTTP client keeps asking under one key

# For each action a statement of SQL, and for HTTP the method and what follows the id.
ACTIONS = {
    "create": ("SELECT connect.create_connection(%s, %s, %s)", "POST", None),
    "activate": ("SELECT connect.activate_connection(%s, %s)", "POST", "/activate"),
    "deactivate": ("SELECT connect.deactivate_connection(%s, %s)", "POST", "/deactivate"),
    "reactivate": ("SELECT connect.reactivate_connection(%s, %s)", "POST", "/reactivate"),
    "update": ("SELECT connect.update_connection(%s, %s, %s)", "PATCH", ""),
}

SETUP = f"""
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'Organization' FROM generate_series(0, {len(ORGANIZATIONS) - 1}) AS n;
DO $$
BEGIN
    FOR n IN 0..{len(ORGANIZATIONS) - 1} LOOP
        EXECUTE format('CREATE ROLE %I', 'regress_connect_faults_' || n);
        PERFORM connect.grant_usage('regress_connect_faults_' || n), connect.map_role('regress_connect_faults_' || n, 'org_' || n);
    END LOOP;
END $$;
CREATE ROLE {GATEWAY} LOGIN;
CREATE ROLE {HANDLER} NOLOGIN;
CREATE ROLE {AUTHENTICATOR} LOGIN NOINHERIT IN ROLE {HANDLER};
ALTER ROLE {AUTHENTICATOR} SET statement_timeout = '20s';
ALTER ROLE {AUTHENTICATOR} SET lock_timeout = '5s';
SELECT connect.trust_gateway('{GATEWAY}'), connect.trust_gateway('{AUTHENTICATOR}'),
    connect.grant_usage('{GATEWAY}'), connect.grant_http('{HANDLER}');
"""


def set_up(dsn):
    """Makes the store with its organizations, and returns an API key for each of them."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(SETUP + TOKENS)
        keys = {}
        for organization in (*ORGANIZATIONS, *PARTIES.values()):
            cursor.execute("SELECT secret FROM connect.create_api_key(%s, 'faults')", (organization,))
            keys[organization] = cursor.fetchone()[0]
    connection.close()
    return keys


class Client(threading.Thread):
    """A thread that takes random actions until the crew ends; the crew reports what it raises."""

    channel = "sql"

    def __init__(self, crew, seed):
        super().__init__(daemon=True)
        self.crew = crew
        self.ledger = crew.ledger
        self.rng = random.Random(seed)
        self.at_work = threading.Lock()

    def run(self):
        while not self.crew.ended:
            if not self.crew.going.wait(timeout=0.1):
                continue
            with self.at_work:
                try:
                    if self.crew.going.is_set():
                        self.step()
                except Exception:  # a mistake of the test's, which must be told
                    self.crew.failures.append(traceback.format_exc())
                    return
            # This must not keep two cores busy all by itself.
            time.sleep(self.rng.random() * 0.01)

    def choose(self):
        """Returns an action, who takes it, a connection's id or a destination, and scopes; mostly an allowed one."""
        known = self.ledger.connections
        scopes = self.rng.sample(SCOPES, self.rng.randint(1, 3))
        if len(known) < 10 or self.rng.random() < 0.1:
            actor, destination = self.rng.choice(ORGANIZATIONS), self.rng.choice(ORGANIZATIONS)
            return "create", actor, destination, scopes
        # A few Connections are fought for by all; of the others there are many.
        connection, source, destination = self.rng.choice(known[-8:] if self.rng.random() < 0.6 else known)
        action = self.rng.choice(("activate", "activate", "deactivate", "reactivate", "reactivate", "update"))
        actor = {"activate": destination, "deactivate": self.rng.choice((source, destination))}.get(action, source)
        if self.rng.random() < 0.05:
            actor = self.rng.choice(ORGANIZATIONS)
        return action, actor, connection, scopes

    def intend(self, action, target):
        return self.ledger.intend(self.channel, action, None if action == "create" else target)


class SqlClient(Client):
    """What the two kinds of SQL clients share: a session, which is made anew when it is lost."""

    user = None
    session = None

    def connect(self):
        """Makes sure that there is a session; returns False if none can be had now."""
        if self.is_connected():
            return True
        try:
            self.session = psycopg2.connect(self.crew.dsn, user=self.user)
        except psycopg2.OperationalError:
            time.sleep(0.05)
            return False
        self.session.autocommit = True
        return True

    def is_connected(self):
        return self.session is not None and not self.session.closed

    def execute(self, statement, values=()):
        """Runs a statement; raises psycopg2.Error, and notes what it was."""
        try:
            with self.session.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchone()[0] if cursor.description else cursor.statusmessage
        except psycopg2.Error as error:
            # 57P01 and the like are a backend's last words, so what it did before them is not known.
            if error.pgcode is None or error.pgcode.startswith("57P"):
                self.session.close()
            self.ledger.meet(self.channel, "lost" if self.session.closed else error.pgcode)
            raise

    def act(self, entry, target, scopes):
        values = (target, entry.marker, scopes)
        statement = ACTIONS[entry.action][0]
        return self.execute(statement, values[:statement.count("%s")])


class RoleClient(SqlClient):
    """Acts as a role that stands for an organization; every statement is a transaction."""

    user = "postgres"

    def step(self):
        if not self.connect():
            return
        action, actor, target, scopes = self.choose()
        try:
            self.execute(f"SET ROLE regress_connect_faults_{actor[4:]}")
        except psycopg2.Error:
            return
        entry = self.intend(action, target)
        try:
            self.ledger.settle(entry, OK, self.act(entry, target, scopes))
        except psycopg2.Error:
            # An error that leaves the session alive is the server's word that nothing was done.
            self.ledger.settle(entry, UNKNOWN if self.session.closed else REFUSED)


class GatewayClient(SqlClient):
    """Acts as a gateway, which names an organization: several actions in a transaction, savepoints, rollbacks."""

    user = GATEWAY

    def step(self):
        if not self.connect():
            return
        done = []
        state = REFUSED  # Until COMMIT is asked for, nothing can have happened.
        try:
            self.execute("BEGIN")
            for _ in range(self.rng.randint(1, 3)):
                self.act_in_savepoint(done)
            if self.rng.random() < 0.1:
                self.execute("ROLLBACK")
            else:
                state = UNKNOWN
                state = OK if self.execute("COMMIT") == "COMMIT" else REFUSED
        except psycopg2.Error:
            if not self.session.closed:
                state = REFUSED
                self.roll_back()
        for entry, answer in done:
            self.ledger.settle(entry, state, answer)

    def act_in_savepoint(self, done):
        action, actor, target, scopes = self.choose()
        self.execute("SAVEPOINT s")
        self.execute("SELECT connect.act_as(%s)", (actor,))
        entry = self.intend(action, target)
        try:
            done.append((entry, self.act(entry, target, scopes)))
        except psycopg2.Error:
            self.ledger.settle(entry, REFUSED)
            if self.session.closed:
                raise
            self.execute("ROLLBACK TO s")

    def roll_back(self):
        try:
            self.execute("ROLLBACK")
        except psycopg2.Error:
            self.session.close()


class HttpClient(Client):
    """Asks under one Idempotency-Key until it is answered, and sometimes once more after that."""

    channel = "http"
    connection = None

    def step(self):
        action, actor, target, scopes = self.choose()
        entry = self.intend(action, target)
        self.ledger.settle(entry, *self.obey(self.make_request(entry, actor, target, scopes)))

    def obey(self, request):
        """Sends a request until it is answered. Returns what became of it, and the document if it was acknowledged."""
        status, text, _ = self.ask_until_answered(request)
        if status is None:
            return UNKNOWN, None
        request["first"] = (status, text)
        self.crew.answered.append(request)
        if self.rng.random() < 0.1:
            self.crew.replay(self, request)
        return (OK, json.loads(text)) if status < 300 else (REFUSED, None)

    def make_request(self, entry, actor, target, scopes):
        _, method, suffix = ACTIONS[entry.action]
        if entry.action in ("create", "update"):
            attributes = {"name": entry.marker, "scopes": scopes}
            if entry.action == "create":
                attributes["destination-organization-id"] = target
            body = {"data": {"attributes": attributes}}
        else:
            body = {"meta": {"reason": entry.marker}}
        return self.request(method, API if suffix is None else f"{API}/{target}{suffix}", body, actor, entry.marker)

    def request(self, method, path, body, actor, key):
        return {"method": method, "path": path, "body": json.dumps(body),
                "headers": {"Authorization": f"Bearer {self.crew.keys[actor]}", "Content-Type": "application/json",
                            "Idempotency-Key": key}}

    def ask_until_answered(self, request):
        """Returns status, body and whether it was a replay; the status is None if no answer came in time."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not self.crew.ended:
            status, text, replayed = self.ask(request)
            if status == 400 and "errors" not in json.loads(text):
                # These are PostgREST's own words, and wrong ones, for a session that ended with its server
                # (its issue 4681). As with a 503, it is not known what was done.
                status = None
                self.ledger.meet("http", "400 of PostgREST's own")
            else:
                self.ledger.meet("http", status or "lost")
            if status is not None and status < 500:
                return status, text, replayed
            time.sleep(0.02 + self.rng.random() * 0.1)
        return None, None, None

    def ask(self, request):
        """Sends a request once; returns None as the status if there is no answer to it."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.crew.port, timeout=60)
            self.connection.request(request["method"], request["path"], request["body"], request["headers"])
            answer = self.connection.getresponse()
            return answer.status, answer.read().decode(), answer.getheader("Idempotency-Replayed") == "true"
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return None, None, None
