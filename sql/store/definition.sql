-- The store: what of its description is there, and what makes it.
--
-- From each row of the description come statements, and the facts of the catalogs that tell whether
-- they are needed. Nothing compares the text of DDL. CREATE TABLE is made of the rows of kind
-- column, and ADD COLUMN of the same ones where an older store lacks one. A column's nullability
-- and default, a trigger's firing, a table's owner and every comment are things of their own, so
-- that one that was altered is mended alone.

CREATE FUNCTION connect.store_definition()
RETURNS TABLE (round int, step int, kind text, relation text, name text, statement text,
    present boolean, sound boolean)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $definition$
-- What is described, beside the table that it is for, if that is there.
WITH described AS MATERIALIZED (
    SELECT d.*, format('connect.%I', d.relation) AS target, c.oid AS table_oid, c.relkind,
        c.relpersistence, c.relowner, c.relrowsecurity, c.reloptions
    FROM connect.store_description() AS d LEFT JOIN pg_class AS c
    ON c.relnamespace = 'connect'::regnamespace AND c.relname = d.relation),

columns AS (
    SELECT d.*, a.attnum, a.attnotnull, f.adbin,
        regexp_replace(d.definition, '( COLLATE| NOT NULL| DEFAULT).*$', '') AS type,
        regexp_replace(d.definition, '( NOT NULL| DEFAULT).*$', '') AS collated_type,
        substring(d.definition FROM 'DEFAULT (.*)$') AS default_value,
        a.atttypid, a.atttypmod, a.attcollation,
        coalesce((SELECT y.typtype = 'e' FROM pg_type AS y WHERE y.oid = a.atttypid), false)
            AS is_label
    FROM described AS d
    LEFT JOIN pg_attribute AS a ON a.attrelid = d.table_oid AND a.attname = d.name
        AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef AS f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
    WHERE d.kind = 'column'),

-- What alters a column that is there, and what its nullability.
changes AS (
    SELECT c.*, c.atttypid = to_regtype(c.type) AND c.atttypmod = -1
        AND c.attcollation = CASE WHEN c.definition ~ 'COLLATE "C"' THEN '"C"'::regcollation
            ELSE (SELECT typcollation FROM pg_type WHERE oid = c.atttypid) END AS sound,
        format('ALTER COLUMN %1$I DROP DEFAULT, ALTER COLUMN %1$I TYPE %2$s USING %1$I::%3$s',
            c.name, c.collated_type, c.type) AS change,
        c.attnotnull = (c.definition ~ 'NOT NULL') AS null_sound,
        format('ALTER COLUMN %I %s NOT NULL', c.name,
            CASE WHEN c.definition ~ 'NOT NULL' THEN 'SET' ELSE 'DROP' END) AS null_change
    FROM columns AS c),

-- Tables whose rows have to be filled: something is missing that must not be null.
filled AS (
    SELECT DISTINCT c.relation FROM columns AS c JOIN described AS d
    ON d.relation = c.relation AND d.kind = 'fill'
    WHERE c.table_oid IS NOT NULL AND c.attnum IS NULL AND c.definition ~ 'NOT NULL'),

constraints AS (
    SELECT d.*, n.oid AS constraint_oid, n AS found,
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
         FROM unnest(n.conkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute AS a ON a.attrelid = n.conrelid AND a.attnum = k.attnum) AS key
    FROM described AS d
    LEFT JOIN pg_constraint AS n ON n.conrelid = d.table_oid AND n.conname = d.name
    WHERE d.kind IN ('primary_key', 'unique', 'foreign_key', 'check')),

indexes AS (
    SELECT d.*, c.oid AS index_oid, c.relam, c.reltablespace, c.reloptions AS index_options,
        i AS found,
        (SELECT string_agg(a.attname, ', ' ORDER BY k.place)
         FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, place)
         JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum) AS key
    FROM described AS d
    LEFT JOIN (pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid)
    ON i.indrelid = d.table_oid AND c.relname = d.name
    WHERE d.kind IN ('index', 'former_index')),

