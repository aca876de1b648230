"""statements.py: the statements that are measured: for each operation, the same work by connect and its peers.

Each statement is the body of a pgbench script for a login: "hub" stands for org_hub,
"postgres" owns everything, the others send the handlers what nginx would. :i counts the
executions, so that each meets a row of its own. peers.sql makes the peers.

The document as text, before jsonb_in, is what the handlers of connect_api return: they read a
request besides, run in a subtransaction and set the response's status and headers.
"""

# These ids are as long as TypeIDs, 30 characters, because checks and indexes cost by the byte. They are
# of offers to the hub, which are pending (a plain UPDATE takes other ones), and of offers of the hub,
# which are inactive.
INBOUND = "'cxn_i' || lpad(:i::text, 25, '0')"
PLAIN = "'cxn_i' || lpad((:i + 500)::text, 25, '0')"
OUTBOUND = "'cxn_o' || lpad(:i::text, 25, '0')"
PARTNER = "'org_' || lpad(:i::text, 7, '0')"
# Organizations to which the hub has offered nothing yet.
NEW_PARTNER = "'org_n' || lpad(:i::text, 7, '0')"

SCOPES = "ARRAY['account.read', 'inquiry.read']"

EVENT_COLUMNS = """(id, subject_id, connection_id, source_organization_id, destination_organization_id, action,
    from_status, to_status, name, scopes, actor_organization_id, actor_id, actor_type)"""


# The document of a row c, without what depends on who asks.
DOCUMENT = """jsonb_build_object('type', 'connect/connection', 'id', c.id, 'attributes', jsonb_build_object(
    'token', c.id, 'name', c.name, 'status', c.status, 'organization-id', c.source_organization_id,
    'source-organization-id', c.source_organization_id, 'destination-organization-id', c.destination_organization_id,
    'scopes', to_jsonb(c.scopes), 'creator-id', c.creator_id, 'creator-type', c.creator_type,
    'created-at', c.created_at, 'updated-at', c.updated_at))"""


def one_statement(schema, change, action, before, answer="*"):
    """Makes a change and its event in one statement: the least that this work can be."""
    return f"""WITH c AS ({change.format(schema=schema)} RETURNING *), e AS (INSERT INTO {schema}.event {EVENT_COLUMNS}
    SELECT 'evt_{action[0]}' || right(id, 25), id, id, source_organization_id, destination_organization_id, '{action}', {before}, status,
        name, scopes, 'org_hub', 'hub', 'role' FROM c)
SELECT {answer} FROM c;"""


AS_DOCUMENT = f"jsonb_build_object('data', {DOCUMENT})"


INSERT = f"""INSERT INTO {{schema}}.connection (id, source_organization_id, destination_organization_id, name, scopes, creator_id, creator_type)
    VALUES ('cxn_n' || lpad(:i::text, 25, '0'), 'org_hub', {NEW_PARTNER}, 'Partner', {SCOPES}, 'hub', 'role')
    ON CONFLICT (source_organization_id, destination_organization_id) DO NOTHING"""


def move(row, before, after, action):
    """Returns a transition, in the way of each."""
    update = f"UPDATE {{schema}}.connection SET status = '{after}', updated_at = now() WHERE id = {row} AND status = '{before}'"
    status = f"'{before}'::connect.connection_status"
    return {
        "floor": ("postgres", one_statement("floor", update, action, status)),
        "floor with a document": ("postgres", one_statement("answered", update, action, status, AS_DOCUMENT)),
        "connect": ("hub", f"SELECT connect.{action}_connection({row});"),
        "twin": ("hub", f"SELECT twin.move_connection({row}, '{after}');"),
        "lean twin": ("hub", f"SELECT lean.move_connection({row}, '{after}');"),
        "machine": ("postgres", f"UPDATE machine.connection SET status = '{after}' WHERE id = {row} RETURNING *;"),
        "application": ("postgres", application(row, update, action, before)),
    }


