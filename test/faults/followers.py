"""followers.py: clients that follow the feed of their organizations through the faults. It is imported, not run.

One follows read_events(), one GET .../events/feed. Of each organization they keep the
cursor of the last answer that they had whole, and whatever happens they go on behind
it, in a new session now and then without any need. So they must have met every event
of an organization once, and those of each Connection in their order.

A third one goes by the table and does not wait for the horizon. That it misses events
shows that there is something to miss, and that the comparison sees it.
"""

import collections
import json
import threading
import urllib.parse

import psycopg2

from clients import ORGANIZATIONS, HttpClient, SqlClient
from stage import session, wait_until

PAGE = 5  # events, so that there are many pages
FEED = "/api/v1/connect/events/feed"

EVENTS = """
SELECT e.id, e.subject_id, e.from_status, e.to_status, e.source_organization_id, e.destination_organization_id
FROM connect.event AS e ORDER BY e.subject_id, e.id
"""
# What a reader must not do: this does not ask whether somebody may still commit before what it sees.
CARELESS = """
SELECT e.id, e.subject_id, e.from_status, e.to_status, e.position::text FROM connect.event AS e
WHERE (e.position, e.id) > (%s, %s) ORDER BY e.position, e.id LIMIT 50
"""
SETTLED = """
SELECT coalesce(max(position) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM connect.event
"""

Met = collections.namedtuple("Met", "id subject before after")


def compare_reading(read, truth):
    """Compares what was read with what there is, and returns what is wrong: a list for each kind."""
    wrong = {"missed": [], "met twice": [], "met and not there": [], "met in another order": []}
    times = collections.Counter(event.id for event in read)
    there = {event.id for event in truth}
    wrong["missed"] = [event for event in truth if event.id not in times]
    wrong["met twice"] = [number for number, count in times.items() if count > 1]
    wrong["met and not there"] = [event for event in read if event.id not in there]
    last = {}
    for event in read:
        if event.before != last.get(event.subject):
            wrong["met in another order"].append(event)
        last[event.subject] = event.after
    return wrong


class Place:
    """How far a follower has come in the events of one organization."""

    def __init__(self):
        self.cursor = None
        self.read = []

    def take(self, document):
        """Takes the events of a page, and its cursor at the same time; returns how many events there were."""
        for event in document["data"]:
            attributes = event["attributes"]
            self.read.append(Met(event["id"], attributes["subject-id"], attributes["from-status"], attributes["to-status"]))
        self.cursor = document["links"]["next"]
        return len(document["data"])


class Follower:
    """What the followers have in common; they are clients that only read."""

    def follow(self, organizations):
        self.places = {organization: Place() for organization in organizations}
        self.answers = self.breaks = 0

    def step(self):
        organization = self.rng.choice(list(self.places))
        if self.rng.random() < 0.02:
            self.begin_anew()
        self.read(organization)

    def read(self, organization):
        """Reads a page; returns how many events were on it, or None if there was no answer."""
        place = self.places[organization]
        document = self.ask_for(organization, place.cursor)
        if document is None:
            self.breaks += 1
            return None
        self.answers += 1
        return place.take(document)

    def catch_up(self):
        """Reads all that there is, when nobody writes."""
        for organization in self.places:
            wait_until(f"{self.channel} has caught up", lambda organization=organization: self.read(organization) == 0)

    def compare(self, truth):
        total = collections.defaultdict(list)
        for organization, place in self.places.items():
            for kind, found in compare_reading(place.read, truth[organization]).items():
                total[kind] += found
        return total

    def count(self):
        return sum(len(place.read) for place in self.places.values())


class SqlFollower(Follower, SqlClient):
    """Follows read_events() as roles that stand for organizations."""

    channel = "read_events()"
    user = "postgres"

    def begin_anew(self):
        if self.is_connected():
            self.session.close()

    def ask_for(self, organization, cursor):
        if not self.connect():
            return None
        after = None
        if cursor is not None:
            after = urllib.parse.parse_qs(urllib.parse.urlsplit(cursor).query)["page[after]"][0]
        try:
            self.execute(f"SET ROLE regress_connect_faults_{organization[4:]}")
            return self.execute("SELECT connect.read_events(%s, %s)", (after, PAGE))
        except psycopg2.Error:
            return None


