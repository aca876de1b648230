-- Table connect.idempotency.

CREATE FUNCTION connect.describe_idempotency()
RETURNS TABLE (kind text, name text, definition text, parts text, comment text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
VALUES
('table', 'idempotency', NULL, NULL,
    'Rows are first answers to requests with an Idempotency-Key; see connect.prune_idempotency().'),

('column', 'organization_id', 'text COLLATE "C" NOT NULL', NULL,
    'The organization is the one whose request it was.'),
('column', 'key', 'text COLLATE "C" NOT NULL', NULL,
    'The key is the Idempotency-Key.'),
('column', 'request_sha256', 'bytea NOT NULL', NULL,
    'The hash is the SHA-256 of method, path, query and body.'),
('column', 'status', 'integer NOT NULL', NULL,
    'The status is that of the HTTP answer.'),
('column', 'headers', 'text NOT NULL', NULL,
    'The headers are the Location of the answer, or empty.'),
('column', 'body', 'text NOT NULL', NULL,
    'The body is that of the answer.'),
('column', 'created_at', 'timestamptz NOT NULL DEFAULT now()', 'now()',
    'The time is when the request was answered.'),

('primary_key', 'idempotency_pkey', 'organization_id, key', NULL, NULL),
('foreign_key', 'idempotency_organization_fkey', 'organization_id', 'organization', NULL),

('index', 'idempotency_created_at_idx', 'created_at', NULL,
    'The index serves connect.prune_idempotency().'),

('row_security', 'idempotency', NULL, NULL, NULL)
$description$;
REVOKE ALL ON FUNCTION connect.describe_idempotency() FROM PUBLIC;  -- store_description() reads it
COMMENT ON FUNCTION connect.describe_idempotency() IS
'Describes table connect.idempotency, a row for each thing that it consists of.
sql/store/description.sql says what the columns mean. Raises nothing.';