def application(row, update, action, before):
    """Returns what a program sends that keeps the rules itself."""
    return f"""BEGIN;
SELECT * FROM app.connection WHERE id = {row} FOR UPDATE;
{update.format(schema='app')};
INSERT INTO app.event {EVENT_COLUMNS} SELECT 'evt_{action[0]}' || right(id, 25), id, id, source_organization_id, destination_organization_id,
    '{action}', '{before}', status, name, scopes, 'org_hub', 'hub', 'role' FROM app.connection WHERE id = {row};
COMMIT;"""


def over_network(body):
    """Does the same with half a millisecond of network before each statement."""
    return "".join(f"\\sleep 500 us\n{statement};\n" for statement in body.rstrip().rstrip(";").split(";\n"))


def plain_update(schema):
    return f"UPDATE {schema}.connection SET status = 'active' WHERE id = {PLAIN};"


LIST = "SELECT * FROM {schema}.connection WHERE source_organization_id = 'org_hub' ORDER BY id DESC LIMIT 100"

WRITES = {
    "create": {
        "floor": ("postgres", one_statement("floor", INSERT, "create", "NULL::connect.connection_status")),
        "floor with a document": ("postgres", one_statement("answered", INSERT, "create", "NULL::connect.connection_status", AS_DOCUMENT)),
        "connect": ("hub", f"SELECT connect.create_connection({NEW_PARTNER}, 'Partner');"),
        "twin": ("hub", f"SELECT twin.create_connection({NEW_PARTNER}, 'Partner');"),
        "lean twin": ("hub", f"SELECT lean.create_connection({NEW_PARTNER}, 'Partner');"),
        "machine": ("postgres", INSERT.format(schema="machine") + " RETURNING *;"),
    },
    "activate": move(INBOUND, "pending", "active", "activate"),
    "deactivate": move(INBOUND, "active", "inactive", "deactivate"),
    "reactivate": move(OUTBOUND, "inactive", "pending", "reactivate"),
    "plain UPDATE": {
        "floor": ("postgres", one_statement(
            "floor", f"UPDATE {{schema}}.connection SET status = 'active', updated_at = now() WHERE id = {PLAIN}",
            "update", "'pending'::connect.connection_status")),
        "connect": ("postgres", plain_update("connect")),
        "twin": ("hub", plain_update("twin")),
        "machine": ("postgres", plain_update("machine")),
    },
}

# The same steps on neighbouring rows, without a term and with one, whose row of its own is made, replaced and taken
# away with it: the function, the row, and the arguments of either.
STEPS = {
    "create": ("create_connection", NEW_PARTNER, "'Partner'", "'Partner', expires_at => '2999-01-01'"),
    "reactivate": ("reactivate_connection", OUTBOUND, "NULL", "expires_at => '2999-01-01'"),
    "update, of the name or of the term": ("update_connection", OUTBOUND, "'Another name'", "expires_at => '2999-02-01'"),
    "deactivate": ("deactivate_connection", OUTBOUND, "NULL", "NULL"),
}
TERMS = {
    step: {way: ("hub", f"SELECT connect.{function}({row.replace(':i::text', f'(:i + {number})::text')}, {arguments});")
           for way, number, arguments in (("connect without a term", 300, without), ("connect with a term", 600, with_term))}
    for step, (function, row, without, with_term) in STEPS.items()
}

# Tokens for rows of the partners', which they offer to the hub, and rows of the hub's own. setup.py fills them in.
TOKEN = "'cnst_i' || lpad(:i::text, 25, '0')"
PARTNERS_ROW = "'inq_i' || lpad(:i::text, 25, '0')"
OWN_ROW = "'inq_o' || lpad(:i::text, 25, '0')"
COPY = "'inq_a' || lpad(:i::text, 25, '0')"

TOKEN_EVENT_COLUMNS = """(id, subject_type, subject_id, connection_id, source_organization_id, destination_organization_id,
    action, from_status, to_status, expires_at, actor_organization_id, actor_id, actor_type)"""


