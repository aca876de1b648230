# Traps: schemas of somebody else's, full of what PostgreSQL and connect have, first in the
# search path when the extension is installed, when the store is made and when its functions
# are called. A trap that is stepped into says so; none is.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node();

# Schema evil, made by a role that may do no more than make one. For every operator,
# function, type and table of PostgreSQL's with plain types there is one of the same name
# that raises; so has every function and table of connect's.
my $plant = q{
	CREATE SCHEMA evil AUTHORIZATION regress_connect_stranger;
	SET ROLE regress_connect_stranger;
	SET check_function_bodies = off;
	GRANT USAGE ON SCHEMA evil TO PUBLIC;
	DO $$
	DECLARE
		o record;
	BEGIN
		FOR o IN EXECUTE $q$
			SELECT p.proname, string_agg('pg_catalog.' || quote_ident(t.typname), ', ' ORDER BY a.n) AS arguments,
				format('pg_catalog.%I', r.typname) AS result, p.proretset
			FROM pg_proc AS p JOIN pg_type AS r ON r.oid = p.prorettype
			LEFT JOIN LATERAL unnest(p.proargtypes) WITH ORDINALITY AS a (type, n) ON true LEFT JOIN pg_type AS t ON t.oid = a.type
			WHERE p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind = 'f' AND r.typtype IN ('b', 'e') AND NOT p.proretset
				AND p.provariadic = 0
				-- those that a statement of connect's could name, by any argument
				AND p.proname ~ '^(now|format|quote_ident|quote_literal|to_regclass|pg_has_role|has_.*_privilege|acldefault|strpos|substr|split_part|current_setting|set_config|text_?(eq|ne|lt|gt|le|ge|cat)|textlike|nameeq|booleq|byteaeq|int4eq|oideq|length|lower|upper|concat.*|array_(cat|append|length|position|remove)|cardinality|pg_current_xact_id|pg_trigger_depth|timestamptz_.*|interval_.*|xid8eq|enum_.*|jsonb_.*|json_.*|sha256|encode|decode|convert_(to|from)|current_.*|session_user|version)$'
			GROUP BY p.oid, p.proname, r.typname, p.proretset HAVING bool_and(t.oid IS NULL OR t.typtype IN ('b', 'e'))
			$q$
		LOOP
			BEGIN
				EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', o.proname, o.arguments, o.result,
					format('BEGIN RAISE ''trapped by %s as %%'', current_user; END', o.proname));
			EXCEPTION WHEN duplicate_function OR undefined_object THEN
			END;
		END LOOP;
		FOR o IN SELECT DISTINCT oprname, oprleft::regtype AS l, oprright::regtype AS r, oprresult::regtype AS res, format('op%s', pg_operator.oid) AS f
			FROM pg_operator JOIN pg_type AS lt ON lt.oid = oprleft JOIN pg_type AS rt ON rt.oid = oprright
			WHERE lt.typname IN ('text', 'name', 'bool', 'int4', 'int8', 'oid', 'timestamptz', 'interval', 'bytea', 'xid8', 'char', 'jsonb', 'regclass')
			AND rt.typname IN ('text', 'name', 'bool', 'int4', 'int8', 'oid', 'timestamptz', 'interval', 'bytea', 'xid8', 'char', 'jsonb', 'regclass')
		LOOP
			EXECUTE format('CREATE FUNCTION evil.%I(%s, %s) RETURNS %s LANGUAGE plpgsql AS %L', o.f, o.l, o.r, o.res,
				format('BEGIN RAISE ''trapped by %s as %%'', current_user; END', replace(o.oprname, '%', '%%')));
			EXECUTE format('CREATE OPERATOR evil.%s (LEFTARG = %s, RIGHTARG = %s, FUNCTION = evil.%I)', o.oprname, o.l, o.r, o.f);
		END LOOP;
		FOR o IN SELECT unnest('{pg_class,pg_proc,pg_roles,pg_trigger,pg_policy,pg_namespace,pg_database,pg_db_role_setting,pg_type,pg_authid,connection,event,organization,scope,organization_role,gateway_role,api_key,idempotency}'::name[]) AS n
		LOOP
			EXECUTE format('CREATE TABLE evil.%I (trap int)', o.n);
		END LOOP;
		FOR o IN SELECT unnest('{text,name,bool,int4,int8,bytea,jsonb,json,interval,timestamptz,xid8,regclass,regrole,regprocedure,oid,connection_status}'::name[]) AS n
		LOOP
			EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.point', o.n);
		END LOOP;
		FOR o IN SELECT unnest('{count,max,min,string_agg,array_agg,unnest}'::name[]) AS n
		LOOP
			EXECUTE format('CREATE FUNCTION evil.%I(pg_catalog.text) RETURNS pg_catalog.text LANGUAGE plpgsql AS %L', o.n, format('BEGIN RAISE ''trapped by %s as %%'', current_user; END', o.n));
			EXECUTE format('CREATE FUNCTION evil.%I(pg_catalog.anyarray) RETURNS pg_catalog.anyelement LANGUAGE plpgsql AS %L', o.n, format('BEGIN RAISE ''trapped by %s as %%'', current_user; END', o.n));
		END LOOP;
		EXECUTE $e$CREATE FUNCTION evil.is_allowed(pg_catalog.text, pg_catalog.text, pg_catalog.text) RETURNS pg_catalog.bool LANGUAGE sql AS 'SELECT true'$e$;
		EXECUTE $e$CREATE FUNCTION evil.current_organization_id() RETURNS pg_catalog.text LANGUAGE sql AS 'SELECT ''org_source''::pg_catalog.text'$e$;
	END $$;
	RESET ROLE;
	RESET check_function_bodies;
};