options AS (
    SELECT d.*, (SELECT split_part(o, '=', 2) FROM unnest(d.reloptions) AS o
                 WHERE split_part(o, '=', 1) = d.name) AS value
    FROM described AS d WHERE d.kind = 'option'),

policies AS (
    SELECT d.*, p.oid AS policy_oid, p AS found
    FROM described AS d
    LEFT JOIN pg_policy AS p ON p.polrelid = d.table_oid AND p.polname = d.name
    WHERE d.kind = 'policy'),

triggers AS (
    SELECT d.*, t.oid AS trigger_oid, t AS found,
        substring(d.definition FROM 'FUNCTION (.*)\(\)$') AS function
    FROM described AS d
    LEFT JOIN pg_trigger AS t
    ON t.tgrelid = d.table_oid AND t.tgname = d.name AND NOT t.tgisinternal
    WHERE d.kind = 'trigger'),

-- The facts: is it there, is it what it should be, and the statements that take another one of
-- the name away and make it. What a comment is on stands behind them.
facts (kind, relation, place, position, name, present, sound, removal, statement,
    comment, commented, object_class, object, object_part) AS (
    -- where there is no store, a table of the name is somebody else's, and CREATE TABLE is refused
    SELECT d.kind, d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        d.relkind = 'r' AND d.relpersistence = 'p' AND connect.store_owner() IS NOT NULL, '',
        CASE WHEN d.table_oid IS NULL OR connect.store_owner() IS NULL THEN
            format('CREATE TABLE %s (%s)', d.target,
                (SELECT string_agg(format('%I %s', c.name, c.definition), ', ' ORDER BY c.position)
                 FROM columns AS c WHERE c.relation = d.relation))
        ELSE format('ALTER TABLE %s SET LOGGED', d.target) END,
        d.comment, format('TABLE %s', d.target), 'pg_class'::regclass, d.table_oid, 0
    FROM described AS d WHERE d.kind = 'table'

    UNION ALL SELECT 'owner', d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        d.relowner = o.oid, '',
        format('ALTER TABLE %s OWNER TO %I', d.target, pg_get_userbyid(o.oid)),
        NULL, NULL, NULL, NULL, NULL
    FROM described AS d, connect.store_owner() AS o (oid)
    WHERE d.kind = 'table' AND o.oid IS NOT NULL

    -- each index costs at each row that is filled, and is soon made anew; one that the DBA has
    -- given a place or options stays
    UNION ALL SELECT 'index_set_aside', i.relation, i.place, i.position, i.name, true, false, '',
        format('DROP INDEX connect.%I', i.name), NULL, NULL, NULL, NULL, NULL
    FROM indexes AS i JOIN filled AS f ON f.relation = i.relation
    WHERE i.index_oid IS NOT NULL AND i.reltablespace = 0 AND i.index_options IS NULL
    AND NOT (i.found).indisclustered AND NOT (i.found).indisreplident

    -- what is altered of a table is altered by one statement, for each may write it anew
    UNION ALL SELECT c.kind, c.relation, c.place, c.position, c.name, c.attnum IS NOT NULL,
        c.sound, '',
        CASE WHEN c.attnum IS NULL THEN
            -- what must not be null is filled first, where there are rows
            format('ALTER TABLE %s ADD COLUMN %I %s', c.target, c.name,
                CASE WHEN c.default_value IS NULL THEN c.collated_type ELSE c.definition END)
        ELSE format('ALTER TABLE %s %s', c.target, CASE WHEN c.sound THEN c.change
            ELSE string_agg(c.change, ', ') FILTER (WHERE NOT c.sound)
                OVER (PARTITION BY c.relation, c.is_label) END) END,
        c.comment, format('COLUMN %s.%I', c.target, c.name), 'pg_class'::regclass, c.table_oid,
        c.attnum
    FROM changes AS c

    UNION ALL SELECT 'not_null', c.relation, c.place, c.position, c.name, c.attnum IS NOT NULL,
        c.null_sound, '',
        format('ALTER TABLE %s %s', c.target, CASE WHEN c.null_sound IS NOT FALSE
            THEN c.null_change ELSE string_agg(c.null_change, ', ')
                FILTER (WHERE NOT c.null_sound) OVER (PARTITION BY c.relation) END),
        NULL, NULL, NULL, NULL, NULL
    FROM changes AS c

    UNION ALL SELECT 'default', c.relation, c.place, c.position, c.name, c.attnum IS NOT NULL,
        connect.expression_parts(c.adbin, c.table_oid) IS NOT DISTINCT FROM c.parts, '',
        format('ALTER TABLE %s ALTER COLUMN %I %s', c.target, c.name,
            coalesce('SET DEFAULT ' || c.default_value, 'DROP DEFAULT')),
        NULL, NULL, NULL, NULL, NULL
    FROM columns AS c

    -- since 18 a constraint may be one that is not enforced
    UNION ALL SELECT n.kind, n.relation, n.place, n.position, n.name, n.constraint_oid IS NOT NULL,
        (n.found).convalidated AND NOT (n.found).condeferrable
        AND coalesce((to_jsonb(n.found) ->> 'conenforced')::boolean, true)
        AND CASE n.kind
            WHEN 'primary_key' THEN (n.found).contype = 'p' AND n.key = n.definition
            WHEN 'unique' THEN (n.found).contype = 'u' AND n.key = n.definition
            WHEN 'check' THEN (n.found).contype = 'c' AND NOT (n.found).connoinherit
                AND connect.expression_parts((n.found).conbin, n.table_oid) = n.parts
            ELSE (n.found).contype = 'f' AND n.key = n.definition
                AND (n.found).confrelid = to_regclass(format('connect.%I', n.parts))
                AND (n.found).confkey = (SELECT p.conkey FROM pg_constraint AS p
                    WHERE p.conrelid = (n.found).confrelid AND p.contype = 'p')
                AND ((n.found).confupdtype, (n.found).confdeltype, (n.found).confmatchtype)
                    = ('a', 'a', 's') END,
        format('ALTER TABLE %s DROP CONSTRAINT %I; ', n.target, n.name),
        format('ALTER TABLE %s ADD CONSTRAINT %I ', n.target, n.name) || CASE n.kind
            WHEN 'primary_key' THEN format('PRIMARY KEY (%s)', n.definition)
            WHEN 'unique' THEN format('UNIQUE (%s)', n.definition)
            WHEN 'check' THEN format('CHECK (%s)', n.definition)
            ELSE format('FOREIGN KEY (%s) REFERENCES connect.%I', n.definition, n.parts) END,
        n.comment, format('CONSTRAINT %I ON %s', n.name, n.target), 'pg_constraint'::regclass,
        n.constraint_oid, 0
    FROM constraints AS n

    UNION ALL SELECT i.kind, i.relation, i.place, i.position, i.name, i.index_oid IS NOT NULL,
        CASE WHEN i.parts IS NULL OR i.definition ~ ' WHERE '
            THEN i.key = split_part(i.definition, ' WHERE ', 1) AND (i.found).indexprs IS NULL
            ELSE (i.found).indnatts = 1 AND (i.found).indcollation[0] = '"C"'::regcollation
                AND connect.expression_parts((i.found).indexprs, i.table_oid) = i.parts END
        AND (i.found).indisvalid AND (i.found).indisready
        AND NOT (i.found).indisunique AND (i.found).indnatts = (i.found).indnkeyatts
        AND connect.expression_parts((i.found).indpred, i.table_oid)
            IS NOT DISTINCT FROM CASE WHEN i.definition ~ ' WHERE ' THEN i.parts END
        AND i.relam = (SELECT oid FROM pg_am WHERE amname = 'btree')
        AND 0 = ALL ((i.found).indoption::int2[])
        AND NOT EXISTS (SELECT FROM pg_opclass AS o
            WHERE o.oid = ANY ((i.found).indclass::oid[]) AND NOT o.opcdefault)
        AND NOT EXISTS (SELECT FROM unnest((i.found).indkey::int2[], (i.found).indcollation::oid[])
            AS k (attnum, collation_oid) JOIN pg_attribute AS a
            ON a.attrelid = i.table_oid AND a.attnum = k.attnum
            WHERE a.attcollation <> k.collation_oid),
        format('DROP INDEX connect.%I; ', i.name),
        format('CREATE INDEX %I ON %s (', i.name, i.target)
            || regexp_replace(i.definition, '( WHERE .*)?$', ')\1'),
        i.comment, format('INDEX connect.%I', i.name), 'pg_class'::regclass, i.index_oid, 0
    FROM indexes AS i WHERE i.kind = 'index'

    -- a value that no version has set is the DBA's, and stays
    UNION ALL SELECT o.kind, o.relation, o.place, o.position, o.name, o.value IS NOT NULL,
        o.value <> ALL (string_to_array(o.parts, ' ')), '',
        format('ALTER TABLE %s SET (%I = %s)', o.target, o.name, o.definition),
        NULL, NULL, NULL, NULL, NULL
    FROM options AS o

    UNION ALL SELECT d.kind, d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        d.relrowsecurity, '', format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', d.target),
        NULL, NULL, NULL, NULL, NULL
    FROM described AS d WHERE d.kind = 'row_security'

    UNION ALL SELECT p.kind, p.relation, p.place, p.position, p.name, p.policy_oid IS NOT NULL,
        (p.found).polpermissive AND (p.found).polroles = '{0}'
        AND (p.found).polcmd = CASE substring(p.definition FROM 'FOR (\w+)') WHEN 'SELECT' THEN 'r'
            WHEN 'INSERT' THEN 'a' WHEN 'UPDATE' THEN 'w' WHEN 'DELETE' THEN 'd' ELSE '*' END
        AND connect.expression_parts((p.found).polqual, p.table_oid)
            IS NOT DISTINCT FROM CASE WHEN p.definition ~ 'USING \(' THEN p.parts END
        AND connect.expression_parts((p.found).polwithcheck, p.table_oid)
            IS NOT DISTINCT FROM CASE WHEN p.definition ~ 'WITH CHECK \(' THEN p.parts END,
        format('DROP POLICY %I ON %s; ', p.name, p.target),
        format('CREATE POLICY %I ON %s %s', p.name, p.target, p.definition),
        p.comment, format('POLICY %I ON %s', p.name, p.target), 'pg_policy'::regclass,
        p.policy_oid, 0
    FROM policies AS p

    -- tgtype has a bit for each word
    UNION ALL SELECT t.kind, t.relation, t.place, t.position, t.name, t.trigger_oid IS NOT NULL,
        (t.found).tgfoid = to_regproc(t.function)
        AND (t.found).tgtype = (SELECT sum(w.bit) FROM (VALUES ('FOR EACH ROW', 1), ('BEFORE', 2),
            ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) AS w (word, bit)
            WHERE t.definition ~ ('\m' || w.word || '\M'))
        AND (t.found).tgqual IS NULL AND (t.found).tgattr::text = '' AND (t.found).tgnargs = 0
        AND (t.found).tgconstraint = 0 AND (t.found).tgoldtable IS NULL
        AND (t.found).tgnewtable IS NULL,
        format('DROP TRIGGER %I ON %s; ', t.name, t.target),
        format('CREATE TRIGGER %I %s', t.name,
            replace(t.definition, ' FOR EACH', format(' ON %s FOR EACH', t.target))),
        t.comment, format('TRIGGER %I ON %s', t.name, t.target), 'pg_trigger'::regclass,
        t.trigger_oid, 0
    FROM triggers AS t

    UNION ALL SELECT 'firing', t.relation, t.place, t.position, t.name, t.trigger_oid IS NOT NULL,
        (t.found).tgenabled = CASE t.parts WHEN 'ENABLE ALWAYS' THEN 'A'
            WHEN 'ENABLE REPLICA' THEN 'R' ELSE 'O' END, '',
        format('ALTER TABLE %s %s TRIGGER %I', t.target, t.parts, t.name),
        NULL, NULL, NULL, NULL, NULL
    FROM triggers AS t

    UNION ALL SELECT d.kind, d.relation, d.place, d.position, d.name, d.table_oid IS NOT NULL,
        NULL, '', d.definition, NULL, NULL, NULL, NULL, NULL
    FROM described AS d WHERE d.kind IN ('rows', 'fill')

    -- what an earlier version had is sound where it is not there
    UNION ALL SELECT d.kind, d.relation, d.place, d.position, d.name, n.oid IS NOT NULL,
        n.oid IS NULL, '', format('ALTER TABLE %s DROP CONSTRAINT %I', d.target, d.name),
        NULL, NULL, NULL, NULL, NULL
    FROM described AS d
    LEFT JOIN pg_constraint AS n ON n.conrelid = d.table_oid AND n.conname = d.name
    WHERE d.kind = 'former_constraint'
    UNION ALL SELECT i.kind, i.relation, i.place, i.position, i.name, i.index_oid IS NOT NULL,
        i.key IS DISTINCT FROM i.definition, '', format('DROP INDEX connect.%I', i.name),
        NULL, NULL, NULL, NULL, NULL
    FROM indexes AS i WHERE i.kind = 'former_index'),