def token_event(table, *changes):
    """Returns what an event says of a row of this table, one for each change: action, and status before and after."""
    rows = ", ".join(f"('{action}', {before}, '{after}', {actor})" for action, before, after, actor in changes)
    return f"""SELECT 'evt_t' || left(action, 2) || right({table}.id, 23), 'share_token', {table}.id, connection_id,
        source_organization_id, destination_organization_id, action, before, after, expires_at, organization, actor, 'role'
    FROM {table}, (VALUES {rows}) AS change (action, before, after, organization, actor)"""


CREATED = ("create", "NULL", "created", "'org_hub', 'hub'")
BEGUN = ("redeem", "'created'", "pending", "'org_hub', 'hub'")
DONE = ("complete", "'pending'", "redeemed", "NULL, 'postgres'")

# The document of a row t, without what depends on who asks.
TOKEN_DOCUMENT = """jsonb_build_object('data', jsonb_build_object('type', 'connect/share-token', 'id', t.id,
    'attributes', jsonb_build_object('status', t.status, 'kind', t.kind, 'created-at', t.created_at, 'updated-at', t.updated_at,
        'pending-at', t.pending_at, 'redeemed-at', t.redeemed_at, 'expires-at', t.expires_at, 'failed-at', t.failed_at,
        'failure-reason', t.failure_reason, 'redeem-mode', t.redeem_mode),
    'relationships', jsonb_build_object(
        'connection', jsonb_build_object('data', jsonb_build_object('type', 'connect/connection', 'id', t.connection_id)),
        'destination', jsonb_build_object('data', jsonb_build_object('type', t.kind, 'id', t.destination_id)))))"""


def token_create(schema, answer):
    """Makes a token and its event in one statement, if the row and the Connection are the hub's."""
    return f"""WITH t AS (INSERT INTO {schema}.share_token (id, connection_id, source_organization_id, destination_organization_id,
        kind, source_id, creator_id, creator_type)
    SELECT 'cnst_n' || lpad(:i::text, 25, '0'), c.id, c.source_organization_id, c.destination_organization_id, 'inquiry', r.id, 'hub', 'role'
    FROM {schema}.connection AS c, inquiry AS r WHERE c.id = {OUTBOUND} AND c.source_organization_id = 'org_hub'
        AND c.status IN ('pending', 'active') AND r.id = {OWN_ROW} AND r.organization_id = 'org_hub' RETURNING *),
    e AS (INSERT INTO {schema}.event {TOKEN_EVENT_COLUMNS} {token_event("t", CREATED)})
SELECT {answer} FROM t;"""


HAND_OVER = "hand_over(t.source_id, t.source_organization_id, t.destination_organization_id, NULL, NULL)"
REDEEMED = f"status = 'redeemed', destination_id = {HAND_OVER}, redeemed_at = now(), updated_at = now()"
PENDING = "status = 'pending', redeem_mode = 'clone', pending_at = now(), updated_at = now()"


def held(schema, row, *held_tables):
    """Returns a sub-select that finds what a token depends on, and holds these tables' rows."""
    tables = {"c": f"""JOIN {schema}.connection AS c ON c.id = k.connection_id AND c.status = 'active'
        AND 'inquiry.read' = ANY (c.scopes)""",
              "r": "JOIN inquiry AS r ON r.id = k.source_id AND r.organization_id = k.source_organization_id"}
    return f"""(SELECT FROM {schema}.share_token AS k {" ".join(tables[table] for table in held_tables)}
    WHERE k.id = {row} FOR SHARE OF {", ".join(held_tables)}) AS held"""


def token_step(schema, row, change, held_tables, before, events, answer):
    """Changes a token that is in this state, through what it depends on, and writes the events, in one statement."""
    return f"""WITH t AS (UPDATE {schema}.share_token AS t SET {change} FROM {held(schema, row, *held_tables)}
    WHERE t.id = {row} AND t.status = '{before}' AND t.expires_at > now() RETURNING t.*),
    e AS (INSERT INTO {schema}.event {TOKEN_EVENT_COLUMNS} {token_event("t", *events)})
SELECT {answer} FROM t;"""


def token_redeem(schema, answer):
    """Redeems a token in one statement, which changes its row once."""
    change = "redeem_mode = 'clone', pending_at = now(), " + REDEEMED
    return token_step(schema, TOKEN, change, "cr", "created", (BEGUN, DONE), answer)


