-- The history as a whole, for the DBA: is it as it was written, and bringing it up to date.

CREATE FUNCTION connect.seal_history() RETURNS void
AS 'MODULE_PATHNAME', 'connect_seal_history'
LANGUAGE C VOLATILE STRICT PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.seal_history() FROM PUBLIC;  -- upgrade_store() calls it
COMMENT ON FUNCTION connect.seal_history() IS
'Gives events of an older store their subject, position and seal, as upgrade_store() does.
An event that is sealed stays as it is, but for a position that is another cluster''s: it becomes '
'0. Raises store_missing, store_altered (55000).';

CREATE FUNCTION connect.verify_history(subject_id text = NULL)
RETURNS TABLE (subject_id text, event_id text, problem text)
AS 'MODULE_PATHNAME', 'connect_verify_history'
LANGUAGE C STABLE PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.verify_history(text) FROM PUBLIC;  -- it reads everybody's history
COMMENT ON FUNCTION connect.verify_history(text) IS
'Lists events that are not as they were written behind the one before them; no rows when sound.
Of one subject, or of all. A tail that was cut off shows only against history_anchor(). Raises '
'store_missing, store_outdated (55000).';

CREATE FUNCTION connect.history_anchor(before xid8 = NULL)
RETURNS TABLE (before xid8, subjects bigint, events bigint, seal bytea)
AS 'MODULE_PATHNAME', 'connect_history_anchor'
LANGUAGE C STABLE ROWS 1 PARALLEL RESTRICTED;
REVOKE ALL ON FUNCTION connect.history_anchor(xid8) FROM PUBLIC;  -- it reads everybody's history
COMMENT ON FUNCTION connect.history_anchor(xid8) IS
'Returns what the events with a position below before amount to, to be kept elsewhere.
Computed again with the same before it must be equal, at any later time. Null means all that can '
'be told for good: below the oldest transaction that still runs. Raises store_missing, '
'store_outdated (55000).';

CREATE FUNCTION connect.forget_actor(organization_id text, actor_id text) RETURNS bigint
AS 'MODULE_PATHNAME', 'connect_forget_actor'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.forget_actor(text, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.forget_actor(text, text) IS
'Forgets a person of an organization, and returns in how many events.
Nulls actor, reason and request of the events, and the creator of what the person has created; '
'deletes the answers stored for the organization''s idempotency keys. verify_history() and '
'history_anchor() stay as they were. Raises parameter_missing and parameter_invalid (22023), '
'store_missing, store_outdated (55000).';
