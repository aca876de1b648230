-- Nobody but their owner gets the functions, whatever ALTER DEFAULT PRIVILEGES has given of them:
-- the grant functions open them, each to whom it is meant for.
DO $close$
DECLARE
    statement text;
BEGIN
    FOR statement IN
        SELECT pg_catalog.format('REVOKE ALL ON FUNCTION %s FROM %I',
            p.oid::pg_catalog.regprocedure, r.rolname)
        FROM pg_catalog.pg_proc AS p, pg_catalog.aclexplode(p.proacl) AS a
        JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
        WHERE p.pronamespace IN ('connect'::pg_catalog.regnamespace,
            'connect_api'::pg_catalog.regnamespace)
        AND a.grantee <> p.proowner
    LOOP
        EXECUTE statement;
    END LOOP;
    FOR statement IN
        SELECT pg_catalog.format('REVOKE ALL ON SCHEMA %I FROM %I', n.nspname, r.rolname)
        FROM pg_catalog.pg_namespace AS n, pg_catalog.aclexplode(n.nspacl) AS a
        JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee
        WHERE n.nspname IN ('connect', 'connect_api') AND a.grantee <> n.nspowner
    LOOP
        EXECUTE statement;
    END LOOP;
END $close$;

