-- Terms: what a Connection is by the clock.

CREATE FUNCTION connect.effective_status(connection record) RETURNS connect.connection_status
AS 'MODULE_PATHNAME', 'connect_effective_status'
LANGUAGE C STABLE PARALLEL SAFE;
REVOKE ALL ON FUNCTION connect.effective_status(record) FROM PUBLIC;  -- grant_check() gives it
COMMENT ON FUNCTION connect.effective_status(record) IS
'Returns the status of a row of connect.connection by the clock, as documents and the gate say it.
A pending one past respond_by or expires_at, and an active one past expires_at, is inactive, '
'whatever the row still says. For policies and reports by hand. The clock is the later of the '
'transaction''s and the statement''s start. Raises 22023 for a row of another table.';

CREATE FUNCTION connect.expire_due(max_rows int = 1000) RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_expire_due'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.expire_due(int) FROM PUBLIC;  -- the store's owner has it
COMMENT ON FUNCTION connect.expire_due(int) IS
'Records the terms that have passed, at most max_rows of them, and returns how many.
Connections become inactive, share tokens expired or failed, and each has an event. It may run '
'as often as one likes, beside writers: rows that somebody holds are left for the next run. '
'Nothing depends on it but what reads the tables by hand, and outbox readers. Raises '
'parameter_invalid (22023) for a max_rows below 1, store_missing and store_outdated (55000).';

-- What an open row says is looked up in its Connection or share token too, since a row too many
-- does no harm.
CREATE FUNCTION connect.term_findings()
RETURNS TABLE (code text, severity text, finding text, remedy text)
LANGUAGE sql STABLE PARALLEL SAFE
SET search_path = pg_catalog, pg_temp
AS $findings$
SELECT 'expiry_unswept', 'warning',
    format(CASE count(*) WHEN 1 THEN 'The ' || d.one || ' passed more than an hour ago, at %2$s,'
        ELSE d.many || ' passed more than an hour ago, the first one at %2$s,' END
        || ' and nothing says so but the clock.', count(*), min(d.ends_at)),
    'SELECT connect.expire_due(); until it returns 0, and that every few minutes.'
FROM (
    SELECT 'term of a Connection' AS one, 'Terms of %1$s Connections' AS many, o.ends_at
    FROM connect.open_term AS o JOIN connect.connection AS c ON c.id = o.id
    WHERE c.status <> 'inactive'
    AND least(c.expires_at, CASE c.status WHEN 'pending' THEN c.respond_by END) = o.ends_at
    UNION ALL
    SELECT 'time of a share token', 'Times of %1$s share tokens', o.ends_at
    FROM connect.open_share_token AS o JOIN connect.share_token AS t ON t.id = o.id
    WHERE CASE t.status WHEN 'created' THEN t.expires_at = o.ends_at
        WHEN 'pending' THEN t.pending_at = o.ends_at - interval '24 hours' END) AS d
WHERE d.ends_at < statement_timestamp() - interval '1 hour'
GROUP BY d.one, d.many
$findings$;
REVOKE ALL ON FUNCTION connect.term_findings() FROM PUBLIC;  -- for check_setup()
COMMENT ON FUNCTION connect.term_findings() IS
'Tells that terms of Connections, or times of share tokens, which passed more than an hour ago are
not recorded: nobody runs expire_due(). Code: expiry_unswept. Raises 42501 for who may not read '
'the tables.';
