-- Every state x term x action x party, through the functions and by plain writes past row security:
-- what comes out, and what it leaves of the row, its history and its open term. What must come out is
-- written here once more, from the contract, and not read from the rules.
\ir setup.psql

ALTER ROLE regress_connect_source BYPASSRLS;
ALTER ROLE regress_connect_destination BYPASSRLS;
ALTER ROLE regress_connect_both BYPASSRLS;
ALTER ROLE regress_connect_third BYPASSRLS;
ALTER ROLE regress_connect_nobody BYPASSRLS;

-- The times that stand for a term, by which expectations call it.
CREATE TEMPORARY TABLE moment (label text, at timestamptz);
INSERT INTO moment VALUES
    ('R+', '2900-01-01'), ('R-', '2010-01-01'), ('E+', '2901-01-01'), ('E-', '2011-01-01'),
    ('N1', '2950-01-01'), ('N2', '2951-01-01'), ('past', '2000-01-01');
CREATE FUNCTION pg_temp.label(term timestamptz) RETURNS text LANGUAGE sql AS
$$SELECT CASE WHEN term IS NULL THEN '-' ELSE COALESCE((SELECT m.label FROM moment AS m WHERE m.at = term), term::text) END$$;
CREATE FUNCTION pg_temp.at(label text) RETURNS timestamptz LANGUAGE sql AS
$$SELECT m.at FROM moment AS m WHERE m.label = $1$$;

