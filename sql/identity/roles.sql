-- Which roles stand for an organization, and which logins may say for whom they act.

CREATE FUNCTION connect.map_role(role_name name, organization_id text) RETURNS void
AS 'MODULE_PATHNAME', 'connect_map_role'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.map_role(name, text) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.map_role(name, text) IS
'Makes a database role stand for an organization, whichever it stood for before.
By exact name: members of the role do not inherit it. Raises 42704 for an unknown role, '
'parameter_missing and parameter_invalid (22023), organization_unknown (PT422), store_missing '
'(55000).';

CREATE FUNCTION connect.unmap_role(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_unmap_role'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.unmap_role(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.unmap_role(name) IS
'Makes a database role stand for no organization.
The role need not exist any more. Raises parameter_missing (22023), store_missing (55000).';

CREATE FUNCTION connect.trust_gateway(role_name name,
    organization_claim text[] = '{organization_id}',
    actor_claim text[] = '{sub}') RETURNS void
AS 'MODULE_PATHNAME', 'connect_trust_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.trust_gateway(name, text[], text[]) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.trust_gateway(name, text[], text[]) IS
'Lets a login say for whom it acts, by act_as() or by JWT claims, and grants it act_as().
For PostgREST''s authenticator and for back ends that authenticate their users. organization_claim '
'and actor_claim lead to the claims: names of members, one inside the other, where * stands for '
'each member of an object; again for the same login changes them. An organization claim of several '
'needs the header x-connect-organization-id to choose one. Raises 42704 for an unknown role, '
'parameter_missing and parameter_invalid (22023), store_missing and store_outdated (55000).';

CREATE FUNCTION connect.distrust_gateway(role_name name) RETURNS void
AS 'MODULE_PATHNAME', 'connect_distrust_gateway'
LANGUAGE C VOLATILE PARALLEL UNSAFE;
REVOKE ALL ON FUNCTION connect.distrust_gateway(name) FROM PUBLIC;  -- for the DBA
COMMENT ON FUNCTION connect.distrust_gateway(name) IS
'Takes back what trust_gateway() gave.
The role need not exist any more. Raises parameter_missing (22023), store_missing (55000).';