# What is temporary comes before everything for tables and types.
my $temporary = q{
	CREATE TEMP TABLE connection (trap int); CREATE TEMP TABLE organization (trap int); CREATE TEMP TABLE event (trap int);
	CREATE TEMP TABLE scope (trap int); CREATE TEMP TABLE organization_role (trap int); CREATE TEMP TABLE pg_class (trap int);
	CREATE TEMP TABLE pg_trigger (trap int); CREATE DOMAIN pg_temp.regclass AS pg_catalog.point;
	CREATE DOMAIN pg_temp.text AS pg_catalog.point; CREATE DOMAIN pg_temp.connection_status AS pg_catalog.point;
};
my $trapped = 'SET search_path = evil, pg_catalog, public;';

# Do the traps work? A trap that nobody could step into would prove nothing.
$node->safe_psql('postgres', 'CREATE DATABASE trapped TEMPLATE template0; CREATE DATABASE clean TEMPLATE template0');
$node->safe_psql('trapped', $plant);
cmp_ok($node->safe_psql('trapped', q{SELECT count(*) FROM pg_operator WHERE oprnamespace = 'evil'::regnamespace}), '>', 80, 'many operators are traps');
cmp_ok($node->safe_psql('trapped', q{SELECT count(*) FROM pg_proc WHERE pronamespace = 'evil'::regnamespace}), '>', 150, 'and many functions');
is((outcomes($node, 'postgres', 'trapped', "$trapped SELECT 'a'::pg_catalog.text = 'b'::pg_catalog.text"))[0],
	'P0001: trapped by = as postgres', 'who steps into one, is told');
is((outcomes($node, 'postgres', 'trapped', "$trapped SELECT now()"))[0], 'P0001: trapped by now as postgres', 'of a function, too');

