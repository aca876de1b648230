"""setup.py: fills a database with Connections for the bench, the same ones in connect's store and in its peers."""

import pathlib

import psycopg2

from cluster import execute

HERE = pathlib.Path(__file__).resolve().parent

# The rows of org_hub: it has been offered as many as it has offered, and the newest are its own offers.
FILL = """
SET session_replication_role = replica;
INSERT INTO {schema}.connection (id, source_organization_id, destination_organization_id, name, status, scopes, creator_id,
    creator_type, created_at, updated_at)
SELECT 'cxn_i' || lpad(n::text, 25, '0'), 'org_' || lpad(n::text, 7, '0'), 'org_hub', 'Partner ' || n, 'pending',
    '{{account.read,inquiry.read}}', 'api_' || n, 'api-key', now(), now() FROM generate_series(1, {rows}) AS n;
INSERT INTO {schema}.connection (id, source_organization_id, destination_organization_id, name, status, scopes, creator_id,
    creator_type, created_at, updated_at)
SELECT 'cxn_o' || lpad(n::text, 25, '0'), 'org_hub', 'org_' || lpad(n::text, 7, '0'), 'Partner ' || n, 'inactive',
    '{{account.read,inquiry.read}}', 'api_' || n, 'api-key', now(), now() FROM generate_series(1, {rows}) AS n;
RESET session_replication_role;
"""

STORE = """
CREATE EXTENSION connect;
SELECT connect.create_store();
INSERT INTO connect.organization (id, name)
SELECT 'org_' || lpad(n::text, 7, '0'), 'Partner' FROM generate_series(0, {rows}) AS n
UNION ALL SELECT 'org_n' || lpad(n::text, 7, '0'), 'New partner' FROM generate_series(0, {rows}) AS n
UNION ALL VALUES ('org_hub', 'Hub');
CREATE ROLE hub LOGIN;
CREATE ROLE gateway_claims LOGIN;
CREATE ROLE http_retrieve LOGIN;
CREATE ROLE http_list LOGIN;
SELECT connect.map_role('hub', 'org_hub'), connect.grant_usage('hub'), connect.trust_gateway('gateway_claims'),
    connect.grant_usage('gateway_claims'), connect.grant_http('http_retrieve'), connect.grant_http('http_list'),
    connect.grant_usage('http_retrieve');
ALTER ROLE gateway_claims SET "request.jwt.claims" = '{{"organization_id": "org_hub", "sub": "user_1"}}';
"""

GRANTS = """
GRANT USAGE ON SCHEMA twin, lean TO hub;
GRANT SELECT, UPDATE ON twin.connection TO hub;
"""

# What those Connections hand over: a row of each partner's, with a token that the hub may redeem, and rows of the hub's.
TOKEN_SCHEMAS = ("connect", "floor", "answered", "app")
HANDED_OVER = """
INSERT INTO inquiry SELECT 'inq_i' || lpad(n::text, 25, '0'), 'org_' || lpad(n::text, 7, '0'), 'Loan ' || n FROM generate_series(1, {rows}) AS n;
INSERT INTO inquiry SELECT 'inq_o' || lpad(n::text, 25, '0'), 'org_hub', 'Loan ' || n FROM generate_series(1, {rows}) AS n;
"""
ACTIVE = """
SET session_replication_role = replica;
UPDATE {schema}.connection SET status = 'active' WHERE id ~ '^cxn_[io]' AND status <> 'active';
RESET session_replication_role;
"""
PEER_TOKENS = """
SET session_replication_role = replica;
INSERT INTO {schema}.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, expires_at,
    creator_id, creator_type, created_at, updated_at)
SELECT 'cnst_i' || lpad(n::text, 25, '0'), 'cxn_i' || lpad(n::text, 25, '0'), 'org_' || lpad(n::text, 7, '0'), 'org_hub', 'inquiry',
    'inq_i' || lpad(n::text, 25, '0'), now() + interval '14 days', 'api_' || n, 'api-key', now(), now() FROM generate_series(1, {rows}) AS n;
RESET session_replication_role;
"""


def fill(rows):
    """Makes the store, its peers, the logins, and {rows} Connections of either direction in each."""
    execute(STORE.format(rows=rows))
    (secret,), = execute("SELECT secret FROM connect.create_api_key('org_hub', 'bench')")
    for login, headers in (("http_retrieve", f'"x-connect-id": "cxn_o{50:025}"'),
                           ("http_list", '"x-connect-query": "page%5Bsize%5D=100&filter%5Bdirection%5D=outbound"')):
        execute(f"""ALTER ROLE {login} SET "request.headers" = '{{"x-connect-api-key": "{secret}", {headers}}}'""")
    execute((HERE / "peers.sql").read_text())
    for schema in ("connect", "floor", "answered", "twin", "lean", "machine", "app"):
        execute(FILL.format(schema=schema, rows=rows))
    execute(GRANTS, "VACUUM (ANALYZE, FREEZE)", "CHECKPOINT")


def fill_rows(rows):
    """Makes all Connections of fill() active, and rows that go through them."""
    execute((HERE / "share_tokens.sql").read_text(), HANDED_OVER.format(rows=rows))
    for schema in TOKEN_SCHEMAS:
        execute(ACTIVE.format(schema=schema))


def fill_tokens(rows):
    """Does that, and makes share tokens in the store and in its peers."""
    fill_rows(rows)
    for schema in TOKEN_SCHEMAS:
        execute(PEER_TOKENS.format(schema=schema, rows=rows))
    execute("VACUUM (ANALYZE, FREEZE)", "CHECKPOINT")


def again(schema):
    """Puts Connections and events back as fill() made them, but leaves what was created since."""
    connection = psycopg2.connect("")
    connection.cursor().execute(f"""SET session_replication_role = replica;
        UPDATE {schema}.connection SET status = 'pending' WHERE id LIKE 'cxn_i%' AND status <> 'pending';
        UPDATE {schema}.connection SET status = 'inactive' WHERE id LIKE 'cxn_o%' AND status <> 'inactive';
        DELETE FROM {schema}.event WHERE action <> 'create';""")
    connection.commit()
    connection.close()
    execute(f"VACUUM {schema}.connection, {schema}.event")
