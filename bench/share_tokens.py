"""share_tokens.py: measures what it costs to hand over rows: instructions, redeemed tokens a second, pages of tokens."""

import statistics

import instructions
from cluster import Cluster, execute
from pgbench import medians, tps
from report import ratio, row, table
from setup import fill, fill_rows, fill_tokens
from statements import TOKENS, over_network

CLIENTS = (1, 8)
# The peer whose tokens a way redeems, where it is not named like the way.
SCHEMAS = {"floor with a document": "answered", "application": "app", "application, 0.5 ms away": "app", "connect, 0.5 ms away": "connect"}

# What an application does: it makes the copy. The floor calls this too, and a program has a statement for it.
COPYING = """
CREATE OR REPLACE FUNCTION hand_over(source_id text, source_organization_id text, destination_organization_id text,
    destination_id text, options jsonb) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    made text := 'inq_' || gen_random_uuid();
BEGIN
    INSERT INTO public.inquiry SELECT made, hand_over.destination_organization_id, r.subject
    FROM public.inquiry AS r WHERE r.id = hand_over.source_id;
    RETURN made;
END $$;
"""

# Tokens as they are made here, in the order of time; every second one is the hub's own.
LIST_CONNECTIONS = 1000
GROW = f"""
SET session_replication_role = replica;
INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status,
    expires_at, redeem_mode, destination_id, failure_reason, creator_id, creator_type, pending_at, redeemed_at, failed_at, created_at, updated_at)
SELECT 'cnst_01k' || lpad(n::text, 23, '0'), CASE n % 2 WHEN 0 THEN 'cxn_o' ELSE 'cxn_i' END || lpad(partner::text, 25, '0'),
    CASE n % 2 WHEN 0 THEN 'org_hub' ELSE 'org_' || lpad(partner::text, 7, '0') END,
    CASE n % 2 WHEN 1 THEN 'org_hub' ELSE 'org_' || lpad(partner::text, 7, '0') END, 'inquiry', 'inq_' || n, state::connect.share_token_status,
    now() + interval '14 days', CASE state WHEN 'created' THEN NULL ELSE 'clone' END, CASE state WHEN 'redeemed' THEN 'inq_c' || n END,
    CASE state WHEN 'failed' THEN 'source_not_found' END, 'api_' || partner, 'api-key', CASE state WHEN 'created' THEN NULL ELSE now() END,
    CASE state WHEN 'redeemed' THEN now() END, CASE state WHEN 'failed' THEN now() END, now(), now()
FROM generate_series(1, {{tokens}}) AS n, LATERAL (VALUES (n / 2 % {LIST_CONNECTIONS} + 1, CASE WHEN n % 25000 IN (7, 8) THEN 'created'
    WHEN n = {{tokens}} / 2 THEN 'failed' ELSE 'redeemed' END)) AS of (partner, state);
RESET session_replication_role;
"""
PAGES = {
    "first": "page_size => 100",
    "in the middle": "page_size => 100, page_after => 'cnst_01k' || lpad('{middle}', 23, '0')",
    "last": "page_size => 100, page_after => 'cnst_01k' || lpad('101', 23, '0')",
    "outbound": "page_size => 100, direction => 'outbound'",
    "inbound": "page_size => 100, direction => 'inbound'",
    "of one Connection": "page_size => 100, connection_id => 'cxn_i' || lpad('50', 25, '0')",
    "redeemed": "page_size => 100, status => 'redeemed'",
    "created": "page_size => 100, status => 'created'",
    "created, inbound": "page_size => 100, status => 'created', direction => 'inbound'",
    "failed, of which there is one": "page_size => 100, status => 'failed'",
    "expired, of which there is none": "page_size => 100, status => 'expired'",
}


def count(counter):
    """Shows what the functions cost."""
    counted = instructions.compare(counter, "Share tokens, made and redeemed by an empty function (ratios)", TOKENS, "floor")
    table("Share tokens, where the floor answers with a document too (aim: at most 1.15 of the same steps)", "operation",
          "connect, of the floor", "connect, of the floor in the same steps")
    for name, taken in counted.items():
        least = taken["floor with a document"]
        row(name, ratio(taken["connect"], least), ratio(taken["connect"], taken.get("floor in the same steps, with a document", least)))
    instructions.show_parts(counter)