class HttpFollower(Follower, HttpClient):
    """Follows the links of the feed over HTTP."""

    channel = "the feed over HTTP"

    def begin_anew(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None

    def ask_for(self, organization, cursor):
        status, text, _ = self.ask({
            "method": "GET", "path": cursor or f"{FEED}?page[size]={PAGE}", "body": None,
            "headers": {"Authorization": f"Bearer {self.crew.keys[organization]}"}})
        if status == 400 and "errors" not in json.loads(text):
            status = "400 of PostgREST's own"
        self.ledger.meet(self.channel, status or "lost")
        return json.loads(text) if status == 200 else None


class CarelessFollower(Follower, SqlClient):
    """Reads the table by position and does not wait for the horizon, of all organizations."""

    channel = "a careless reader"
    user = "postgres"

    def begin_anew(self):
        pass

    def ask_for(self, _, cursor):
        if not self.connect():
            return None
        try:
            with self.session.cursor() as rows:
                rows.execute(CARELESS, cursor or ("0", ""))
                return rows.fetchall()
        except psycopg2.Error:
            self.session.close()
            return None

    def read(self, organization):
        rows = self.ask_for(organization, self.places[organization].cursor)
        if rows:
            self.places[organization].read += [Met(*row[:4]) for row in rows]
            self.places[organization].cursor = (rows[-1][4], rows[-1][0])
        return None if rows is None else len(rows)


class Followers:
    """All of them together. They go on while the writers hold still, and hold still themselves to be compared."""

    def __init__(self, crew, seed):
        self.crew = crew
        self.ledger, self.dsn, self.port, self.keys = crew.ledger, crew.dsn, crew.port, crew.keys
        self.failures = crew.failures
        self.going = threading.Event()
        self.ended = False
        kinds = {SqlFollower: ORGANIZATIONS[::3], HttpFollower: ORGANIZATIONS[1::3], CarelessFollower: [None]}
        self.clients = []
        for number, (kind, organizations) in enumerate(kinds.items()):
            client = kind(self, f"{seed} follower {number}")
            client.follow(organizations)
            self.clients.append(client)

    def __enter__(self):
        for client in self.clients:
            client.start()
        self.going.set()
        return self

    def __exit__(self, *_):
        self.ended = True
        for client in self.clients:
            client.join(timeout=10)

    def truth(self):
        """Returns what there is: a list of events for each organization, and for None all."""
        with session(self.dsn) as cursor:
            cursor.execute(EVENTS)
            events = collections.defaultdict(list)
            for number, subject, before, after, source, destination in cursor.fetchall():
                for organization in {source, destination, None}:
                    events[organization].append(Met(number, subject, before, after))
        return events

    def settle(self):
        """Stops all of them where they have read what there is; the writers hold still already."""
        def settled():
            with session(self.dsn) as cursor:
                cursor.execute(SETTLED)
                return cursor.fetchone()[0]

        wait_until("the horizon has passed all events", settled)
        self.going.clear()
        for client in self.clients:
            with client.at_work:
                client.catch_up()

    def compare(self, tap, title):
        """Makes the checks that follow a fault."""
        self.settle()
        truth = self.truth()
        for client in self.clients[:2]:
            wrong = client.compare(truth)
            tap.check(client.count() > 0 and not any(wrong.values()),
                      f"{title}: {client.channel} met {client.count()} events once and in their order, by {client.answers} answers",
                      [f"{kind} {len(found)}: {found[:3]}" for kind, found in wrong.items() if found])
        self.going.set()

    def check_comparison(self, tap):
        """Shows that what would be wrong is found: of one that reads carelessly, and of what was read with one mistake."""
        self.settle()
        truth = self.truth()
        missed = self.clients[2].compare(truth)["missed"]
        tap.check(missed, f"{self.clients[2].channel} has missed {len(missed)} of {len(truth[None])} events")
        organization, place = max(self.clients[0].places.items(), key=lambda item: len(item[1].read))
        read = place.read
        # the first event that continues one which was read before
        second = next(n for n, event in enumerate(read) if event.before is not None)
        first = max(n for n in range(second) if read[n].subject == read[second].subject)
        swapped = list(read)
        swapped[first], swapped[second] = read[second], read[first]
        for kind, mistaken in {"missed": read[:second] + read[second + 1:], "met twice": read + read[-1:],
                               "met and not there": read + [Met("evt_none", "cxn_none", None, "pending")],
                               "met in another order": swapped}.items():
            tap.check(compare_reading(mistaken, truth[organization])[kind], f"an event {kind} is found")
        self.going.set()

    def tell(self, tap):
        for client in self.clients[:2]:
            tap.note(f"{client.channel}: {client.answers} answers, {client.breaks} questions without one")
