-- Every state x action x party, through the functions and by plain writes: what
-- comes out, and what it leaves of the row, its history and updated_at.
\ir setup.psql

-- Drivers: "called" is the function; "written" is the plain statement of a role
-- with privileges on the table, past row security, so that the guard alone
-- decides. The same statement under row security differs only where it hides the
-- row from third and nobody.
--
-- An outcome is the state that the Connection is in afterwards, with one event;
-- 'unchanged', without an event; 'no row'; or SQLSTATE and code. NULL: the party
-- cannot say this, for whoever calls create_connection() is the source.
-- The destination may write "nothing" plainly, for then nothing is changed.
CREATE TEMPORARY TABLE cell (state text, action text, party text, called text, written text);
INSERT INTO cell VALUES
    ('none',     'create',     'source',      'pending',                       'pending'),
    ('none',     'create',     'destination', NULL,                            '42501 wrong_party'),
    ('none',     'create',     'both',        'pending',                       'pending'),
    ('none',     'create',     'third',       NULL,                            '42501 wrong_party'),
    ('none',     'create',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('none',     'create',     'owner',       'PT401 not_authenticated',       'pending'),
    ('none',     'activate',   'source',      'PT404 not_found',               'no row'),
    ('none',     'activate',   'destination', 'PT404 not_found',               'no row'),
    ('none',     'activate',   'both',        'PT404 not_found',               'no row'),
    ('none',     'activate',   'third',       'PT404 not_found',               'no row'),
    ('none',     'activate',   'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'activate',   'owner',       'PT401 not_authenticated',       'no row'),
    ('none',     'deactivate', 'source',      'PT404 not_found',               'no row'),
    ('none',     'deactivate', 'destination', 'PT404 not_found',               'no row'),
    ('none',     'deactivate', 'both',        'PT404 not_found',               'no row'),
    ('none',     'deactivate', 'third',       'PT404 not_found',               'no row'),
    ('none',     'deactivate', 'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'deactivate', 'owner',       'PT401 not_authenticated',       'no row'),
    ('none',     'reactivate', 'source',      'PT404 not_found',               'no row'),
    ('none',     'reactivate', 'destination', 'PT404 not_found',               'no row'),
    ('none',     'reactivate', 'both',        'PT404 not_found',               'no row'),
    ('none',     'reactivate', 'third',       'PT404 not_found',               'no row'),
    ('none',     'reactivate', 'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'reactivate', 'owner',       'PT401 not_authenticated',       'no row'),
    ('none',     'rename',     'source',      'PT404 not_found',               'no row'),
    ('none',     'rename',     'destination', 'PT404 not_found',               'no row'),
    ('none',     'rename',     'both',        'PT404 not_found',               'no row'),
    ('none',     'rename',     'third',       'PT404 not_found',               'no row'),
    ('none',     'rename',     'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'rename',     'owner',       'PT401 not_authenticated',       'no row'),
    ('none',     'narrow',     'source',      'PT404 not_found',               'no row'),
    ('none',     'narrow',     'destination', 'PT404 not_found',               'no row'),
    ('none',     'narrow',     'both',        'PT404 not_found',               'no row'),
    ('none',     'narrow',     'third',       'PT404 not_found',               'no row'),
    ('none',     'narrow',     'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'narrow',     'owner',       'PT401 not_authenticated',       'no row'),
    ('none',     'widen',      'source',      'PT404 not_found',               'no row'),
    ('none',     'widen',      'destination', 'PT404 not_found',               'no row'),
    ('none',     'widen',      'both',        'PT404 not_found',               'no row'),
    ('none',     'widen',      'third',       'PT404 not_found',               'no row'),
    ('none',     'widen',      'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'widen',      'owner',       'PT401 not_authenticated',       'no row'),
    ('none',     'nothing',    'source',      'PT404 not_found',               'no row'),
    ('none',     'nothing',    'destination', 'PT404 not_found',               'no row'),
    ('none',     'nothing',    'both',        'PT404 not_found',               'no row'),
    ('none',     'nothing',    'third',       'PT404 not_found',               'no row'),
    ('none',     'nothing',    'nobody',      'PT401 not_authenticated',       'no row'),
    ('none',     'nothing',    'owner',       'PT401 not_authenticated',       'no row'),
    ('pending',  'create',     'source',      '23505 connection_exists',       '23505 connection_pair_key'),
    ('pending',  'create',     'destination', NULL,                            '42501 wrong_party'),
    ('pending',  'create',     'both',        '23505 connection_exists',       '23505 connection_pair_key'),
    ('pending',  'create',     'third',       NULL,                            '42501 wrong_party'),
    ('pending',  'create',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'create',     'owner',       'PT401 not_authenticated',       '23505 connection_pair_key'),
    ('pending',  'activate',   'source',      '42501 wrong_party',             '42501 wrong_party'),
    ('pending',  'activate',   'destination', 'active',                        'active'),
    ('pending',  'activate',   'both',        'active',                        'active'),
    ('pending',  'activate',   'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'activate',   'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'activate',   'owner',       'PT401 not_authenticated',       'active'),
    ('pending',  'deactivate', 'source',      'inactive',                      'inactive'),
    ('pending',  'deactivate', 'destination', 'inactive',                      'inactive'),
    ('pending',  'deactivate', 'both',        'inactive',                      'inactive'),
    ('pending',  'deactivate', 'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'deactivate', 'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'deactivate', 'owner',       'PT401 not_authenticated',       'inactive'),
    ('pending',  'reactivate', 'source',      'PT409 connection_not_inactive', 'unchanged'),
    ('pending',  'reactivate', 'destination', '42501 wrong_party',             'unchanged'),
    ('pending',  'reactivate', 'both',        'PT409 connection_not_inactive', 'unchanged'),
    ('pending',  'reactivate', 'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'reactivate', 'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'reactivate', 'owner',       'PT401 not_authenticated',       'unchanged'),
    ('pending',  'rename',     'source',      'pending',                       'pending'),
    ('pending',  'rename',     'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('pending',  'rename',     'both',        'pending',                       'pending'),
    ('pending',  'rename',     'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'rename',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'rename',     'owner',       'PT401 not_authenticated',       'pending'),
    ('pending',  'narrow',     'source',      'pending',                       'pending'),
    ('pending',  'narrow',     'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('pending',  'narrow',     'both',        'pending',                       'pending'),
    ('pending',  'narrow',     'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'narrow',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'narrow',     'owner',       'PT401 not_authenticated',       'pending'),
    ('pending',  'widen',      'source',      'pending',                       'pending'),
    ('pending',  'widen',      'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('pending',  'widen',      'both',        'pending',                       'pending'),
    ('pending',  'widen',      'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'widen',      'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'widen',      'owner',       'PT401 not_authenticated',       'pending'),
    ('pending',  'nothing',    'source',      'unchanged',                     'unchanged'),
    ('pending',  'nothing',    'destination', '42501 wrong_party',             'unchanged'),
    ('pending',  'nothing',    'both',        'unchanged',                     'unchanged'),
    ('pending',  'nothing',    'third',       'PT404 not_found',               'PT404 not_found'),
    ('pending',  'nothing',    'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('pending',  'nothing',    'owner',       'PT401 not_authenticated',       'unchanged'),
    ('active',   'create',     'source',      '23505 connection_exists',       '23505 connection_pair_key'),
    ('active',   'create',     'destination', NULL,                            '42501 wrong_party'),
    ('active',   'create',     'both',        '23505 connection_exists',       '23505 connection_pair_key'),
    ('active',   'create',     'third',       NULL,                            '42501 wrong_party'),
    ('active',   'create',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'create',     'owner',       'PT401 not_authenticated',       '23505 connection_pair_key'),
    ('active',   'activate',   'source',      '42501 wrong_party',             'unchanged'),
    ('active',   'activate',   'destination', 'PT409 connection_not_pending',  'unchanged'),
    ('active',   'activate',   'both',        'PT409 connection_not_pending',  'unchanged'),
    ('active',   'activate',   'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'activate',   'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'activate',   'owner',       'PT401 not_authenticated',       'unchanged'),
    ('active',   'deactivate', 'source',      'inactive',                      'inactive'),
    ('active',   'deactivate', 'destination', 'inactive',                      'inactive'),
    ('active',   'deactivate', 'both',        'inactive',                      'inactive'),
    ('active',   'deactivate', 'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'deactivate', 'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'deactivate', 'owner',       'PT401 not_authenticated',       'inactive'),
    ('active',   'reactivate', 'source',      'PT409 connection_not_inactive', 'PT409 connection_not_inactive'),
    ('active',   'reactivate', 'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('active',   'reactivate', 'both',        'PT409 connection_not_inactive', 'PT409 connection_not_inactive'),
    ('active',   'reactivate', 'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'reactivate', 'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'reactivate', 'owner',       'PT401 not_authenticated',       'PT409 connection_not_inactive'),
    ('active',   'rename',     'source',      'active',                        'active'),
    ('active',   'rename',     'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('active',   'rename',     'both',        'active',                        'active'),
    ('active',   'rename',     'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'rename',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'rename',     'owner',       'PT401 not_authenticated',       'active'),
    ('active',   'narrow',     'source',      'active',                        'active'),
    ('active',   'narrow',     'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('active',   'narrow',     'both',        'active',                        'active'),
    ('active',   'narrow',     'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'narrow',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'narrow',     'owner',       'PT401 not_authenticated',       'active'),
    ('active',   'widen',      'source',      'pending',                       'pending'),
    ('active',   'widen',      'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('active',   'widen',      'both',        'pending',                       'pending'),
    ('active',   'widen',      'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'widen',      'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'widen',      'owner',       'PT401 not_authenticated',       'pending'),
    ('active',   'nothing',    'source',      'unchanged',                     'unchanged'),
    ('active',   'nothing',    'destination', '42501 wrong_party',             'unchanged'),
    ('active',   'nothing',    'both',        'unchanged',                     'unchanged'),
    ('active',   'nothing',    'third',       'PT404 not_found',               'PT404 not_found'),
    ('active',   'nothing',    'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('active',   'nothing',    'owner',       'PT401 not_authenticated',       'unchanged'),
    ('inactive', 'create',     'source',      '23505 connection_exists',       '23505 connection_pair_key'),
    ('inactive', 'create',     'destination', NULL,                            '42501 wrong_party'),
    ('inactive', 'create',     'both',        '23505 connection_exists',       '23505 connection_pair_key'),
    ('inactive', 'create',     'third',       NULL,                            '42501 wrong_party'),
    ('inactive', 'create',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'create',     'owner',       'PT401 not_authenticated',       '23505 connection_pair_key'),
    ('inactive', 'activate',   'source',      '42501 wrong_party',             '42501 wrong_party'),
    ('inactive', 'activate',   'destination', 'PT409 connection_not_pending',  'PT409 connection_not_pending'),
    ('inactive', 'activate',   'both',        'PT409 connection_not_pending',  'PT409 connection_not_pending'),
    ('inactive', 'activate',   'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'activate',   'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'activate',   'owner',       'PT401 not_authenticated',       'PT409 connection_not_pending'),
    ('inactive', 'deactivate', 'source',      'PT409 connection_inactive',     'unchanged'),
    ('inactive', 'deactivate', 'destination', 'PT409 connection_inactive',     'unchanged'),
    ('inactive', 'deactivate', 'both',        'PT409 connection_inactive',     'unchanged'),
    ('inactive', 'deactivate', 'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'deactivate', 'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'deactivate', 'owner',       'PT401 not_authenticated',       'unchanged'),
    ('inactive', 'reactivate', 'source',      'pending',                       'pending'),
    ('inactive', 'reactivate', 'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('inactive', 'reactivate', 'both',        'pending',                       'pending'),
    ('inactive', 'reactivate', 'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'reactivate', 'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'reactivate', 'owner',       'PT401 not_authenticated',       'pending'),
    ('inactive', 'rename',     'source',      'inactive',                      'inactive'),
    ('inactive', 'rename',     'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('inactive', 'rename',     'both',        'inactive',                      'inactive'),
    ('inactive', 'rename',     'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'rename',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'rename',     'owner',       'PT401 not_authenticated',       'inactive'),
    ('inactive', 'narrow',     'source',      'inactive',                      'inactive'),
    ('inactive', 'narrow',     'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('inactive', 'narrow',     'both',        'inactive',                      'inactive'),
    ('inactive', 'narrow',     'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'narrow',     'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'narrow',     'owner',       'PT401 not_authenticated',       'inactive'),
    ('inactive', 'widen',      'source',      'inactive',                      'inactive'),
    ('inactive', 'widen',      'destination', '42501 wrong_party',             '42501 wrong_party'),
    ('inactive', 'widen',      'both',        'inactive',                      'inactive'),
    ('inactive', 'widen',      'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'widen',      'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'widen',      'owner',       'PT401 not_authenticated',       'inactive'),
    ('inactive', 'nothing',    'source',      'unchanged',                     'unchanged'),
    ('inactive', 'nothing',    'destination', '42501 wrong_party',             'unchanged'),
    ('inactive', 'nothing',    'both',        'unchanged',                     'unchanged'),
    ('inactive', 'nothing',    'third',       'PT404 not_found',               'PT404 not_found'),
    ('inactive', 'nothing',    'nobody',      'PT401 not_authenticated',       'PT401 not_authenticated'),
    ('inactive', 'nothing',    'owner',       'PT401 not_authenticated',       'unchanged');

-- How each action is said.
CREATE TEMPORARY TABLE phrase (action text, called text, written text);
INSERT INTO phrase VALUES
    ('create',     $$SELECT connect.create_connection(%2$L, 'New name')$$,
                   $$INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name)
                     VALUES ('cxn_new', %1$L, %2$L, 'New name')$$),
    ('activate',   $$SELECT connect.activate_connection('cxn_1')$$,
                   $$UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1'$$),
    ('deactivate', $$SELECT connect.deactivate_connection('cxn_1')$$,
                   $$UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1'$$),
    ('reactivate', $$SELECT connect.reactivate_connection('cxn_1')$$,
                   $$UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1'$$),
    ('rename',     $$SELECT connect.update_connection('cxn_1', 'New name')$$,
                   $$UPDATE connect.connection SET name = 'New name' WHERE id = 'cxn_1'$$),
    ('narrow',     $$SELECT connect.update_connection('cxn_1', NULL, '{inquiry.read}')$$,
                   $$UPDATE connect.connection SET scopes = '{inquiry.read}' WHERE id = 'cxn_1'$$),
    ('widen',      $$SELECT connect.update_connection('cxn_1', 'New name', '{inquiry.read,verification.read}')$$,
                   $$UPDATE connect.connection SET name = 'New name', scopes = '{inquiry.read,verification.read}',
                       status = CASE status WHEN 'active' THEN 'pending' ELSE status END WHERE id = 'cxn_1'$$),
    ('nothing',    $$SELECT connect.update_connection('cxn_1')$$,
                   $$UPDATE connect.connection SET status = status, name = name WHERE id = 'cxn_1'$$);

-- The ends of the Connection that a party looks at.
CREATE FUNCTION pg_temp.source_of(party text) RETURNS text LANGUAGE sql AS
$$SELECT CASE party WHEN 'both' THEN 'org_both' ELSE 'org_source' END$$;
CREATE FUNCTION pg_temp.destination_of(party text) RETURNS text LANGUAGE sql AS
$$SELECT CASE party WHEN 'both' THEN 'org_both' ELSE 'org_destination' END$$;

-- What the store holds now, of rows and history, in one line.
CREATE FUNCTION pg_temp.picture() RETURNS text LANGUAGE sql AS $$
SELECT concat_ws('; ',
    (SELECT string_agg(concat_ws(' ', c.source_organization_id, c.destination_organization_id, c.status,
                                 COALESCE(c.name, '-'), c.scopes,
                                 CASE WHEN c.updated_at = '2020-01-02' THEN 'as it was'
                                      WHEN c.updated_at BETWEEN now() AND clock_timestamp() THEN 'updated' END),
                       ', ')
     FROM connect.connection AS c),
    (SELECT count(*) || ' events' FROM connect.event),
    (SELECT string_agg(concat_ws(' ', e.action, COALESCE(e.from_status::text, '-'), e.to_status,
                                 COALESCE(e.actor_organization_id, 'owner')), ', ')
     FROM connect.event AS e))
$$;

-- Puts a cell to the test and takes everything back.
CREATE FUNCTION pg_temp.outcome(state text, party text, statement text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    IF state <> 'none' THEN
        PERFORM pg_temp.import('cxn_1', pg_temp.source_of(party), pg_temp.destination_of(party),
                               state::connect.connection_status);
    END IF;
    result := pg_temp.attempt('regress_connect_' || party,
                              format(statement, pg_temp.source_of(party), pg_temp.destination_of(party)));
    result := concat_ws('; ', result, pg_temp.picture());
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN result;
END
$$;

-- The same line, as the cell's outcome says it must be.
CREATE FUNCTION pg_temp.expected(state text, action text, party text, outcome text) RETURNS text
LANGUAGE sql AS $$
SELECT concat_ws('; ',
    CASE WHEN outcome = 'no row' THEN 'ok 0'
         WHEN outcome ~ '^[A-Z0-9]{5} ' THEN outcome
         ELSE 'ok 1' END,
    CASE WHEN changed OR state <> 'none' THEN
        concat_ws(' ', pg_temp.source_of(party), pg_temp.destination_of(party),
            CASE WHEN changed THEN outcome ELSE state END,
            CASE WHEN changed AND action IN ('create', 'rename', 'widen') THEN 'New name' ELSE 'Old name' END,
            CASE WHEN changed AND action = 'narrow' THEN '{inquiry.read}'
                 WHEN changed AND action = 'widen' THEN '{inquiry.read,verification.read}'
                 ELSE '{account.read,inquiry.read}' END,
            CASE WHEN changed THEN 'updated' ELSE 'as it was' END)
    END,
    CASE WHEN changed THEN '1 events' ELSE '0 events' END,
    CASE WHEN changed THEN
        concat_ws(' ', CASE WHEN action IN ('rename', 'narrow') THEN 'update' ELSE action END,
            CASE state WHEN 'none' THEN '-' ELSE state END, outcome,
            CASE party WHEN 'owner' THEN 'owner' ELSE 'org_' || party END)
    END)
FROM (SELECT outcome IN ('pending', 'active', 'inactive')) AS o (changed)
$$;

SELECT plan((2 + count(called) + 2 * count(written))::int) FROM cell;

SELECT results_eq(
    'SELECT DISTINCT state, action, party FROM cell ORDER BY 1, 2, 3',
    $$SELECT s, a, p
      FROM unnest('{none,pending,active,inactive}'::text[]) AS s,
           unnest('{create,activate,deactivate,reactivate,rename,narrow,widen,nothing}'::text[]) AS a,
           unnest('{source,destination,both,third,nobody,owner}'::text[]) AS p
      ORDER BY 1, 2, 3$$,
    'the list has every state x action x party');
SELECT results_eq('SELECT count(*) FROM cell', 'VALUES (192::bigint)', 'the list has each cell once');

SELECT is(pg_temp.outcome(state, party, p.called),
          pg_temp.expected(state, action, party, c.called),
          format('%s calls: %s, %s', party, action, state))
FROM cell AS c JOIN phrase AS p USING (action)
WHERE c.called IS NOT NULL
ORDER BY state, action, party;

SELECT is(pg_temp.outcome(state, party, p.written),
          pg_temp.expected(state, action, party,
              CASE WHEN party IN ('third', 'nobody') AND action <> 'create' THEN 'no row' ELSE c.written END),
          format('%s writes under row security: %s, %s', party, action, state))
FROM cell AS c JOIN phrase AS p USING (action)
ORDER BY state, action, party;

ALTER ROLE regress_connect_source BYPASSRLS;
ALTER ROLE regress_connect_destination BYPASSRLS;
ALTER ROLE regress_connect_both BYPASSRLS;
ALTER ROLE regress_connect_third BYPASSRLS;
ALTER ROLE regress_connect_nobody BYPASSRLS;

SELECT is(pg_temp.outcome(state, party, p.written),
          pg_temp.expected(state, action, party, c.written),
          format('%s writes past row security: %s, %s', party, action, state))
FROM cell AS c JOIN phrase AS p USING (action)
ORDER BY state, action, party;

SELECT * FROM finish();
ROLLBACK;