def token_redeem_in_steps(schema, answer):
    """Redeems a token in connect's steps: it is pending while the function runs."""
    row = TOKEN.replace(":i::text", "(:i + 500)::text")
    return f"""BEGIN;
{token_step(schema, row, PENDING, "c", "created", (BEGUN,), "t.id")}
{token_step(schema, row, REDEEMED, "r", "pending", (DONE,), answer)}
COMMIT;"""


# A redemption as a program does it that keeps the rules itself, and copies the row.
TOKEN_APPLICATION = f"""BEGIN;
SELECT t.*, c.status, c.scopes FROM app.share_token AS t JOIN app.connection AS c ON c.id = t.connection_id
    WHERE t.id = {TOKEN} FOR UPDATE OF t FOR SHARE OF c;
INSERT INTO inquiry SELECT {COPY}, 'org_hub', subject FROM inquiry WHERE id = {PARTNERS_ROW} AND organization_id = {PARTNER} FOR SHARE;
UPDATE app.share_token SET status = 'redeemed', redeem_mode = 'clone', destination_id = {COPY}, pending_at = now(),
    redeemed_at = now(), updated_at = now() WHERE id = {TOKEN};
INSERT INTO app.event {TOKEN_EVENT_COLUMNS} {token_event("app.share_token", BEGUN, DONE)} WHERE share_token.id = {TOKEN};
COMMIT;"""

TOKENS = {
    "create a token": {
        "floor": ("postgres", token_create("floor", "*")),
        "floor with a document": ("postgres", token_create("answered", TOKEN_DOCUMENT)),
        "connect": ("hub", f"SELECT connect.create_share_token({OUTBOUND}, {OWN_ROW});"),
    },
    "redeem a token": {
        "floor": ("postgres", token_redeem("floor", "*")),
        "floor with a document": ("postgres", token_redeem("answered", TOKEN_DOCUMENT)),
        "floor in the same steps, with a document": ("postgres", token_redeem_in_steps("answered", TOKEN_DOCUMENT)),
        "connect": ("hub", f"SELECT connect.redeem_share_token({TOKEN});"),
        "application": ("postgres", TOKEN_APPLICATION),
    },
}

READS = {
    "retrieve": {
        "floor": ("postgres", f"SELECT * FROM floor.connection WHERE id = {OUTBOUND};"),
        "connect jsonb": ("hub", f"SELECT connect.get_connection({OUTBOUND});"),
        "connect text": ("http_retrieve", "SELECT connect_api.get_connection();"),
        "jsonb_build_object": ("postgres", f"SELECT {AS_DOCUMENT} FROM floor.connection AS c WHERE id = {OUTBOUND};"),
        "twin": ("hub", f"SELECT twin.get_connection({OUTBOUND});"),
    },
    "list of 100": {
        "floor": ("postgres", LIST.format(schema="floor") + ";"),
        "connect jsonb": ("hub", "SELECT connect.list_connections(direction => 'outbound', page_size => 100);"),
        "connect text": ("http_list", "SELECT connect_api.list_connections();"),
        "jsonb_agg": ("postgres", f"SELECT jsonb_build_object('data', jsonb_agg({DOCUMENT})) FROM ({LIST.format(schema='floor')}) AS c;"),
        "twin": ("hub", "SELECT twin.list_connections(100);"),
    },
}