-- How each action is said.
CREATE TEMPORARY TABLE phrase (action text, called text, written text);
INSERT INTO phrase VALUES
    ('activate',   $$SELECT connect.activate_connection('cxn_1')$$, $$UPDATE connect.connection SET status = 'active' WHERE id = 'cxn_1'$$),
    ('deactivate', $$SELECT connect.deactivate_connection('cxn_1')$$, $$UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_1'$$),
    ('reactivate', $$SELECT connect.reactivate_connection('cxn_1')$$, $$UPDATE connect.connection SET status = 'pending' WHERE id = 'cxn_1'$$),
    ('offer anew', $$SELECT connect.reactivate_connection('cxn_1', NULL, '2950-01-01', '2951-01-01')$$,
                   $$UPDATE connect.connection SET status = 'pending', respond_by = '2950-01-01', expires_at = '2951-01-01' WHERE id = 'cxn_1'$$),
    ('rename',     $$SELECT connect.update_connection('cxn_1', 'New name')$$, $$UPDATE connect.connection SET name = 'New name' WHERE id = 'cxn_1'$$),
    ('narrow',     $$SELECT connect.update_connection('cxn_1', NULL, '{inquiry.read}')$$,
                   $$UPDATE connect.connection SET scopes = '{inquiry.read}' WHERE id = 'cxn_1'$$),
    ('widen',      $$SELECT connect.update_connection('cxn_1', NULL, '{account.read,inquiry.read,verification.read}')$$,
                   $$UPDATE connect.connection SET scopes = '{account.read,inquiry.read,verification.read}',
                       status = CASE status WHEN 'active' THEN 'pending' ELSE status END WHERE id = 'cxn_1'$$),
    ('prolong',    $$SELECT connect.update_connection('cxn_1', respond_by => '2950-01-01', expires_at => '2951-01-01')$$,
                   $$UPDATE connect.connection SET respond_by = '2950-01-01', expires_at = '2951-01-01' WHERE id = 'cxn_1'$$),
    ('unlimit',    $$SELECT connect.update_connection('cxn_1', respond_by => 'infinity', expires_at => 'infinity')$$,
                   $$UPDATE connect.connection SET respond_by = NULL, expires_at = 'infinity' WHERE id = 'cxn_1'$$),
    ('antedate',   $$SELECT connect.update_connection('cxn_1', expires_at => '2000-01-01')$$,
                   $$UPDATE connect.connection SET expires_at = '2000-01-01' WHERE id = 'cxn_1'$$),
    ('nothing',    $$SELECT connect.update_connection('cxn_1')$$, $$UPDATE connect.connection SET status = status, name = name WHERE id = 'cxn_1'$$);

CREATE TEMPORARY TABLE question AS
SELECT s.state, r.respond_by, e.expires_at
FROM unnest('{pending,active,inactive}'::text[]) AS s (state),
     unnest('{-,R+,R-}'::text[]) AS r (respond_by), unnest('{-,E+,E-}'::text[]) AS e (expires_at);
CREATE TEMPORARY TABLE party AS SELECT unnest('{source,destination,both,third,nobody,owner}'::text[]) AS party;

-- ---- What must come out ----

-- The state by the clock: a pending one has two terms, an active one only the second, and one that has ended none.
CREATE FUNCTION pg_temp.effective(q question) RETURNS text LANGUAGE sql AS
$$SELECT CASE WHEN q.state = 'pending' AND 'R-' = q.respond_by OR q.state <> 'inactive' AND 'E-' = q.expires_at THEN 'inactive' ELSE q.state END$$;

-- What the row, its open term and its history are after that, in one line.
CREATE FUNCTION pg_temp.line(q question, party text, result text, status text, name text, scopes text, respond_by text, expires_at text, events text)
RETURNS text LANGUAGE sql AS $$
SELECT concat_ws('; ', result, concat_ws(' ', status, name, scopes, respond_by, expires_at, CASE events WHEN '' THEN 'as it was' ELSE 'updated' END),
    'ends ' || CASE WHEN status = 'pending' AND respond_by <> '-' AND (expires_at = '-' OR pg_temp.at(respond_by) < pg_temp.at(expires_at)) THEN respond_by
        WHEN status <> 'inactive' THEN expires_at ELSE '-' END,
    'waits ' || (status = 'pending'), NULLIF(events, ''))
$$;

CREATE FUNCTION pg_temp.expected(way text, q question, action text, party text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    now_is text := pg_temp.effective(q);
    lapsed boolean := now_is <> q.state;
    is_source boolean := party IN ('source', 'both', 'owner');
    is_destination boolean := party IN ('destination', 'both', 'owner');
    done text;             -- what the history calls it; NULL for nothing
    status text := now_is;
    name text := 'Old';
    scopes text := '{account.read,inquiry.read}';
    respond_by text := q.respond_by;
    expires_at text := q.expires_at;
    events text := '';
    refused text;
BEGIN
    -- Who is no party comes first, whatever it is.
    refused := CASE party WHEN 'nobody' THEN 'PT401 not_authenticated' WHEN 'third' THEN 'PT404 not_found' END;

    -- By a plain write, a status that the row has already is none that was set.
    IF way = 'written' AND action IN ('activate', 'deactivate', 'reactivate')
        AND (q.state = CASE action WHEN 'activate' THEN 'active' WHEN 'deactivate' THEN 'inactive' ELSE 'pending' END
             OR now_is = 'inactive' AND action = 'deactivate') THEN
        done := NULL;
    ELSIF way = 'written' AND action = 'offer anew' AND q.state = 'pending' THEN
        action := 'prolong';
        done := 'update';
    ELSIF action = 'nothing' THEN
        -- the function asks whether the caller may change it; to write nothing is either party's
        refused := COALESCE(refused, CASE WHEN way = 'called' AND NOT is_source THEN '42501 wrong_party' END);
    ELSIF action = 'unlimit' AND q.respond_by = '-' AND q.expires_at = '-' THEN
        refused := COALESCE(refused, CASE WHEN way = 'called' AND NOT is_source THEN '42501 wrong_party' END);
    ELSE
        done := CASE WHEN action = 'offer anew' THEN 'reactivate' WHEN action IN ('rename', 'narrow', 'prolong', 'unlimit', 'antedate') THEN 'update' ELSE action END;
    END IF;

    -- What this is not: more scopes and another status at once, since the row does not know that it has ended.
    IF way = 'written' AND action = 'widen' AND q.state = 'active' AND lapsed THEN
        refused := COALESCE(refused, 'PT409 transition_not_allowed');
    END IF;
    IF done IS NOT NULL THEN
        refused := COALESCE(refused, CASE
            WHEN done = 'activate' AND NOT is_destination OR done NOT IN ('activate', 'deactivate') AND NOT is_source THEN '42501 wrong_party'
            WHEN done = 'activate' AND now_is <> 'pending' THEN 'PT409 connection_not_pending'
            WHEN done = 'deactivate' AND now_is = 'inactive' THEN 'PT409 connection_inactive'
            WHEN done = 'reactivate' AND now_is <> 'inactive' THEN 'PT409 connection_not_inactive'
            WHEN action = 'antedate' THEN 'PT422 term_past' END);
    END IF;
    IF refused IS NOT NULL THEN
        RETURN pg_temp.line(q, party, refused, q.state, name, scopes, respond_by, expires_at, '');
    END IF;

    -- A function that has nothing to change writes nothing, so that the row goes on as it was.
    IF done IS NULL AND (way = 'called' OR NOT lapsed) THEN
        RETURN pg_temp.line(q, party, 'ok 1', q.state, name, scopes, respond_by, expires_at, '');
    END IF;

    IF lapsed THEN
        events := concat_ws(' ', 'expire', q.state, 'inactive', 'time', 'at', CASE WHEN q.state = 'pending' AND q.respond_by = 'R-' THEN 'R-' ELSE 'E-' END);
    END IF;
    IF done IS NOT NULL THEN
        status := CASE WHEN done = 'activate' THEN 'active' WHEN done = 'deactivate' THEN 'inactive' WHEN done = 'reactivate' THEN 'pending'
            WHEN done = 'widen' AND now_is = 'active' THEN 'pending' ELSE now_is END;
        name := CASE action WHEN 'rename' THEN 'New name' ELSE name END;
        scopes := CASE action WHEN 'narrow' THEN '{inquiry.read}' WHEN 'widen' THEN '{account.read,inquiry.read,verification.read}' ELSE scopes END;
        IF action IN ('offer anew', 'prolong') THEN
            respond_by := 'N1';
            expires_at := 'N2';
        ELSIF action = 'unlimit' THEN
            respond_by := '-';
            expires_at := '-';
        ELSIF done IN ('reactivate', 'widen') AND status = 'pending' AND now_is <> 'pending' THEN
            respond_by := NULLIF(respond_by, 'R-');
            expires_at := NULLIF(expires_at, 'E-');
        END IF;
        events := concat_ws(', ', NULLIF(events, ''), concat_ws(' ', done, now_is, status, CASE party WHEN 'owner' THEN party ELSE 'org_' || party END,
            'at -'));
    END IF;
    RETURN pg_temp.line(q, party, 'ok 1', status, name, scopes, COALESCE(respond_by, '-'), COALESCE(expires_at, '-'), events);
END
$$;

-- ---- What does come out ----

CREATE FUNCTION pg_temp.add(q question, party text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL session_replication_role = replica;
    INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name, status, scopes, created_at, updated_at, respond_by, expires_at)
    VALUES ('cxn_1', CASE party WHEN 'both' THEN 'org_both' ELSE 'org_source' END, CASE party WHEN 'both' THEN 'org_both' ELSE 'org_destination' END,
        'Old', q.state::connect.connection_status, '{account.read,inquiry.read}', '2005-01-01', '2005-01-02', pg_temp.at(q.respond_by), pg_temp.at(q.expires_at));
    SET LOCAL session_replication_role = origin;
END
$$;

CREATE FUNCTION pg_temp.outcome(q question, party text, statement text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM pg_temp.add(q, party);
    result := pg_temp.attempt('regress_connect_' || party, statement);
    SELECT concat_ws('; ', result,
        concat_ws(' ', c.status, c.name, c.scopes, pg_temp.label(c.respond_by), pg_temp.label(c.expires_at),
            CASE WHEN c.updated_at = '2005-01-02' THEN 'as it was' WHEN c.updated_at > now() THEN 'updated' ELSE c.updated_at::text END),
        'ends ' || COALESCE((SELECT string_agg(pg_temp.label(o.ends_at), ' ') FROM connect.open_term AS o WHERE o.id = 'cxn_1'), '-'),
        'waits ' || EXISTS (SELECT FROM connect.open_connection AS o WHERE o.destination_organization_id = c.destination_organization_id AND o.id = c.id),
        (SELECT string_agg(concat_ws(' ', e.action, e.from_status, e.to_status,
                COALESCE(e.actor_organization_id, CASE e.actor_type WHEN 'role' THEN 'owner' ELSE 'time' END), 'at', pg_temp.label(e.effective_at)), ', ' ORDER BY e.id)
         FROM connect.event AS e WHERE e.subject_id = 'cxn_1')) INTO result
    FROM connect.connection AS c WHERE c.id = 'cxn_1';
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN result;
END
$$;

SELECT plan((2 * count(DISTINCT (q, p.action)) + count(DISTINCT q) * 4 + 9)::int) FROM question AS q, phrase AS p;
SELECT is((SELECT count(*) FROM question AS q, phrase AS p, party), 1782::bigint, 'there are 3 states x 9 terms x 11 actions x 6 parties');

SELECT is(string_agg(party || ': ' || pg_temp.outcome(q, party, CASE way WHEN 'called' THEN p.called ELSE p.written END), E'\n' ORDER BY party),
          string_agg(party || ': ' || pg_temp.expected(way, q, p.action, party), E'\n' ORDER BY party),
          format('%s: %s, %s, %s %s', way, p.action, q.state, q.respond_by, q.expires_at))
FROM question AS q, phrase AS p, party, unnest('{called,written}'::text[]) AS way
GROUP BY way, p.action, q, q.state, q.respond_by, q.expires_at ORDER BY way, p.action, q;

-- ---- What it is said to be ----

-- Whoever looks sees the state by the clock, and may do what that allows.
CREATE FUNCTION pg_temp.look(q question, party text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    PERFORM pg_temp.add(q, party);
    EXECUTE format('SET LOCAL ROLE regress_connect_%s', party);
    SELECT concat_ws(' ', d #>> '{attributes,status}', d #>> '{meta,allowed-actions}', d #>> '{meta,ended}',
        'allowed ' || connect.is_allowed(d #>> '{attributes,source-organization-id}', d #>> '{attributes,destination-organization-id}', 'inquiry.read'),
        (SELECT string_agg(s::text, ' ') FROM unnest(enum_range(NULL::connect.connection_status)) AS s
            WHERE jsonb_array_length(connect.list_connections(s) -> 'data') > 0)) INTO result
    FROM (SELECT connect.get_connection('cxn_1') -> 'data') AS g (d);
    RESET ROLE;
    result := concat_ws(' ', result, (SELECT connect.effective_status(c) FROM connect.connection AS c WHERE c.id = 'cxn_1'));
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN result;
WHEN OTHERS THEN
    RETURN SQLSTATE;
END
$$;
SELECT is(pg_temp.look(q, party),
    CASE party WHEN 'third' THEN 'PT404' ELSE concat_ws(' ', e,
        CASE e || ' ' || party
            WHEN 'pending source' THEN '["deactivate", "update"]' WHEN 'pending destination' THEN '["activate", "deactivate"]'
            WHEN 'pending both' THEN '["activate", "deactivate", "update"]'
            WHEN 'active source' THEN '["deactivate", "update"]' WHEN 'active destination' THEN '["deactivate"]' WHEN 'active both' THEN '["deactivate", "update"]'
            WHEN 'inactive destination' THEN '[]' ELSE '["reactivate", "update"]' END,
        CASE WHEN e = 'inactive' AND (q.respond_by = 'R-' OR q.expires_at = 'E-') THEN 'expired' END,
        'allowed ' || (e = 'active'), e, e) END,
    format('%s sees: %s, %s %s', party, q.state, q.respond_by, q.expires_at))
FROM question AS q, pg_temp.effective(q) AS e, party WHERE party IN ('source', 'destination', 'both', 'third')
ORDER BY party, q;

-- ---- Offers that have terms from the start ----

CREATE FUNCTION pg_temp.offer(party text, way text, respond_by text, expires_at text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    result text;
BEGIN
    result := pg_temp.attempt('regress_connect_' || party, format(CASE way
        WHEN 'called' THEN 'SELECT connect.create_connection(%3$L, respond_by => %1$L, expires_at => %2$L)'
        ELSE 'INSERT INTO connect.connection (source_organization_id, destination_organization_id, respond_by, expires_at) VALUES (''org_source'', %3$L, %1$L, %2$L)' END,
        pg_temp.at(respond_by), pg_temp.at(expires_at), 'org_destination'));
    SELECT concat_ws(' ', result, c.status, pg_temp.label(c.respond_by), pg_temp.label(c.expires_at), (SELECT pg_temp.label(o.ends_at) FROM connect.open_term AS o),
        e.action, pg_temp.label(e.respond_by), pg_temp.label(e.expires_at)) INTO result
    FROM (SELECT) AS one LEFT JOIN connect.connection AS c ON true LEFT JOIN connect.event AS e ON true;
    RAISE EXCEPTION USING ERRCODE = 'UNDO1';
EXCEPTION WHEN SQLSTATE 'UNDO1' THEN
    RETURN result;
END
$$;
SELECT is(pg_temp.offer(party, way, respond_by, expires_at), outcome, format('%s offers, %s: %s %s', party, way, respond_by, expires_at))
FROM (VALUES
    ('source', 'called', 'R+', 'E+', 'ok 1 pending R+ E+ R+ create R+ E+'),
    ('source', 'written', 'N1', 'E+', 'ok 1 pending N1 E+ E+ create N1 E+'),
    ('source', 'called', 'past', 'E+', 'PT422 term_past - - - -'),
    ('source', 'written', 'R+', 'past', 'PT422 term_past - - - -'),
    ('nobody', 'called', 'past', 'E+', 'PT401 not_authenticated - - - -'),
    ('third', 'written', 'past', 'E+', '42501 wrong_party - - - -'),
    ('owner', 'written', '-', 'E+', 'ok 1 pending - E+ E+ create - E+'),
    ('owner', 'written', 'R-', '-', 'PT422 term_past - - - -')) AS v (party, way, respond_by, expires_at, outcome);

SELECT * FROM finish();
ROLLBACK;
