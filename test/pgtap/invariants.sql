-- What must hold whatever happened: after a walk of 1600 steps by all parties,
-- most of them refused, every history is unbroken and tells of its row. The walk
-- is pseudo-random from a fixed seed, by a generator of its own, so that it is the
-- same on every major version.
\ir setup.psql

SELECT plan(17);

CREATE TEMPORARY SEQUENCE draw;

-- The next number from 0 to n - 1.
CREATE FUNCTION pg_temp.draw(n int) RETURNS int LANGUAGE sql VOLATILE AS
$$SELECT ('x' || substr(md5('20261123 ' || nextval('pg_temp.draw')), 1, 7))::bit(28)::int % n$$;

CREATE FUNCTION pg_temp.pick(choices text[]) RETURNS text LANGUAGE sql VOLATILE AS
$$SELECT choices[1 + pg_temp.draw(cardinality(choices))]$$;

-- A statement somebody might say about the Connection of a pair of organizations.
CREATE FUNCTION pg_temp.statement(source text, destination text) RETURNS text
LANGUAGE sql VOLATILE AS $$
SELECT format(pg_temp.pick(ARRAY[
        'SELECT connect.create_connection(%3$L, %4$L)',
        'INSERT INTO connect.connection (source_organization_id, destination_organization_id, name) VALUES (%2$L, %3$L, %4$L)',
        'SELECT connect.activate_connection(%1$L)',
        'SELECT connect.activate_connection(%1$L, ''We agreed.'')',
        'SELECT connect.deactivate_connection(%1$L)',
        'SELECT connect.reactivate_connection(%1$L)',
        'SELECT connect.reactivate_connection(%1$L, ''Once more.'')',
        'SELECT connect.update_connection(%1$L, %4$L)',
        'SELECT connect.update_connection(%1$L, NULL, %5$L)',
        'SELECT connect.update_connection(%1$L, %4$L, %5$L)',
        'UPDATE connect.connection SET status = %6$L WHERE id = %1$L',
        'UPDATE connect.connection SET status = %6$L, name = %4$L WHERE id = %1$L',
        'UPDATE connect.connection SET status = %6$L, scopes = %5$L WHERE id = %1$L',
        'UPDATE connect.connection SET scopes = %5$L WHERE id = %1$L',
        'UPDATE connect.connection SET destination_organization_id = ''org_third'' WHERE id = %1$L',
        'UPDATE connect.connection SET updated_at = ''2001-01-01'' WHERE id = %1$L',
        'DELETE FROM connect.connection WHERE id = %1$L',
        'DELETE FROM connect.event WHERE connection_id = %1$L',
        'UPDATE connect.event SET to_status = ''active'' WHERE connection_id = %1$L',
        'WITH first AS (UPDATE connect.connection SET status = ''inactive'' WHERE id = %1$L RETURNING id)
         SELECT connect.reactivate_connection(id) FROM first']),
    COALESCE((SELECT id FROM connect.connection
              WHERE source_organization_id = source AND destination_organization_id = destination), 'cxn_none'),
    source, destination,
    pg_temp.pick('{"",First,Second,Third}'),
    pg_temp.pick('{"{account.read}","{inquiry.read}","{inquiry.read,account.read}","{verification.read,account.read,account.read}","{}","{report.read}"}'),
    pg_temp.pick('{pending,active,inactive}'))
$$;

CREATE TEMPORARY TABLE step (number int PRIMARY KEY, role_name text, statement text, outcome text);

DO $$
DECLARE
    organizations text[] := '{org_source,org_destination,org_both}';
    role_name text;
    statement text;
BEGIN
    FOR number IN 1..1600 LOOP
        role_name := 'regress_connect_' ||
            pg_temp.pick('{source,source,source,destination,destination,destination,both,both,third,nobody,owner}');
        statement := pg_temp.statement(pg_temp.pick(organizations), pg_temp.pick(organizations));
        INSERT INTO step VALUES (number, role_name, statement, pg_temp.attempt(role_name, statement));
    END LOOP;
END
$$;

-- Was it a walk worth its name?
SELECT is(
    (SELECT count(*) FROM connect.connection WHERE source_organization_id <> 'org_third'),
    9::bigint, 'every pair has its Connection');
SELECT cmp_ok((SELECT count(*) FROM connect.event), '>', 120::bigint, 'much has happened');
SELECT set_eq(
    'SELECT DISTINCT action, from_status::connect.connection_status, to_status::connect.connection_status FROM connect.event',
    'SELECT DISTINCT action, from_status, to_status FROM connect.transition_rules()',
    'every kind of step was taken');
SELECT cmp_ok((SELECT count(*) FROM step WHERE outcome !~ '^ok'), '>', 200::bigint, 'much was refused');
SELECT set_has(
    'SELECT DISTINCT outcome FROM step',
    $$VALUES ('PT401 not_authenticated'), ('PT404 not_found'), ('42501 wrong_party'), ('PT409 connection_not_pending'),
             ('PT409 connection_inactive'), ('PT409 connection_not_inactive'), ('PT409 transition_not_allowed'),
             ('PT422 scope_unknown'), ('PT422 scopes_empty'), ('23001 delete_refused'), ('23001 identity_changed'),
             ('23001 event_changed')$$,
    'for every reason');
SELECT is_empty(
    $$SELECT number, outcome FROM step
      WHERE outcome !~ '^ok [0-9]+$' AND outcome !~ '^(PT(401|404|409|422)|23001|22023|42501|23505) [a-z_]+$'
      AND outcome <> '42501'$$,
    'and for no other kind of reason');
SELECT is_empty(
    $$SELECT number, statement FROM step WHERE outcome = '42501' AND role_name <> 'regress_connect_owner'
      AND statement !~ '^(UPDATE|DELETE FROM) connect.event'
      AND statement !~ '^INSERT'$$,
    'a bare 42501 is a missing grant or row security');

-- The histories.
CREATE TEMPORARY VIEW history AS
SELECT e.*,
       lag(to_status) OVER w AS previous_status,
       lag(e.name) OVER w AS previous_name,
       lag(e.created_at) OVER w AS previous_time,
       lag(e.scopes) OVER w AS previous_scopes,
       row_number() OVER w = 1 AS is_first,
       row_number() OVER w = count(*) OVER (PARTITION BY connection_id) AS is_last
FROM connect.event AS e
WINDOW w AS (PARTITION BY connection_id ORDER BY id);

SELECT is_empty(
    'SELECT id FROM history WHERE is_first <> (action = ''create'') OR is_first <> (from_status IS NULL)',
    'a history begins with create, and only there');
SELECT is_empty(
    'SELECT id FROM history WHERE NOT is_first AND from_status IS DISTINCT FROM previous_status',
    'each event starts where the one before ended');
SELECT is_empty(
    $$SELECT c.id FROM connect.connection AS c
      LEFT JOIN history AS h ON h.connection_id = c.id AND h.is_last
      WHERE (c.status, c.name, c.scopes, c.source_organization_id, c.destination_organization_id)
          IS DISTINCT FROM
          (h.to_status::connect.connection_status, h.name, h.scopes, h.source_organization_id, h.destination_organization_id)$$,
    'each ends where its row is');
SELECT is_empty(
    $$SELECT c.id FROM connect.connection AS c JOIN history AS h ON h.connection_id = c.id AND h.is_last
      WHERE c.updated_at <> h.created_at
      UNION ALL SELECT id FROM history WHERE is_first <> (previous_time IS NULL) OR created_at <= previous_time
      OR created_at < now() OR created_at > clock_timestamp()$$,
    'times are those of the changes and ascend, and a row''s is that of its last event');
SELECT is_empty(
    $$SELECT id FROM history
      WHERE NOT is_first
      AND ((action IN ('activate', 'deactivate', 'reactivate')
            AND (name IS DISTINCT FROM previous_name OR scopes <> previous_scopes))
        OR (action = 'update'
            AND (NOT scopes <@ previous_scopes OR (name IS NOT DISTINCT FROM previous_name AND scopes = previous_scopes)))
        OR (action = 'widen' AND scopes <@ previous_scopes))$$,
    'each action changed what its name says, and every event changed something');
SELECT is_empty(
    $$SELECT id FROM connect.event AS e
      WHERE NOT EXISTS (
          SELECT FROM connect.transition_rules() AS r
          WHERE (r.action, r.to_status::text) = (e.action, e.to_status)
          AND r.from_status::text IS NOT DISTINCT FROM e.from_status
          AND (e.actor_organization_id IS NULL
               OR e.actor_organization_id = CASE r.party WHEN 'source' THEN e.source_organization_id
                                                         ELSE e.destination_organization_id END))$$,
    'each was a rule''s, taken by the rule''s party');
SELECT set_eq(
    'SELECT DISTINCT actor_organization_id, actor_id, actor_type FROM connect.event',
    $$VALUES ('org_source', 'regress_connect_source', 'role'), ('org_destination', 'regress_connect_destination', 'role'),
             ('org_both', 'regress_connect_both', 'role'), ('org_third', 'regress_connect_third', 'role'),
             (NULL, 'regress_connect_owner', 'role')$$,
    'each names its actor; only the owner acts for no organization');
SELECT is_empty(
    $$SELECT id FROM connect.connection
      WHERE scopes <> (SELECT array_agg(s ORDER BY s COLLATE "C") FROM (SELECT DISTINCT unnest(scopes)) AS d (s))
      OR name = '' OR created_at < now() OR updated_at < created_at$$,
    'scopes are sorted, empty names are none, times are in this transaction');
SELECT is_empty(
    $$SELECT number, outcome FROM step
      WHERE outcome ~ '^ok [1-9]' AND statement !~ 'connect.event'
      AND (role_name = 'regress_connect_nobody'
           OR (role_name = 'regress_connect_third' AND statement !~ '^SELECT connect.create_connection'))$$,
    'nobody achieved nothing, and a third party only offers of its own');

-- A transition is a HOT update: it leaves the indexes alone.
CREATE TEMPORARY TABLE counted AS
SELECT pg_stat_get_xact_tuples_updated(r) AS updated, pg_stat_get_xact_tuples_hot_updated(r) AS hot
FROM (VALUES ('connect.connection'::regclass)) AS t (r);
SELECT pg_temp.import('cxn_hot', 'org_third', 'org_third', 'pending') \g /dev/null
SELECT pg_temp.attempt('regress_connect_third', $$SELECT connect.activate_connection('cxn_hot')$$) \g /dev/null
SELECT results_eq(
    $$SELECT pg_stat_get_xact_tuples_updated(r) - updated, pg_stat_get_xact_tuples_hot_updated(r) - hot
      FROM (VALUES ('connect.connection'::regclass)) AS t (r), counted$$,
    'VALUES (1::bigint, 1::bigint)',
    'a transition is a HOT update');

SELECT * FROM finish();
ROLLBACK;
