-- The rule table of src/share_token/rules.c, as rows.

CREATE FUNCTION connect.share_token_rules()
RETURNS TABLE (action text, from_status connect.share_token_status,
               to_status connect.share_token_status, party text)
AS 'MODULE_PATHNAME', 'connect_share_token_rules'
LANGUAGE C IMMUTABLE STRICT PARALLEL SAFE ROWS 8;
REVOKE ALL ON FUNCTION connect.share_token_rules() FROM PUBLIC;  -- grant_read() gives it
COMMENT ON FUNCTION connect.share_token_rules() IS
'Lists who may take a share token from which state to which.
8 rows, one per (action, from, to, party); from_status is null for create. party is source, '
'destination, application (whoever grant_fulfil() was for), or time (nobody: a term has passed). '
'Functions and triggers decide by this table and no other (design, section 8). Raises nothing.';
