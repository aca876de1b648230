-- The rule table of src/connection/rules.c, as rows.

CREATE FUNCTION connect.transition_rules()
RETURNS TABLE (action text, from_status connect.connection_status,
               to_status connect.connection_status, party text)
AS 'MODULE_PATHNAME', 'connect_transition_rules'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 15;
REVOKE ALL ON FUNCTION connect.transition_rules() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.transition_rules() IS
'Lists who may take a Connection from which state to which.
15 rows, one per (action, from, to, party); from_status is null for create. Functions and '
'triggers decide by this table and no other (design, section 1). Raises nothing.';
