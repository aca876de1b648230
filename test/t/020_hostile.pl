# Breaking in: a stranger, tenants, a gateway, the owner of some table, roles that may
# read or write everything, as real logins. Whatever they say is refused or is theirs to
# say, and the store is afterwards as it was.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node();
my $denied = qr/42501: (?:permission denied|must (?:be|have) |only superuser)[^\n]*/;

$node->safe_psql('postgres', install() . people_and_rows());
# So that the stranger gets past the schema, and has a place of its own to plant things.
$node->safe_psql('postgres', q{
	GRANT USAGE ON SCHEMA connect, connect_api TO regress_connect_stranger;
	CREATE SCHEMA own;
	GRANT USAGE, CREATE ON SCHEMA own TO PUBLIC;
	-- a leaky function: it tells what it is shown, and costs so little that it would go first
	CREATE FUNCTION own.leak(text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS $$
	BEGIN RAISE NOTICE 'leaked %', $1; RETURN true; END $$;
	CREATE OPERATOR own.<<< (RIGHTARG = text, FUNCTION = own.leak);
});

# What only an owner or a superuser may do, for everybody who is neither.
my @ddl = map { $_ => $denied } (
	'ALTER TABLE connect.connection DISABLE TRIGGER ALL',
	'ALTER TABLE connect.connection DISABLE TRIGGER zz_guard_connection',
	'ALTER TABLE connect.event ENABLE REPLICA TRIGGER zz_guard_event',
	'ALTER TABLE connect.connection DISABLE ROW LEVEL SECURITY',
	'ALTER TABLE connect.connection OWNER TO CURRENT_USER',
	'ALTER TABLE connect.connection ALTER status SET DEFAULT \'active\'',
	'ALTER TABLE connect.connection RENAME TO other',
	'ALTER TABLE connect.connection SET SCHEMA own',
	'CREATE POLICY mine ON connect.connection USING (true)',
	'DROP POLICY connection_parties_read ON connect.connection',
	'ALTER POLICY connection_parties_read ON connect.connection USING (true)',
	'CREATE RULE mine AS ON UPDATE TO connect.connection DO INSTEAD NOTHING',
	'CREATE TRIGGER mine AFTER INSERT ON connect.connection FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()',
	'DROP TRIGGER zz_guard_connection ON connect.connection',
	'CREATE INDEX mine ON connect.connection (own.leak(name))',
	'CREATE STATISTICS own.mine ON name, status FROM connect.connection',
	'CREATE TABLE own.child () INHERITS (connect.connection)',
	'DROP TABLE connect.connection CASCADE',
	'CLUSTER connect.connection USING connection_pkey',
	'REINDEX TABLE connect.connection',
	'CREATE TABLE connect.planted (id text)',
	'CREATE FUNCTION connect.current_organization_id(text) RETURNS text LANGUAGE sql AS \'SELECT $1\'',
	'CREATE OR REPLACE FUNCTION connect.current_organization_id() RETURNS text LANGUAGE sql AS \'SELECT \'\'org_source\'\'\'',
	'ALTER FUNCTION connect.is_allowed(text, text, text) OWNER TO CURRENT_USER',
	'ALTER FUNCTION connect.is_allowed(text, text, text) COST 1',
	'ALTER FUNCTION connect.guard_connection() SET session_replication_role = replica',
	'DROP FUNCTION connect_api.list_connections()',
	'ALTER SCHEMA connect RENAME TO other',
	'ALTER TYPE connect.connection_status ADD VALUE \'mine\'',
	'CREATE CAST (text AS connect.connection_status) WITH INOUT AS IMPLICIT',
	'DROP EXTENSION connect CASCADE',
	'ALTER EXTENSION connect DROP FUNCTION connect.guard_connection()',
	'ALTER EXTENSION connect ADD TABLE connect.connection',
	'ALTER DEFAULT PRIVILEGES FOR ROLE regress_connect_owner GRANT ALL ON TABLES TO PUBLIC',
	'REASSIGN OWNED BY regress_connect_owner TO CURRENT_USER',
	'DROP OWNED BY regress_connect_owner',
	'GRANT regress_connect_owner TO CURRENT_USER',
	'ALTER ROLE regress_connect_gateway SET request.jwt.claims = \'{"organization_id": "org_source"}\'',
	'ALTER DATABASE postgres SET request.jwt.claims = \'{"organization_id": "org_source"}\'',
	'ALTER SYSTEM SET session_replication_role = replica',
	'SET session_replication_role = replica',
	'SET SESSION AUTHORIZATION regress_connect_owner',
	'SET ROLE regress_connect_owner',
	'SET ROLE regress_connect_destination',
	'COPY connect.api_key TO \'/tmp/regress_connect_keys\'',
	'COPY own.nothing FROM PROGRAM \'id\'',
	'SELECT connect.create_store()',
	'SELECT connect.upgrade_store()',
	'SELECT * FROM connect.check_setup()',
	'SELECT * FROM connect.store_definition()',
	'SELECT connect.map_role(current_user, \'org_source\')',
	'SELECT connect.unmap_role(\'regress_connect_source\')',
	'SELECT connect.trust_gateway(current_user)',
	'SELECT connect.register_organization(\'org_mine\', \'Mine\')',
	'SELECT * FROM connect.create_api_key(\'org_source\', \'Mine\')',
	'SELECT connect.prune_idempotency()',
	'SELECT connect.share_table(\'connect.connection\', \'source_organization_id\', \'inquiry.read\')',
	'SELECT connect.grant_usage(current_user)',
	'SELECT connect.guard_connection()',
);
$node->safe_psql('postgres', 'CREATE TABLE own.nothing (id text); GRANT ALL ON own.nothing TO PUBLIC');

refused($node, "$_, what owners do", "regress_connect_$_", @ddl) for qw(stranger third gateway writer bypass);
ok(!-e '/tmp/regress_connect_keys', 'and no file was written');

# Without a grant the tables are closed, whichever way one comes.
refused($node, 'third, tables without a grant', 'regress_connect_third', map { $_ => $denied } map { my $table = $_; (
	"SELECT FROM connect.$table",
	"SELECT FROM connect.$table FOR UPDATE",
	"TABLE connect.$table",
	"COPY connect.$table TO STDOUT",
	"COPY (SELECT * FROM connect.$table) TO STDOUT",
	"\\copy connect.$table from /dev/null",
	"INSERT INTO connect.$table DEFAULT VALUES",
	"SELECT FROM connect.$table FOR KEY SHARE",
	"DELETE FROM connect.$table",
	"WITH d AS (DELETE FROM connect.$table RETURNING *) SELECT * FROM d",
	"MERGE INTO connect.$table USING (VALUES (1)) AS v (n) ON true WHEN MATCHED THEN DELETE",
	"TRUNCATE connect.$table CASCADE",
	"BEGIN; LOCK TABLE connect.$table IN ACCESS EXCLUSIVE MODE",
	"BEGIN; LOCK TABLE connect.$table IN ACCESS SHARE MODE",
	"SELECT query_to_xml('TABLE connect.$table', true, true, '')",
	"DO 'BEGIN PERFORM FROM connect.$table; END'",
	"CREATE VIEW own.v AS TABLE connect.$table; SELECT FROM own.v; DROP VIEW own.v",
	"CREATE TABLE own.t (id text REFERENCES connect.$table)") }
	qw(organization scope connection event organization_role gateway_role api_key idempotency));

# A careless DBA grants everything there is to grant. Row security and the guard are left.
$node->safe_psql('postgres', q{
	GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES ON ALL TABLES IN SCHEMA connect
		TO regress_connect_source, regress_connect_destination, regress_connect_third, regress_connect_stranger, regress_connect_gateway;
	SELECT connect.grant_usage('regress_connect_stranger'), connect.grant_share('regress_connect_stranger');
});
my $policy = qr/42501: new row violates row-level security policy[^\n]*/;
my $nothing = qr//;

# Who is who, keys, history, organizations, scopes: not theirs to write, whoever they are.
my @writes = (
	(map {
		my ($table, $values) = @$_;
		("INSERT INTO connect.$table VALUES $values" => $policy,
			"INSERT INTO connect.$table VALUES $values ON CONFLICT DO NOTHING" => $policy,
			"DELETE FROM connect.$table RETURNING *" => $nothing,
			"\\copy connect.$table from /dev/null" => qr/0A000: COPY FROM not supported with row-level security/);
	} ([ 'organization', "('org_mine', 'Mine', now())" ], [ 'scope', "('mine', 'Mine', true)" ],
		[ 'organization_role', "(current_user, 'org_source')" ], [ 'gateway_role', "(current_user)" ],
		[ 'api_key', "('api_mine', 'org_source', 'Mine', sha256('x'), '{read,write}', now(), NULL, NULL)" ],
		[ 'idempotency', "('org_source', 'key', '', 200, '', '{}', now())" ])),
	"UPDATE connect.organization SET name = 'Mine' RETURNING *" => $nothing,
	"UPDATE connect.scope SET is_default = true RETURNING *" => $nothing,
	"UPDATE connect.organization_role SET organization_id = 'org_source' RETURNING *" => $nothing,
	"UPDATE connect.gateway_role SET role_name = current_user RETURNING *" => $nothing,
	"UPDATE connect.api_key SET revoked_at = NULL, secret_sha256 = sha256('x') RETURNING *" => $nothing,
	"TABLE connect.organization_role" => $nothing,
	"TABLE connect.gateway_role" => $nothing,
	"TABLE connect.api_key" => $nothing,
	"TABLE connect.idempotency" => $nothing,
	"INSERT INTO connect.event SELECT * FROM connect.event LIMIT 1 RETURNING id" => qr/(?:23001: events cannot be changed)?/,
	"INSERT INTO connect.event (id, connection_id, source_organization_id, destination_organization_id, action, to_status, scopes)
		VALUES ('evt_mine', 'cxn_active', 'org_source', 'org_destination', 'activate', 'active', '{}')" => qr/23001: events cannot be changed/,
	"UPDATE connect.event SET reason = 'Mine' RETURNING id" => $nothing,
	"DELETE FROM connect.event RETURNING id" => $nothing,
	"DELETE FROM connect.connection WHERE id <> 'cxn_third' RETURNING id" => $nothing,
	"TRUNCATE connect.event" => qr/23001: events cannot be changed/,
	"TRUNCATE connect.connection, connect.event" => qr/23001: connections cannot be truncated/,
	"TRUNCATE connect.connection CASCADE" => qr/(?:[^\n]*\n)*23001: (?:connections cannot be truncated|events cannot be changed)/,
	"TRUNCATE connect.organization CASCADE" => qr/(?:[^\n]*\n)*23001: (?:connections cannot be truncated|events cannot be changed)/,
);
refused($node, "$_, everything granted", "regress_connect_$_", @writes) for qw(third stranger gateway);

# Somebody who may write every table of the database writes none of these rows.
my @untruncated = map { @writes[ 2 * $_, 2 * $_ + 1 ] } grep { $writes[ 2 * $_ ] !~ /^TRUNCATE/ } 0 .. $#writes / 2;
refused($node, 'a member of pg_write_all_data', 'regress_connect_writer', @untruncated);

# Rows of others, whichever way one looks: neither in a result nor shown to a leaky function,
# which the planner would like to ask first.
my $own = qr/cxn_third/;    # the only one that a third party is a party to
my $leaked = qr/(?:\n?00000: leaked (?:cxn_third|open to source|org_third|org_source))*/;
my @looks = (
	q{SELECT id FROM connect.connection} => $own,
	q{SELECT count(*) FROM connect.connection} => qr/1/,
	q{SELECT id FROM connect.connection WHERE own.leak(id) AND own.leak(name)} => qr/$own$leaked/,
	q{SELECT id FROM connect.connection WHERE OPERATOR(own.<<<) name} => qr/$own$leaked/,
	q{SELECT CASE WHEN own.leak(name) THEN id END FROM connect.connection ORDER BY own.leak(id)} => qr/$own$leaked/,
	q{SELECT max(id) FILTER (WHERE own.leak(name)) FROM connect.connection HAVING own.leak(max(id))} => qr/$own$leaked/,
	q{SELECT a.id FROM connect.connection AS a JOIN connect.connection AS b ON own.leak(a.id || b.id)} => qr/$own\n00000: leaked cxn_thirdcxn_third/,
	q{SELECT id FROM connect.connection WHERE id = 'cxn_active'} => $nothing,
	q{SELECT id FROM connect.connection WHERE 1 / (name <> 'secret of two')::int = 1} => $own,
	q{SELECT id FROM connect.connection WHERE ctid = '(0,1)' AND own.leak(id)} => $nothing,
	q{SELECT id FROM connect.connection TABLESAMPLE system (100) WHERE own.leak(id)} => qr/$own$leaked/,
	q{SELECT c FROM connect.connection AS c WHERE (c).status = 'active'} => $nothing,
	q{SELECT id FROM connect.connection WHERE own.leak(id) FOR UPDATE} => qr/$own$leaked/,
	q{COPY (SELECT id FROM connect.connection WHERE own.leak(id)) TO STDOUT} => qr/$own$leaked/,
	q{COPY connect.connection (id) TO STDOUT} => $own,
	q{SET row_security = off; SELECT id FROM connect.connection} => qr/42501: query would be affected by row-level security policy[^\n]*/,
	q{SET row_security = off; COPY connect.event TO STDOUT} => qr/42501: query would be affected by row-level security policy[^\n]*/,
	q{SELECT query_to_xml('SELECT id FROM connect.connection WHERE name ~ ''secret''', true, true, '')::text ~ 'cxn_'} => qr/f/,
	q{SELECT schema_to_xml('connect', true, true, '')::text ~ 'secret of|secret reason|secret key|regress_connect'} => qr/f/,
	q{SELECT 1 FROM pg_stats WHERE schemaname = 'connect' AND tablename IN ('connection', 'event', 'api_key', 'organization_role')} => $nothing,
	q{SELECT reason FROM connect.event WHERE own.leak(reason)} => qr/\n?00000: leaked <NULL>/,
	q{SELECT 1 FROM connect.event WHERE connection_id <> 'cxn_third'} => $nothing,
	q{SELECT id FROM connect.organization WHERE own.leak(id)} => qr/org_third$leaked/,
	q{SELECT count(*) FROM connect.organization_role WHERE own.leak(role_name)} => qr/0/,
	q{SELECT count(*) FROM connect.api_key WHERE own.leak(name)} => qr/0/,
	# through a view of one's own
	q{CREATE TEMP VIEW v AS SELECT * FROM connect.connection WHERE own.leak(name); SELECT id FROM v WHERE own.leak(id)} => qr/$own$leaked/,
	q{CREATE TEMP VIEW v WITH (security_invoker) AS SELECT * FROM connect.event; SELECT count(*) FROM v WHERE connection_id <> 'cxn_third'} => qr/0/,
	q{CREATE TEMP TABLE t AS SELECT * FROM connect.connection; SELECT id FROM t} => $own,
	# writes look, too
	q{UPDATE connect.connection SET name = name WHERE own.leak(name) AND id <> 'cxn_third' RETURNING id} => $leaked,
	q{UPDATE connect.connection SET status = 'inactive' WHERE id <> 'cxn_third' AND own.leak(id) RETURNING id} => $leaked,
	q{DELETE FROM connect.connection WHERE own.leak(id) AND id <> 'cxn_third' RETURNING id} => $leaked,
	q{MERGE INTO connect.connection AS c USING (VALUES ('cxn_active')) AS v (id) ON c.id = v.id AND own.leak(c.name)
		WHEN MATCHED THEN UPDATE SET status = 'inactive'} => $nothing,
	q{MERGE INTO connect.connection AS c USING (VALUES ('cxn_active')) AS v (id) ON c.id = v.id
		WHEN NOT MATCHED THEN INSERT (id, source_organization_id, destination_organization_id) VALUES ('cxn_mine', 'org_source', 'org_third')}
		=> qr/42501: organization may not take this action/,
	q{INSERT INTO connect.connection (source_organization_id, destination_organization_id) VALUES ('org_source', 'org_destination')
		ON CONFLICT (source_organization_id, destination_organization_id) DO UPDATE SET name = 'Mine' WHERE own.leak(connection.name)
		RETURNING connection.name} => qr/42501: organization may not take this action/,
	q{INSERT INTO connect.connection (id, destination_organization_id) VALUES ('cxn_active', 'org_destination')
		ON CONFLICT (id) DO UPDATE SET name = 'Mine' WHERE own.leak(connection.name) RETURNING connection.name}
		=> qr/23505: connection already exists/,
	q{WITH w AS (UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_active' RETURNING *) SELECT id FROM w WHERE own.leak(id)} => $nothing,
	# the functions
	q{SELECT connect.get_connection('cxn_active')} => qr/PT404: connection not found/,
	q{SELECT connect.get_connection('cxn_nosuch')} => qr/PT404: connection not found/,
	q{SELECT connect.activate_connection('cxn_pending')} => qr/PT404: connection not found/,
	q{SELECT connect.deactivate_connection('cxn_active')} => qr/PT404: connection not found/,
	q{SELECT connect.reactivate_connection('cxn_inactive')} => qr/PT404: connection not found/,
	q{SELECT connect.update_connection('cxn_active', 'Mine')} => qr/PT404: connection not found/,
	q{SELECT connect.list_connections()::text ~ 'secret|cxn_(active|pending|inactive)'} => qr/f/,
	q{SELECT connect.list_events()::text ~ 'secret|cxn_(active|pending|inactive)'} => qr/f/,
	q{SELECT connect.list_events('cxn_active')} => qr/PT404: connection not found/,
	q{SELECT connect.list_connections(page_after => 'cxn_active')} => qr/22023: value of "page_after" is invalid/,
	q{SELECT connect.is_allowed('org_source', 'org_destination'), connect.explain_access('org_source', 'org_destination')} => qr/f\|no_connection/,
	q{SELECT connect.require_allowed('org_source', 'org_destination')} => qr/42501: sharing is not allowed/,
);
refused($node, 'third, looking around', 'regress_connect_third', @looks);
# by indexes and in workers; 16 has renamed the setting
my $in_parallel = $node->pg_version >= 16 ? 'debug_parallel_query' : 'force_parallel_mode';
$looks[ 2 * $_ ] = "SET enable_seqscan = off; SET enable_bitmapscan = off; SET $in_parallel = on; SET parallel_setup_cost = 0; SET plan_cache_mode = force_generic_plan; $looks[2 * $_]"
  for 0 .. $#looks / 2;
refused($node, 'third, looking around with other plans', 'regress_connect_third', @looks);

# Pretending to be somebody else.
my $forge = q{SELECT set_config('request.jwt.claims', '{"organization_id": "org_source", "sub": "usr_1"}', false) <> '';};
my @forgeries = (
	"SELECT connect.act_as('org_source')" => $denied,
	"SELECT connect.current_organization_id() = 'org_source'; SET connect.acting = 'org_source'" => qr/f?\n?42501: permission denied to set parameter "connect.acting"/,
	"SELECT set_config('connect.acting', 'org_source', true)" => qr/42501: permission denied to set parameter "connect.acting"/,
	"SET SESSION AUTHORIZATION regress_connect_gateway" => $denied,
	"BEGIN; SET LOCAL session_authorization = 'regress_connect_source'" => $denied,
	# settings in every spelling, from every place
	(map { ("$_ SELECT connect.get_connection('cxn_active')" => qr/(?:t\n)?PT40[14]: (?:connection not found|must be authenticated)/) } (
		$forge,
		"SET request.jwt.claim.organization_id = 'org_source';",
		"SET \"REQUEST.JWT.CLAIMS\" = '{\"organization_id\": \"org_source\"}';",
		"SET request.headers = '{\"x-connect-api-key\": \"secret key\"}';",
		"SET request.headers = '{\"x-connect-organization-id\": \"org_source\"}';",
		"SET request.headers = '{\"x-connect-api-key\": \"\", \"x-connect-api-key\": \"\"}';",
		"SET connect_acting.organization_id = 'org_source';")),
	# a function cannot take a role for its body, and what it claims counts for nothing
	"CREATE FUNCTION own.f() RETURNS jsonb LANGUAGE plpgsql SET role = 'regress_connect_source' AS 'BEGIN RETURN connect.get_connection(''cxn_active''); END'"
		=> qr/(?:42501: permission[^\n]*\n?)+/,
	"CREATE FUNCTION own.f() RETURNS jsonb LANGUAGE plpgsql SET session_authorization = 'regress_connect_source' AS 'BEGIN RETURN connect.get_connection(''cxn_active''); END'"
		=> qr/(?:42501: permission[^\n]*\n?)+/,
	"CREATE FUNCTION own.f() RETURNS jsonb LANGUAGE plpgsql SECURITY DEFINER AS 'BEGIN
			PERFORM set_config(''request.jwt.claims'', ''{\"organization_id\": \"org_source\"}'', true); RETURN connect.get_connection(''cxn_active''); END';
		SELECT own.f(); DROP FUNCTION own.f()" => qr/PT40[14]: (?:connection not found|must be authenticated)/,
	# errors on the way leave nothing behind of the owner that statements run as
	"DO \$\$ BEGIN
		FOR i IN 1..20 LOOP
			BEGIN PERFORM connect.update_connection('cxn_third', repeat('x', 300)); EXCEPTION WHEN OTHERS THEN END;
			BEGIN PERFORM connect.create_connection('org_nosuch'); EXCEPTION WHEN OTHERS THEN END;
		END LOOP;
		RAISE NOTICE '% % %', current_user = session_user, current_user <> 'regress_connect_owner', (SELECT count(*) FROM connect.api_key);
	END \$\$" => qr/00000: t t 0/,
	# somebody else's prepared transaction is not one's own to end
	"COMMIT PREPARED 'prepared'" => qr/42501: permission denied to finish prepared transaction/,
	"ROLLBACK PREPARED 'prepared'" => qr/42501: permission denied to finish prepared transaction/,
);
$node->safe_psql('postgres', q{BEGIN; UPDATE connect.scope SET description = description; PREPARE TRANSACTION 'prepared'});
refused($node, "$_, pretending", "regress_connect_$_", @forgeries) for qw(third stranger);
$node->safe_psql('postgres', q{ROLLBACK PREPARED 'prepared'});

# A gateway that is given nothing in this transaction is nobody, whatever was before.
refused($node, 'gateway, left over', 'regress_connect_gateway',
	# set before anything of connect is loaded, which is then refused with a warning or an error
	"SET connect.acting = 'org_source'; SELECT connect.get_connection('cxn_active')" => qr/(?:[^\n]*connect\.acting[^\n]*\n)*PT401: must be authenticated/,
	"BEGIN; SELECT connect.act_as('org_source') IS NULL; PREPARE TRANSACTION 'acting'; SELECT connect.current_organization_id() IS NULL; ROLLBACK PREPARED 'acting'"
		=> qr/f\nt/,
	"BEGIN; SELECT connect.act_as('org_source') IS NULL; COMMIT; SELECT connect.get_connection('cxn_active')" => qr/f\nPT401: must be authenticated/,
	"BEGIN; SELECT connect.act_as('org_third') IS NULL; RESET ALL; SELECT connect.get_connection('cxn_active')" => qr/f\nPT404: connection not found/,
	"BEGIN; SELECT connect.act_as('org_third') IS NULL; SET LOCAL request.jwt.claims = '{\"organization_id\": \"org_source\"}'; SELECT connect.get_connection('cxn_active')"
		=> qr/f\nPT404: connection not found/,
	# a key outweighs what the gateway says
	"BEGIN; SELECT connect.act_as('org_source') IS NULL; SET LOCAL request.headers = '{\"x-connect-api-key\": \"junk\"}'; SELECT connect.get_connection('cxn_active')"
		=> qr/f\nPT401: must be authenticated/,
	"ALTER ROLE CURRENT_USER SET connect.acting = 'org_source'" => qr/42501: permission denied to set parameter "connect.acting"/,
);

# A pool that may take the roles of two tenants: a cursor and a plan of one show the other nothing.
refused($node, 'a pool of two tenants', 'regress_connect_pool',
	"SELECT connect.get_connection('cxn_active')" => qr/PT401: must be authenticated/,
	"SET ROLE regress_connect_third; SELECT connect.get_connection('cxn_active')" => qr/PT404: connection not found/,
	"BEGIN; SET LOCAL ROLE regress_connect_source; DECLARE c CURSOR FOR SELECT count(*) FROM connect.connection WHERE id = 'cxn_active';
		SET LOCAL ROLE regress_connect_third; FETCH c" => qr/0/,
	"SET ROLE regress_connect_source; PREPARE p AS SELECT count(*) FROM connect.connection; EXECUTE p; SET ROLE regress_connect_third; EXECUTE p;
		SET ROLE regress_connect_source; EXECUTE p; DEALLOCATE p" => qr/4\n1\n4/,
	"SET ROLE regress_connect_source; SELECT jsonb_array_length(connect.list_connections() -> 'data'); SET ROLE regress_connect_third;
		SELECT jsonb_array_length(connect.list_connections() -> 'data')" => qr/4\n1/,
	"SET ROLE regress_connect_source; SELECT connect.is_allowed('org_source', 'org_destination'); SET ROLE regress_connect_third;
		SELECT connect.is_allowed('org_source', 'org_destination'); RESET ROLE; SELECT connect.is_allowed('org_source', 'org_destination')" => qr/t\nf\nf/,
	# what a cursor WITH HOLD keeps are the rows of whoever declared it
	"BEGIN; SET LOCAL ROLE regress_connect_third; DECLARE c CURSOR WITH HOLD FOR SELECT id FROM connect.connection; COMMIT; SET ROLE regress_connect_source; FETCH ALL c"
		=> qr/cxn_third/,
);

# Functions and views of others: a definer's function acts for its owner, whoever calls it,
# and for nobody more; a view shows the caller's rows and not its owner's.
$node->safe_psql('postgres', q{
	SET ROLE regress_connect_stranger;
	CREATE FUNCTION own.of_stranger(text) RETURNS jsonb LANGUAGE sql SECURITY DEFINER AS 'SELECT connect.get_connection($1)';
	CREATE VIEW own.of_stranger AS SELECT id FROM connect.connection WHERE own.leak(id);
	SET ROLE regress_connect_source;
	CREATE VIEW own.of_source AS SELECT id FROM connect.connection;
	GRANT SELECT ON own.of_source TO PUBLIC;
	CREATE FUNCTION own.of_source() RETURNS text LANGUAGE sql SECURITY DEFINER AS 'SELECT connect.current_organization_id()';
	RESET ROLE;
	GRANT SELECT ON own.of_stranger TO PUBLIC;
});
refused($node, 'source, calling a stranger\'s', 'regress_connect_source',
	"SELECT own.of_stranger('cxn_active')" => qr/PT401: must be authenticated/,
	"SELECT count(*) FROM own.of_stranger" => qr/4(?:\n00000: leaked cxn_(?:active|pending|inactive|third)){4}/);
refused($node, 'third, calling what source lends', 'regress_connect_third',
	"SELECT id FROM own.of_source" => $own,
	"SELECT connect.current_organization_id(), own.of_source(), connect.current_organization_id()" => qr/org_third\|org_source\|org_third/);

# The owner of some table: it is only that table which can be shared, whatever it is called.
$node->safe_psql('postgres', q{
	SELECT connect.grant_check('regress_connect_stranger');
	GRANT EXECUTE ON FUNCTION connect.share_table, connect.unshare_table TO regress_connect_stranger;
	CREATE TABLE own.of_others (organization_id text);
	SET ROLE regress_connect_stranger;
	CREATE TABLE own."t""; DROP TABLE own.nothing; --" ("o'""; --" text, number int);
	CREATE TABLE own.mine (organization_id text);
	CREATE VIEW own.view AS TABLE own.mine;
});
my $relation = q{own."t""; DROP TABLE own.nothing; --"};
refused($node, 'the owner of a table', 'regress_connect_stranger',
	"SELECT connect.share_table('own.of_others', 'organization_id', 'inquiry.read')" => qr/42501: must be owner of table \w+/,
	"SELECT connect.share_table('connect.connection', 'source_organization_id', 'inquiry.read')" => qr/42501: must be owner of table \w+/,
	"SELECT connect.share_table('pg_catalog.pg_class', 'relname', 'inquiry.read')" => qr/42501: must be owner of table \w+/,
	"SELECT connect.share_table('own.view', 'organization_id', 'inquiry.read')" => qr/42809: relation "[a-z0]+" cannot be shared/,
	"SELECT connect.share_table(0, 'organization_id', 'inquiry.read')" => qr/42809: relation "[a-z0]+" cannot be shared/,
	"SELECT connect.share_table('own.mine', 'organization_id', 'x'') OR true; --')" => qr/PT422: scope is unknown/,
	"SELECT connect.share_table('own.mine', 'organization_id OR true', 'inquiry.read')" => qr/42703: column ".*" does not exist/,
	"SELECT connect.share_table('own.mine', 'ctid', 'inquiry.read')" => qr/42804: column ".*" cannot hold an organization id/,
	# PostgreSQL 19 knows that setting as "on" alone.
	(map { ("BEGIN; SET LOCAL standard_conforming_strings = $_; SET LOCAL search_path = own, pg_catalog;
		SELECT connect.share_table('$relation', 'o''\"; --', 'inquiry.read'); SELECT count(*) FROM pg_policy WHERE polname = 'connect_shared';
		SELECT connect.unshare_table('$relation')" => qr/\n*1\n\n*00000: row security of table [^\n]*/) } 'on', $node->safe_psql('postgres', 'SHOW server_version_num') < 190000 ? 'off' : ()),
);
is($node->safe_psql('postgres', q{SELECT to_regclass('own.nothing')}), 'own.nothing', 'no name of a table was taken for a statement');

invariants_hold($node);
no_crash($node);
$node->stop;
done_testing();