# Installing under it gives what installing without gives.
is((outcomes($node, 'postgres', 'trapped', "$trapped $temporary CREATE EXTENSION connect"))[0], '', 'CREATE EXTENSION steps into none');
is( (outcomes($node, 'postgres', 'trapped', "$trapped $temporary GRANT USAGE, CREATE ON SCHEMA connect TO regress_connect_owner;
		GRANT EXECUTE ON FUNCTION connect.create_store() TO regress_connect_owner; SET ROLE regress_connect_owner; SELECT connect.create_store()"))[0],
	'', 'nor does create_store()');
$node->safe_psql('clean', install());

my $catalogue = join ' UNION ALL ',
	q{SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)},
	q{SELECT concat_ws(' ', c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid))
		FROM pg_class AS c JOIN pg_attribute AS a ON a.attrelid = c.oid LEFT JOIN pg_attrdef AS d ON (d.adrelid, d.adnum) = (c.oid, a.attnum)
		WHERE c.relnamespace = 'connect'::regnamespace AND a.attnum > 0},
	q{SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = 'connect'::regnamespace},
	q{SELECT pg_get_triggerdef(t.oid) FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid WHERE c.relnamespace = 'connect'::regnamespace AND NOT t.tgisinternal},
	q{SELECT pg_get_indexdef(oid) FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'i'},
	q{SELECT concat_ws(' ', polname, polcmd, pg_get_expr(polqual, polrelid), pg_get_expr(polwithcheck, polrelid)) FROM pg_policy};
my %found = map { $_ => $node->safe_psql($_, "SET search_path = pg_catalog; $catalogue ORDER BY 1") } qw(trapped clean);

cmp_ok(length $found{clean}, '>', 10000, 'what is installed is much');
is($found{trapped}, $found{clean}, 'and the same with traps and without, to the operator');
is($node->safe_psql('trapped', q{SELECT count(*) FROM pg_depend WHERE refclassid = 'pg_namespace'::regclass AND refobjid = 'evil'::regnamespace
		AND objid IN (SELECT oid FROM pg_class WHERE relnamespace = 'connect'::regnamespace)}), '0', 'nothing of it depends on them');

# Calling: the same answers, as everybody. Everything is rolled back.
$node->safe_psql($_, people_and_rows()) for qw(trapped clean);
my %calls = (
	regress_connect_source => [
		q{connect.create_connection('org_third', 'New', '{inquiry.read,account.read}')}, q{connect.create_connection('org_destination')},
		q{connect.update_connection('cxn_active', 'Other')}, q{connect.update_connection('cxn_active', NULL, '{inquiry.read}')},
		q{connect.deactivate_connection('cxn_active', 'Why')}, q{connect.activate_connection('cxn_third', NULL, '{account.read,inquiry.read}')},
		q{connect.reactivate_connection('cxn_inactive')}, q{connect.reactivate_connection('cxn_active')}, q{connect.get_connection('cxn_active')},
		q{connect.list_connections()}, q{connect.list_connections('active', 'outbound', 'org_source', 'org_destination', 5)},
		q{connect.list_connections(page_size => 1, page_after => 'cxn_pending')}, q{connect.list_connections(page_before => 'cxn_active')},
		q{connect.list_events()}, q{connect.list_events('cxn_active', 1)}, q{connect.read_events()}, q{connect.get_organization()}, q{connect.list_scopes()},
		q{connect.current_organization_id()}, q{connect.is_allowed('org_source', 'org_destination', 'inquiry.read')},
		q{connect.allowed_sources('inquiry.read')}, q{connect.explain_access('org_source', 'org_destination')},
		q{connect.require_allowed('org_source', 'org_destination')}, q{connect.was_allowed('org_source', 'org_destination', 'inquiry.read', pg_catalog.now())},
		q{connect.transition_rules()},
		(map { "connect_api.$_()" } qw(list_connections get_connection list_connection_events list_events read_events get_organization list_scopes)),
		(map { "connect_api.$_('{\"meta\": {\"reason\": \"Why\"}}')" } qw(activate_connection deactivate_connection reactivate_connection)),
		q{connect_api.create_connection('{"data": {"attributes": {"destination-organization-id": "org_third"}}}')},
		q{connect_api.update_connection('{"data": {"attributes": {"name": "Other"}}}')} ],
	regress_connect_gateway => [ q{connect.act_as('org_source', 'usr_1')}, q{connect.current_organization_id()}, q{connect.list_connections()} ],
	postgres => [
		q{connect.upgrade_store()}, q{connect.check_setup()}, q{connect.verify_history()}, q{connect.history_anchor('1')},
		q{connect.forget_actor('org_source', 'usr_1')}, q{connect.seal_history()}, q{connect.upgrade_obstacles()}, q{connect.history_findings()}, q{connect.term_findings()}, q{connect.register_organization('org_new', 'New')},
		q{connect.map_role('regress_connect_pool', 'org_third')}, q{connect.unmap_role('regress_connect_third')},
		q{connect.trust_gateway('regress_connect_pool')}, q{connect.distrust_gateway('regress_connect_gateway')},
		q{pg_catalog.length((connect.create_api_key('org_source', 'New')).secret)}, q{connect.prune_idempotency()},
		q{connect.grant_check('regress_connect_pool')}, q{connect.grant_read('regress_connect_pool')}, q{connect.grant_usage('regress_connect_pool')},
		q{connect.grant_share('regress_connect_pool')}, q{connect.grant_http('regress_connect_pool')}, q{connect.store_definition()},
		q{connect.share_table('public.own', 'organization_id', 'inquiry.read')}, q{connect.unshare_table('public.shared')} ]);
