"""crew.py: the clients of clients.py and token_clients.py, which work together. It is imported, not run."""

import collections
import threading

from clients import GatewayClient, HttpClient, RoleClient
from token_clients import Contest, HttpTokenClient, OwnTokens, TokenClient


class Crew:
    """All clients together; they begin when they are told to."""

    KINDS = (RoleClient, RoleClient, GatewayClient, GatewayClient, HttpClient, HttpClient, HttpClient, HttpClient, HttpClient,
             TokenClient, TokenClient, HttpTokenClient, HttpTokenClient, Contest)

    def __init__(self, ledger, dsn, port, keys, seed):
        self.ledger, self.dsn, self.port, self.keys = ledger, dsn, port, keys
        self.going = threading.Event()
        self.ended = False
        self.failures = []
        self.replays = collections.Counter()
        self.answered = []  # the requests over HTTP that have their answer
        self.wrong_replays = []
        self.clients = [kind(self, f"{seed} {n}") for n, kind in enumerate(self.KINDS)]

    def token_clients(self):
        """Returns those that have tokens of their own, and the one whose tokens are fought for."""
        return [client for client in self.clients if isinstance(client, OwnTokens)], \
            next(client for client in self.clients if isinstance(client, Contest))

    def __enter__(self):
        for client in self.clients:
            client.start()
        return self

    def __exit__(self, *_):
        self.ended = True
        for client in self.clients:
            client.join(timeout=10)

    def go(self):
        self.going.set()

    def pause(self):
        """Returns when every client has finished its step and holds still."""
        self.going.clear()
        for client in self.clients:
            with client.at_work:
                pass

    def replay(self, client, request):
        """Sends an answered request again, which must be answered as it was the first time."""
        status, text, replayed = client.ask_until_answered(request)
        self.replays["asked"] += 1
        if status is not None and ((status, text) != request["first"] or not replayed):
            self.wrong_replays.append(f"{request['path']}: {request['first']}, then {(status, text, replayed)}")

    def replay_some(self, count):
        """Asks again for answers from before and from after the fault, while all clients hold still."""
        client = next(client for client in self.clients if isinstance(client, HttpClient))
        for request in self.answered[-count:] + client.rng.sample(self.answered, min(count, len(self.answered))):
            self.replay(client, request)
