-- What a stored expression is made of, so that one that somebody has replaced is known.
--
-- PostgreSQL keeps the expression of a CHECK, a policy or a default as a tree of nodes. Deparsing
-- it gives another text on another major, after a restore, or in a session that wants all names
-- quoted; the tree's own text holds OIDs and places in the source. This function reads from the
-- tree what the expression means and nothing else: in the order of the tree, each operator,
-- function, column and constant by its name, and the brackets around arguments. It reads six
-- fields of nodes, which 15 to 18 write alike. Any other kind of node (CASE, IS NULL, IN, a cast)
-- shows by its name, so that no replacement can look like the original.
--
-- For a new constraint, policy or default the parts are what this shows, read by a person:
--     SELECT connect.expression_parts(conbin, conrelid) FROM pg_constraint WHERE conname = '...'

CREATE FUNCTION connect.expression_parts(expression pg_node_tree, relation oid) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
SET quote_all_identifiers = off
AS $parts$
WITH tokens AS (
    SELECT place, token[1] AS bracket, token[2] AS boolean, token[3]::oid AS operator,
        token[4]::oid AS function, token[5]::int AS attribute, token[6]::oid AS type,
        token[7] AS value, token[8] AS node
    FROM regexp_matches(expression::text,
        '(\((?=\{)|(?<=\})\))|:boolop (\w+)|:opno (\d+)|:funcid (\d+)|:varattno (-?\d+)'
        '|:consttype (\d+) [^{}]*:constvalue (<>|\d+ \[[^]]*\])|\{(\w+)', 'g')
        WITH ORDINALITY AS t (token, place)),
-- A constant's bytes, which are signed in the tree.
bytes AS (
    SELECT t.place, b.n, (b.byte[1]::int + 256) % 256 AS byte,
        count(*) OVER (PARTITION BY t.place) AS size
    FROM tokens AS t, regexp_matches(substring(t.value FROM '\[.*\]'), '-?\d+', 'g')
        WITH ORDINALITY AS b (byte, n)),
-- A text begins behind its length, which takes four bytes. A number is read from either end, for
-- the machine decides which comes first, and the lesser one is taken.
constants AS (
    SELECT t.place,
        string_agg(CASE WHEN t.type = 'text'::regtype AND b.byte > 0 THEN chr(b.byte) END, ''
            ORDER BY b.n) FILTER (WHERE b.n > 4) AS characters,
        trunc(least(sum(b.byte * 256::numeric ^ (b.n - 1)::int) FILTER (WHERE b.size <= 8),
            sum(b.byte * 256::numeric ^ (b.size - b.n)::int) FILTER (WHERE b.size <= 8))) AS number
    FROM tokens AS t JOIN bytes AS b ON b.place = t.place GROUP BY t.place)
SELECT replace(replace(string_agg(CASE
    WHEN t.bracket IS NOT NULL THEN t.bracket
    WHEN t.boolean IS NOT NULL THEN t.boolean
    WHEN t.operator IS NOT NULL THEN t.operator::regoperator::text
    WHEN t.function IS NOT NULL THEN t.function::regprocedure::text
    WHEN t.attribute IS NOT NULL THEN coalesce((SELECT a.attname::text FROM pg_attribute AS a
        WHERE a.attrelid = expression_parts.relation AND a.attnum = t.attribute), t.attribute::text)
    WHEN t.value = '<>' THEN 'null'
    WHEN t.type = 'text'::regtype THEN quote_literal(coalesce(c.characters, ''))
    WHEN t.type = 'boolean'::regtype THEN CASE c.number WHEN 0 THEN 'false' ELSE 'true' END
    WHEN t.value IS NOT NULL THEN coalesce((SELECT e.enumlabel::text FROM pg_enum AS e
        WHERE e.enumtypid = t.type AND e.oid::bigint = c.number), c.number::text, md5(t.value))
    WHEN t.node = 'SUBLINK' THEN 'select'
    WHEN t.node NOT IN ('BOOLEXPR', 'OPEXPR', 'FUNCEXPR', 'VAR', 'CONST', 'QUERY', 'FROMEXPR',
        'TARGETENTRY') THEN lower(t.node) END, ' ' ORDER BY t.place), '( ', '('), ' )', ')')
FROM tokens AS t LEFT JOIN constants AS c ON c.place = t.place
$parts$;
REVOKE ALL ON FUNCTION connect.expression_parts(pg_node_tree, oid) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.expression_parts(pg_node_tree, oid) IS
'Returns the operators, functions, columns and constants of a stored expression, in their order.
expression is that of a constraint, policy, default or index of relation. The text is the same '
'in every database, session and major. Null for null. Raises nothing.';