$node->safe_psql($_, q{CREATE TABLE public.own (organization_id text); CREATE TABLE public.shared (organization_id text);
	SELECT connect.share_table('public.shared', 'organization_id', 'inquiry.read')}) for qw(trapped clean);

foreach my $role (sort keys %calls)
{
	my $headers = q{SELECT NULL FROM pg_catalog.set_config('request.headers', '{"x-connect-id": "cxn_active", "x-connect-query": ""}', true);};
	my @statements = map { "BEGIN; $headers SELECT $_" } @{ $calls{$role} };
	my %answers;

	foreach my $database (qw(clean trapped))
	{
		my $first = $database eq 'trapped' ? "$trapped $temporary" : '';

		# what differs from run to run is cut out
		$answers{$database} = [ map { s/(cxn|evt|api|org)_[0-9a-hjkmnp-tv-z]{26}/$1_(new)/g; s/"20\d\d-[^"]*Z"/"(time)"/g; s/"position": ?"\d+"/"position": "(transaction)"/g;
				s/after%5D=[0-9a-f]{32,}/after%5D=(cursor)/g; $_ }
			  outcomes($node, $role, $database, map { "$first $_" } @statements) ];
	}
	is_deeply($answers{trapped}, $answers{clean}, "$role: " . @statements . ' calls answer with traps as without');
	is(scalar(grep { /trapped|does not exist$|trap/ && !/connection not found/ } @{ $answers{clean} }), 0, "$role: and none of them missed what it calls");
}
# row security of a table that was shared, and of the store, when the reader's path is full of traps
is( (outcomes($node, 'regress_connect_third', 'trapped', "$trapped $temporary SELECT pg_catalog.count(*) FROM public.shared"))[0],
	'42501: permission denied for table shared', 'the traps open no table');
$node->safe_psql('trapped', q{GRANT SELECT ON public.shared, connect.connection, connect.event TO regress_connect_third;
	INSERT INTO public.shared VALUES ('org_third'), ('org_source')});
is_deeply([ outcomes($node, 'regress_connect_third', 'trapped', map { "$trapped $temporary SELECT pg_catalog.count(*) FROM $_" }
		qw(public.shared connect.connection connect.event)) ], [ 1, 1, 1 ], 'nor another row');

