-- The store: what it consists of, a row for each thing.
--
-- Its tables are ordinary ones, not members of the extension: members lose policies, indexes and
-- triggers of the DBA's in a dump while their grants stay.
--
-- A table is described once, in the file of its name beside this one, by rows of
--     kind           name         definition                  parts
--     table          the table
--     column         the column   type, NOT NULL, DEFAULT     those of the default
--     primary_key    constraint   columns
--     unique         constraint   columns
--     foreign_key    constraint   column                      the table that it refers to
--     check          constraint   expression                  those of the expression
--     index          the index    columns, or an expression,  those of the expression, or of
--                                 or columns WHERE condition  the condition
--     option         the option   its value                   values of earlier versions
--     fill           the table    a SELECT that fills columns which came later
--     former_constraint  its name  what it was, in an earlier version
--     former_index   the index    columns, likewise
--     row_security   the table
--     policy         the policy   what follows its table      those of the expression
--     trigger        the trigger  what follows its name       ENABLE, ENABLE ALWAYS, ENABLE REPLICA
--     rows           the table    an INSERT that may be repeated
-- and the comment of each. parts is what connect.expression_parts() shows of an expression.

CREATE FUNCTION connect.store_description()
RETURNS TABLE (relation text, place int, kind text, name text, definition text, parts text,
    comment text, "position" bigint)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $description$
SELECT 'organization', 1, d.*
FROM connect.describe_organization() WITH ORDINALITY AS d
UNION ALL SELECT 'scope', 2, d.*
FROM connect.describe_scope() WITH ORDINALITY AS d
UNION ALL SELECT 'connection', 3, d.*
FROM connect.describe_connection() WITH ORDINALITY AS d
UNION ALL SELECT 'event', 4, d.*
FROM connect.describe_event() WITH ORDINALITY AS d
UNION ALL SELECT 'organization_role', 5, d.*
FROM connect.describe_organization_role() WITH ORDINALITY AS d
UNION ALL SELECT 'gateway_role', 6, d.*
FROM connect.describe_gateway_role() WITH ORDINALITY AS d
UNION ALL SELECT 'api_key', 7, d.*
FROM connect.describe_api_key() WITH ORDINALITY AS d
UNION ALL SELECT 'idempotency', 8, d.*
FROM connect.describe_idempotency() WITH ORDINALITY AS d
UNION ALL SELECT 'open_connection', 9, d.*
FROM connect.describe_open_connection() WITH ORDINALITY AS d
UNION ALL SELECT 'open_term', 10, d.*
FROM connect.describe_open_term() WITH ORDINALITY AS d
UNION ALL SELECT 'share_kind', 11, d.*
FROM connect.describe_share_kind() WITH ORDINALITY AS d
UNION ALL SELECT 'share_token', 12, d.*
FROM connect.describe_share_token() WITH ORDINALITY AS d
UNION ALL SELECT 'followed_table', 13, d.*
FROM connect.describe_followed_table() WITH ORDINALITY AS d
UNION ALL SELECT 'open_share_token', 14, d.*
FROM connect.describe_open_share_token() WITH ORDINALITY AS d
$description$;
REVOKE ALL ON FUNCTION connect.store_description() FROM PUBLIC;  -- store_definition() reads it
COMMENT ON FUNCTION connect.store_description() IS
'Lists what the functions describe_...() say of each table, the tables in the order of their making.
Raises nothing.';

CREATE FUNCTION connect.store_owner() RETURNS oid
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $owner$
SELECT relowner FROM pg_class
WHERE relnamespace = 'connect'::regnamespace AND relname = 'connection'
$owner$;
REVOKE ALL ON FUNCTION connect.store_owner() FROM PUBLIC;  -- for create_store() and its like
COMMENT ON FUNCTION connect.store_owner() IS
'Returns the owner of the store, who is that of its Connections; null where there is no store.
Raises nothing.';