# These functions' instructions are told apart, with all that they call. The guard and its event are part of
# what the statement of a write costs, so they are not listed.
PARTS = {
    ("create", "connect"): {
        "who asks": ["principal_require"],
        "looking whether there is one": ["connection_has_pair"],
        "the statement, with the guard and the event": ["connection_insert"],
        "the document": ["document_one", "json_jsonb_done"],
        "printing it, PostgreSQL's": ["jsonb_out"],
    },
    ("activate", "connect"): {
        "who asks": ["principal_require_or_owner"],
        "looking at the row": ["resource_get_now"],
        "the statement, with the guard and the event": ["connection_update"],
        "the document": ["document_one", "json_jsonb_done"],
        "printing it, PostgreSQL's": ["jsonb_out"],
    },
    ("create a token", "connect"): {
        "who asks": ["principal_require_now"],
        "the statement, with the guard and the event": ["share_token_insert"],
        "the document": ["document_one", "json_jsonb_done"],
        "printing it, PostgreSQL's": ["jsonb_out"],
    },
    ("redeem a token", "connect"): {
        "who asks": ["principal_require_now"],
        "looking at the row": ["resource_get_now"],
        "holding the Connection": ["connection_hold"],
        "the two statements, with the guard and the events": ["share_token_update"],
        "holding the source's row": ["source_row_lock"],
        "the application's function, found, checked and called": ["redeem_function_call"],
        "the document": ["document_one", "json_jsonb_done"],
        "printing it, PostgreSQL's": ["jsonb_out"],
    },
    ("retrieve", "connect jsonb"): {
        "who asks": ["principal_require_or_owner"],
        "the row": ["connection_get"],
        "the document": ["document_one", "json_jsonb_done"],
        "printing it, PostgreSQL's": ["jsonb_out"],
    },
    ("retrieve", "connect text"): {
        "reading the request": ["request_read", "query_parse"],
        "who asks, by an API key": ["principal_require"],
        "the row": ["connection_get"],
        "the document": ["document_one"],
        "status and headers for PostgREST": ["response_send"],
    },
}

# Finding out who is acting, for each kind of identity, net of a function that does nothing.
IDENTITY = {
    "mapped role": ("hub", "SELECT connect.current_organization_id();"),
    "API key": ("http_retrieve", "SELECT connect.current_organization_id();"),
    "JWT claims": ("gateway_claims", "SELECT connect.current_organization_id();"),
}

ALLOWED = f"connect.is_allowed({PARTNER}, 'org_hub', 'inquiry.read')"
EXISTS = f"""EXISTS (SELECT FROM connect.connection WHERE source_organization_id = {PARTNER}
    AND destination_organization_id = 'org_hub' AND status = 'active' AND 'inquiry.read' = ANY (scopes))"""

GATE = {
    "one call": {
        "EXISTS": ("postgres", f"SELECT {EXISTS};"),
        "connect": ("postgres", f"SELECT {ALLOWED};"),
        "connect, as a party": ("hub", f"SELECT {ALLOWED};"),
        "connect, by an API key": ("http_retrieve", f"SELECT {ALLOWED};"),
        "twin": ("postgres", f"SELECT twin.is_allowed({PARTNER}, 'org_hub', 'inquiry.read');"),
    },
}

# A table of 20,000 rows that partners own, of whom four in five share with the hub, and the statement that
# counts what the hub may see.
DOCUMENTS = """
CREATE TABLE document (id int PRIMARY KEY, organization_id text NOT NULL, title text NOT NULL);
INSERT INTO document SELECT n, 'org_' || lpad((n::bigint * 7919 % 1000 + 1)::text, 7, '0'), 'Document ' || n FROM generate_series(1, 20000) AS n;
GRANT SELECT ON document TO hub;
SET session_replication_role = replica;
UPDATE connect.connection SET status = 'active' WHERE id LIKE 'cxn_i%' AND right(id, 1) NOT IN ('0', '5');
RESET session_replication_role;
SELECT connect.share_table('document', 'organization_id', 'inquiry.read');
ANALYZE document;
"""
SCANS = {
    "hashed semi-join": ("postgres", """SELECT count(*) FROM document AS d WHERE d.organization_id IN
    (SELECT c.source_organization_id FROM connect.connection AS c WHERE c.destination_organization_id = 'org_hub'
        AND c.status = 'active' AND 'inquiry.read' = ANY (c.scopes))"""),
    "share_table()": ("hub", "SELECT count(*) FROM document"),
}

# What the client and the server do for any statement of this form. The others make ids of the number, which is part of
# what they cost; this one must not, or that would be taken from those that have none.
NOTHING = "SELECT :i IS NULL;"