# A store that somebody has begun: no table is taken for ours, and nothing stays of a half.
$node->safe_psql('postgres', 'CREATE DATABASE planted TEMPLATE template0');
$node->safe_psql('planted', 'CREATE EXTENSION connect; CREATE TABLE connect.scope (name text)');
like((outcomes($node, 'postgres', 'planted', 'SELECT connect.create_store()'))[0], qr/^42P07: relation "scope" already exists/, 'create_store() is refused where one of its tables is planted');
is($node->safe_psql('planted', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r'}), '1', 'and leaves nothing of its own');

# An extension whose name is taken by a type or a function: schemas of these names are refused (see
# 002), so nothing can stand in them before; elsewhere it does not matter.
$node->safe_psql('planted', q{DROP TABLE connect.scope; DROP EXTENSION connect;
	CREATE TYPE public.connection_status AS ENUM ('evil'); CREATE FUNCTION public.guard_connection() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';});
is((outcomes($node, 'postgres', 'planted', 'SET search_path = public; CREATE EXTENSION connect; SELECT connect.create_store()'))[0], '', 'a type and a function elsewhere are not taken for ours');
is($node->safe_psql('planted', q{SELECT string_agg(DISTINCT pronamespace::regnamespace::text, ' ') FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE NOT tgisinternal}),
	'connect', 'the store\'s triggers are ours');

# Event triggers of a DBA: one that looks on sees whoever calls, one that refuses leaves nothing behind.
$node->safe_psql('planted', q{
	CREATE TABLE public.seen (who name, what text);
	GRANT INSERT ON public.seen TO PUBLIC;
	CREATE FUNCTION public.look() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO public.seen VALUES (current_user, tg_tag); END';
	CREATE EVENT TRIGGER look ON ddl_command_end EXECUTE FUNCTION public.look();
	CREATE FUNCTION public.refuse() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no policies here'; END $$;
	CREATE EVENT TRIGGER refuse ON ddl_command_start WHEN tag IN ('CREATE POLICY') EXECUTE FUNCTION public.refuse();
	ALTER EVENT TRIGGER refuse DISABLE;
	CREATE SCHEMA own AUTHORIZATION regress_connect_third;
	GRANT USAGE ON SCHEMA connect TO regress_connect_third;
	GRANT EXECUTE ON FUNCTION connect.share_table TO regress_connect_third;
	DELETE FROM public.seen});
$node->safe_psql('planted', q{SET ROLE regress_connect_third; CREATE TABLE own.mine (organization_id text); SELECT connect.share_table('own.mine', 'organization_id', 'inquiry.read')});
is($node->safe_psql('planted', q{SELECT string_agg(DISTINCT who::text, ' '), string_agg(what, ', ' ORDER BY what COLLATE "C") FROM public.seen}),
	'regress_connect_third|ALTER TABLE, COMMENT, CREATE POLICY, CREATE TABLE', 'an event trigger sees a share_table() as its caller\'s');
$node->safe_psql('planted', 'ALTER EVENT TRIGGER refuse ENABLE');
is((outcomes($node, 'regress_connect_third', 'planted', q{CREATE TABLE own.other (organization_id text); SELECT connect.share_table('own.other', 'organization_id', 'inquiry.read')}))[0],
	'P0001: no policies here', 'one that refuses is heard');
is($node->safe_psql('planted', q{SELECT relrowsecurity FROM pg_class WHERE oid = 'own.other'::regclass}), 'f', 'and nothing is half done');
$node->safe_psql('planted', q{DROP TABLE connect.share_token, connect.open_share_token, connect.share_kind, connect.open_connection, connect.open_term, connect.followed_table, connect.idempotency, connect.api_key, connect.gateway_role, connect.organization_role, connect.event, connect.connection, connect.scope, connect.organization});
is((outcomes($node, 'postgres', 'planted', 'SELECT connect.create_store()'))[0], 'P0001: no policies here', 'neither is create_store()');
is($node->safe_psql('planted', q{SELECT count(*) FROM pg_class WHERE relnamespace = 'connect'::regnamespace AND relkind = 'r'}), '0', 'half done');

# Default privileges that give everything away: functions stay closed, and check_setup() tells of tables.
$node->safe_psql('planted', q{ALTER EVENT TRIGGER refuse DISABLE; DROP SCHEMA own CASCADE; DROP EXTENSION connect;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC; ALTER DEFAULT PRIVILEGES GRANT ALL ON FUNCTIONS TO PUBLIC;
	ALTER DEFAULT PRIVILEGES GRANT ALL ON SCHEMAS TO PUBLIC; CREATE EXTENSION connect; SELECT connect.create_store()});
is($node->safe_psql('planted', q{SELECT count(*) FROM pg_proc AS p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
	WHERE p.pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace) AND a.grantee = 0}), '0', 'default privileges open no function to PUBLIC');
cmp_ok($node->safe_psql('planted', q{SELECT count(*) FROM connect.check_setup() WHERE code = 'public_grant' AND severity = 'error'}), '>', 0, 'and check_setup() finds the tables that they open');

no_crash($node);
$node->stop;
done_testing();