def ways():
    """Returns how a token is redeemed: the login and the body for each way."""
    redeem = TOKENS["redeem a token"]
    return {"application": redeem["application"], "floor with a document": redeem["floor with a document"], "connect": redeem["connect"],
            **{f"{way}, 0.5 ms away": (redeem[way][0], over_network(redeem[way][1])) for way in ("application", "connect")}}


def require_redeemed(expected):
    """Raises an error unless each way has redeemed as many tokens as it was asked to: nobody is fast by doing less."""
    for schema, tokens in expected.items():
        (done,), = execute(f"""SELECT count(*) FROM {schema}.share_token AS t WHERE status = 'redeemed'
            AND EXISTS (SELECT FROM inquiry AS r WHERE r.id = t.destination_id AND r.organization_id = 'org_hub')""")
        if done != tokens:
            raise RuntimeError(f"{done} of {tokens} tokens of {schema} were redeemed")


def measure_rate(cluster, rounds, transactions):
    """Shows how many tokens are redeemed, and rows copied, a second, with commits that wait for the disk."""
    runs = {(way, clients): [] for way in ways() for clients in CLIENTS}
    taken = dict.fromkeys((SCHEMAS.get(way, way) for way in ways()), 0)
    for _ in range(rounds):
        for clients in CLIENTS:
            for way, (login, body) in ways().items():
                schema = SCHEMAS.get(way, way)
                script = f"\\set n :n + 1\n\\set i :first + (:n - 1) * :clients + :client_id + 1\n{body}\n"
                runs[way, clients].append(tps(cluster, login, script, "-D", "n=0", "-D", f"first={taken[schema]}", "-D", f"clients={clients}",
                                              "-c", str(clients), "-j", str(clients), "-t", str(transactions)))
                taken[schema] += clients * transactions
    require_redeemed(taken)
    median = {key: statistics.median(run) for key, run in runs.items()}
    table("Redeemed tokens a second, each with its copy", "way",
          *(cell for clients in CLIENTS for cell in (f"{clients} client{'s' * (clients > 1)}", "of the application")))
    for way in ways():
        row(way, *(figure for clients in CLIENTS
                   for figure in (median[way, clients], ratio(median[way, clients], median["application", clients]))))


def expected_rows(name, tokens):
    """Returns how many tokens a page must have."""
    return {"of one Connection": min(100, tokens // 2 // LIST_CONNECTIONS), "created": tokens // 12500, "created, inbound": tokens // 25000,
            "failed, of which there is one": 1, "expired, of which there is none": 0}.get(name, 100)


def require_rows(pages, tokens):
    """Raises an error unless each page has the tokens that it must have."""
    for name, query in pages.items():
        (found,), = execute(f"SELECT jsonb_array_length(({query.rstrip(';')}) -> 'data')", user="hub")
        if found != expected_rows(name, tokens):
            raise RuntimeError(f"the page {name} has {found} tokens")


def measure_pages(cluster, tokens, rounds, calls):
    """Shows what pages of an organization take that has nearly all tokens."""
    execute(GROW.format(tokens=tokens), "SELECT connect.upgrade_store()", "VACUUM (ANALYZE, FREEZE)", "CHECKPOINT")
    pages = {name: f"SELECT connect.list_share_tokens({arguments.format(middle=tokens // 2)});" for name, arguments in PAGES.items()}
    require_rows(pages, tokens)
    table(f"Pages of at most 100 among {tokens:,} share tokens of one organization", "page", "ms", "of the first")
    at = medians(cluster, pages, rounds, "hub", "-t", str(calls))
    for name, figure in at.items():
        row(name, 1000 / figure, ratio(at["first"], figure))


def measure(quick):
    rounds, transactions = (5, 50) if quick else (15, 50)
    instructions.measure(quick, count, prepare=fill_tokens)
    settings = {"shared_buffers": "1GB", "autovacuum": "off", "jit": "off", "max_wal_size": "8GB", "checkpoint_timeout": "1h"}
    with Cluster(fsync="on", plan_cache_mode="force_generic_plan", **settings) as cluster:
        # Two of the ways redeem tokens of one peer.
        tokens = 2 * rounds * transactions * sum(CLIENTS)
        fill(tokens)
        fill_tokens(tokens)
        execute(COPYING)
        measure_rate(cluster, rounds, transactions)
    with Cluster(**settings) as cluster:
        fill(LIST_CONNECTIONS)
        fill_rows(LIST_CONNECTIONS)
        measure_pages(cluster, 100000 if quick else 1000000, 3, 10)