-- A comment is a thing of its own.
things AS (
    SELECT f.kind, f.relation, f.place, f.position, f.name, f.present,
        CASE WHEN f.kind NOT IN ('rows', 'fill', 'index_set_aside')
            THEN coalesce(f.sound, false) END AS sound,
        CASE WHEN f.present THEN f.removal ELSE '' END || f.statement AS statement
    FROM facts AS f
    UNION ALL SELECT 'comment', f.relation, f.place, f.position, f.kind || ' ' || f.name, f.present,
        f.present AND EXISTS (SELECT FROM pg_description AS d WHERE d.classoid = f.object_class
            AND d.objoid = f.object AND d.objsubid = f.object_part AND d.description = f.comment),
        format('COMMENT ON %s IS %L', f.commented, f.comment)
    FROM facts AS f WHERE f.comment IS NOT NULL)

SELECT k.round, row_number() OVER (ORDER BY k.place, t.place, t.position)::int,
    t.kind, t.relation, t.name, t.statement || ';', t.present, t.sound
FROM things AS t JOIN (VALUES (1, 1, 'table'), (2, 2, 'owner'), (2, 3, 'former_constraint'),
    (2, 4, 'index_set_aside'), (2, 5, 'column'), (3, 6, 'fill'), (4, 7, 'former_index'),
    (4, 8, 'label'), (4, 9, 'not_null'), (4, 10, 'default'), (4, 11, 'primary_key'),
    (4, 12, 'unique'), (4, 13, 'foreign_key'), (4, 14, 'check'), (4, 15, 'index'),
    (4, 16, 'option'), (4, 17, 'row_security'), (4, 18, 'policy'), (4, 19, 'trigger'),
    (5, 20, 'firing'), (5, 21, 'comment'), (6, 22, 'rows'))
    -- a label can be read as an enum's, too, and who writes the table anew behind what fills it
    -- leaves behind what that has replaced
    AS k (round, place, kind) ON k.kind = CASE WHEN t.kind = 'column' AND EXISTS (
        SELECT FROM columns AS c
        WHERE (c.relation, c.name) = (t.relation, t.name) AND c.is_label) THEN 'label'
    ELSE t.kind END
ORDER BY 2
$definition$;
REVOKE ALL ON FUNCTION connect.store_definition() FROM PUBLIC;  -- for create_store() and its like
COMMENT ON FUNCTION connect.store_definition() IS
'Lists everything that the store consists of, in the order of its making, with what is there of it.
statement makes it, or makes it right; present tells whether something of the name is there, and '
'sound whether it is what it should be. What is needed of a round shows when the rounds before it '
'are done. Of rows that a table begins with, and of what fills columns, sound is null: their '
'statement finds out itself; so it is of an index that is set aside for that (index_set_aside), '
'and statements that are alike are run once. upgrade_store() runs the statements of what is not '
'sound, '
'create_store() does so from nothing, and check_setup() lists it. Raises nothing.';
