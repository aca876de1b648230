"""ledger.py: what the clients were told, and whether the store says the same. It is imported, not run.

Every action carries a marker of its own, as the name or as the reason, so that
its event can be told from all others. An entry is written before the action is
sent (intent) and settled by the answer: ok if it was acknowledged, refused if
the server said that nothing was changed, unknown if there was no answer.
"""

import collections
import threading

INTENT, OK, REFUSED, UNKNOWN = "intent", "ok", "refused", "unknown"
BEATEN = "beaten"  # of a share token: refused, for somebody else was faster

NAMED = ("create", "update", "widen")  # their events have the marker as name, the others as reason

EVENTS = """
SELECT connection_id, action, from_status::text, to_status::text, name, scopes, reason
FROM connect.event WHERE source_organization_id <> 'org_token_source' ORDER BY connection_id, id
"""
ROWS = "SELECT id, status::text, name, scopes FROM connect.connection WHERE id <> 'cxn_token'"
STEPS = "SELECT DISTINCT action, from_status::text, to_status::text FROM connect.transition_rules()"

Event = collections.namedtuple("Event", "connection action before after name scopes reason")


class Entry:
    """One action of one client."""

    def __init__(self, channel, action, marker, connection):
        self.channel = channel
        self.action = action
        self.marker = marker
        self.connection = connection  # its id; None for create
        self.state = INTENT
        self.answer = None  # the document that acknowledged it

    def __str__(self):
        return f"{self.channel} {self.action} {self.marker} ({self.state})"


class Ledger:
    """The entries of all clients, and what they met besides."""

    def __init__(self):
        self.lock = threading.Lock()
        self.entries = []
        self.counts = collections.Counter()  # (channel, state)
        self.met = collections.Counter()  # (channel, SQLSTATE, status or "lost")
        self.connections = []  # (id, source, destination) of those whose create was acknowledged

    def intend(self, channel, action, connection=None):
        with self.lock:
            entry = Entry(channel, action, f"{action} {len(self.entries)}", connection)
            self.entries.append(entry)
            return entry

    def settle(self, entry, state, answer=None):
        with self.lock:
            entry.state, entry.answer = state, answer
            self.counts[entry.channel, state] += 1
            if state == OK and entry.action == "create":
                attributes = answer["data"]["attributes"]
                self.connections.append((answer["data"]["id"], attributes["source-organization-id"],
                                         attributes["destination-organization-id"]))

    def count(self, channel):
        """Notes that something was acknowledged which is no entry."""
        with self.lock:
            self.counts[channel, OK] += 1

    def meet(self, channel, what):
        with self.lock:
            self.met[channel, what] += 1

    def of(self, *states):
        return [entry for entry in self.entries if entry.state in states]


class Findings:
    """What a comparison of the ledger with the store has found to be wrong, by kind."""

    def __init__(self):
        self.lost = []  # it was acknowledged, but is not there, or not as it was acknowledged
        self.refused = []  # it was refused, but is there
        self.strange = []  # it is there twice, or is nobody's
        self.broken = []  # histories that do not follow from one to the next, or do not end in the row
        self.histories = 0

    def all(self):
        return self.lost + self.refused + self.strange + self.broken


def compare(ledger, cursor):
    """Compares the ledger with the store as cursor sees it; in a transaction with one snapshot, if others write."""
    findings = Findings()
    cursor.execute(EVENTS)
    events = [Event(*row) for row in cursor.fetchall()]
    cursor.execute(ROWS)
    rows = {row[0]: row[1:] for row in cursor.fetchall()}
    cursor.execute(STEPS)
    steps = set(cursor.fetchall())

    by_marker = collections.defaultdict(list)
    histories = collections.defaultdict(list)
    for event in events:
        by_marker[event.name if event.action in NAMED else event.reason].append(event)
        histories[event.connection].append(event)
    for entry in ledger.entries:
        compare_entry(entry, by_marker.pop(entry.marker, []), findings)
    findings.strange += [f"nobody's: {found}" for found in by_marker.values()]

    findings.histories = len(histories)
    findings.broken += [f"no history: {connection}" for connection in rows.keys() - histories.keys()]
    for connection, history in histories.items():
        compare_history(connection, history, rows.get(connection), steps, findings)
    return findings


def compare_entry(entry, events, findings):
    if len(events) > 1:
        findings.strange.append(f"{entry}: {len(events)} times")
    if entry.state == REFUSED and events:
        findings.refused.append(f"{entry}: {events}")
    if entry.state == OK and not events:
        findings.lost.append(f"{entry}: not there")
    if entry.state == OK and events:
        event, attributes = events[0], entry.answer["data"]["attributes"]
        said = (entry.answer["data"]["id"], attributes["status"], attributes["name"], attributes["scopes"])
        if said != (event.connection, event.after, event.name, event.scopes):
            findings.lost.append(f"{entry}: said {said}, is {event}")


def compare_history(connection, history, row, steps, findings):
    before = None
    for event in history:
        if event.before != (before and before.after):
            findings.broken.append(f"{connection}: {before} was followed by {event}")
        elif (event.action, event.before, event.after) not in steps:
            findings.broken.append(f"{connection}: no such step: {event}")
        elif event.action not in NAMED and (event.name, event.scopes) != (before.name, before.scopes):
            findings.broken.append(f"{connection}: more than the status changed: {event}")
        before = event
    if row != (before.after, before.name, before.scopes):
        findings.broken.append(f"{connection}: the row is {row}, the last event {before}")
