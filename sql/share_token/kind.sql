-- Kinds of rows that share tokens may name.

CREATE FUNCTION connect.share_rows(kind text, relation regclass, organization_column name,
    key_column name, scope text, id_prefix text = NULL, redeem_function regprocedure = NULL)
RETURNS void
AS 'MODULE_PATHNAME', 'connect_share_rows'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
-- For the DBA.
REVOKE ALL ON FUNCTION connect.share_rows(text, regclass, name, name, text, text, regprocedure)
    FROM PUBLIC;
COMMENT ON FUNCTION connect.share_rows(text, regclass, name, name, text, text, regprocedure) IS
'Lets share tokens name the rows of a table of yours, as a kind.
organization_column says whose row it is; key_column holds the id, under a unique index of its '
'own; a Connection must grant scope. id_prefix is what stands before the last _ in such ids, and '
'chooses the kind where none is named. redeem_function(source_id text, source_organization_id '
'text, destination_organization_id text, destination_id text, options jsonb) returns text makes '
'the destination''s copy and returns its id; it runs as the owner of the table, whose it must be. '
'Without one, the application fulfils a token later, with complete_share_token(). Raises '
'parameter_missing and parameter_invalid (22023), scope_unknown (PT422), 42501 for somebody '
'else''s table, 42809 for what is none, 42703, 42804 and 42830 for its columns, kind_broken '
'(55000) for the function, 42710 if there is such a kind, store_missing (55000).';

CREATE FUNCTION connect.unshare_rows(kind text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unshare_rows'
LANGUAGE C VOLATILE PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp;
REVOKE ALL ON FUNCTION connect.unshare_rows(text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unshare_rows(text) IS
'Ends what share_rows() began: no more tokens of the kind are made or redeemed.
A kind that tokens name is retired, any other one deleted; share_rows() brings it back. Raises '
'parameter_missing (22023), 42501 for somebody else''s table, 42704 if there is no such kind, '
'store_missing (55000).';
