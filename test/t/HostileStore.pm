# What the tests that break in have in common: a server with a store in it, whose
# people are real logins; a way to try a statement as one of them; and what must
# hold after whatever they tried.

package HostileStore;

use strict;
use warnings;

use Exporter qw(import);
use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

our @EXPORT = qw(start_node install people_and_rows outcomes refused
  everything_of invariants_hold no_crash session);

# Starts a server that takes prepared transactions, with a login for everybody.
sub start_node
{
	my $node = PostgreSQL::Test::Cluster->new('hostile');

	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->append_conf('postgresql.conf', 'max_prepared_transactions = 5');
	$node->start;
	$node->safe_psql('postgres', q{
		CREATE ROLE regress_connect_owner NOLOGIN;
		CREATE ROLE regress_connect_source LOGIN;
		CREATE ROLE regress_connect_destination LOGIN;
		CREATE ROLE regress_connect_third LOGIN;
		CREATE ROLE regress_connect_gateway LOGIN;
		CREATE ROLE regress_connect_stranger LOGIN;
		-- may take the roles of two tenants, as a connection pool does, and is no gateway
		CREATE ROLE regress_connect_pool LOGIN NOINHERIT IN ROLE regress_connect_source, regress_connect_third;
		-- may read or write every table of the database, or is held by no policy
		CREATE ROLE regress_connect_reader LOGIN IN ROLE pg_read_all_data;
		CREATE ROLE regress_connect_writer LOGIN IN ROLE pg_read_all_data, pg_write_all_data;
		CREATE ROLE regress_connect_bypass LOGIN BYPASSRLS IN ROLE pg_read_all_data, pg_write_all_data;
	});
	return $node;
}

# The statements that install the store, owned by a role that cannot log in.
sub install
{
	return q{
		CREATE EXTENSION connect;
		GRANT USAGE, CREATE ON SCHEMA connect TO regress_connect_owner;
		GRANT EXECUTE ON FUNCTION connect.create_store() TO regress_connect_owner;
		SET ROLE regress_connect_owner;
		SELECT connect.create_store();
		RESET ROLE;
	};
}

# Three organizations, their logins, and Connections in every state, each with its history.
sub people_and_rows
{
	return q{
		SELECT connect.register_organization('org_' || p, 'The ' || p), connect.map_role(('regress_connect_' || p)::name, 'org_' || p),
			connect.grant_usage(('regress_connect_' || p)::name), connect.grant_share(('regress_connect_' || p)::name),
			connect.grant_http(('regress_connect_' || p)::name)
		FROM (VALUES ('source'), ('destination'), ('third')) AS v (p);
		SELECT connect.trust_gateway('regress_connect_gateway'), connect.grant_usage('regress_connect_gateway'), connect.grant_http('regress_connect_gateway');
		SELECT connect.grant_usage(r), connect.grant_share(r)
		FROM unnest('{regress_connect_pool,regress_connect_reader,regress_connect_writer,regress_connect_bypass}'::name[]) AS r;
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, name) VALUES
			('cxn_active', 'org_source', 'org_destination', 'secret of two'),
			('cxn_pending', 'org_destination', 'org_source', 'secret of two'),
			('cxn_inactive', 'org_source', 'org_source', 'secret of one'),
			('cxn_third', 'org_third', 'org_source', 'open to source');
		SET ROLE regress_connect_destination;
		SELECT connect.activate_connection('cxn_active', 'secret reason');
		SET ROLE regress_connect_source;
		SELECT connect.deactivate_connection('cxn_inactive', 'secret reason');
		RESET ROLE;
		SELECT connect.create_api_key('org_source', 'secret key');
		ANALYZE;
	};
}

# A session of a login, or of the superuser, that stays open: a function that runs statements in it
# and returns what they gave, errors too, on one line. Called without any, it ends the session.
sub session
{
	my ($node, $role) = @_;
	my ($in, $out) = ('', '');
	my $psql = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') . ($role ? " user=$role" : '') ],
		'<', \$in, '>', \$out, '2>&1', IPC::Run::timeout(300));

	return sub {
		my ($sql) = @_;

		if (!defined $sql)
		{
			$in .= "\\q\n";
			$psql->finish;
			return;
		}
		$out = '';
		$in .= "$sql\n\\echo done\n";
		$psql->pump until $out =~ /^done$/m;
		$out =~ s/^done\n//m;
		return join(' ', split(/\n+/, $out));
	};
}

# Runs statements as a login in one session, past errors, each from a clean start. Returns
# for each what it gave, then its notices and errors, these with SQLSTATE, a line each.
sub outcomes
{
	my ($node, $role, $database, @statements) = @_;
	my ($script, $number) = ("\\set VERBOSITY verbose\n\\set SHOW_CONTEXT never\n", 0);

	# psql writes results to one file and messages to another, so both get marks
	$script .= "\\echo mark $number\n\\warn mark $number\n$_\n;\n\\echo mark end\n\\warn mark end\nROLLBACK;\nDISCARD ALL;\n", $number++
	  foreach @statements;

	my ($ret, $stdout, $stderr) = $node->psql($database, $script,
		connstr => $node->connstr($database) . " user=$role", on_error_stop => 0);
	my @found = map { '' } @statements;

	foreach my $output ($stdout, $stderr)
	{
		while ($output =~ /^(?:psql:\S+ )?mark (\d+)\n(.*?)^(?:psql:\S+ )?mark end$/msg)
		{
			my ($n, $part) = ($1, $2);

			$part =~ s/^psql:\S+ (?:ERROR|FATAL|NOTICE|WARNING):  //mg;
			$part =~ s/^(?:LOCATION|SCHEMA NAME|TABLE NAME|COLUMN NAME|CONSTRAINT NAME|LINE \d+|DETAIL|HINT|STATEMENT|QUERY|CONTEXT|\s+\^).*\n//mg;
			$found[$n] .= $part;
		}
	}
	chomp @found;
	die "a session of $role ended early: $stderr" if $ret;
	return @found;
}

# Everything that hostile statements could change: rows, owners, privileges, policies,
# triggers, functions, members. As one line a thing, so that a difference can be read.
sub everything_of
{
	my ($node, $database) = @_;

	return $node->safe_psql($database // 'postgres', join(' UNION ALL ',
		(map { "SELECT '$_ ' || t::text FROM connect.$_ AS t" }
			  qw(organization scope connection event organization_role gateway_role api_key idempotency)),
		q{SELECT concat_ws(' ', c.relname, c.relkind, c.relowner::regrole, c.relrowsecurity, c.relacl, c.relhasrules, c.relchecks,
			c.relhassubclass, (SELECT array_agg(tgname || tgenabled::text ORDER BY tgname) FROM pg_trigger WHERE tgrelid = c.oid),
			(SELECT array_agg(concat(polname, polcmd, pg_get_expr(polqual, polrelid)) ORDER BY polname) FROM pg_policy WHERE polrelid = c.oid))
		  FROM pg_class AS c WHERE c.relnamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)},
		q{SELECT concat_ws(' ', oid::regprocedure, proowner::regrole, proacl, proleakproof, provolatile, prosecdef, proconfig, probin, prosrc)
		  FROM pg_proc WHERE pronamespace IN ('connect'::regnamespace, 'connect_api'::regnamespace)},
		q{SELECT concat_ws(' ', nspname, nspowner::regrole, nspacl) FROM pg_namespace WHERE nspname ~ '^connect'},
		q{SELECT concat_ws(' ', rolname, rolsuper, rolcreaterole, rolbypassrls, rolreplication,
			(SELECT array_agg(roleid::regrole::text ORDER BY roleid::regrole::text) FROM pg_auth_members WHERE member = r.oid))
		  FROM pg_roles AS r WHERE rolname ~ '^regress_connect'},
		q{SELECT 'setting ' || setdatabase || ' ' || setrole || setconfig::text FROM pg_db_role_setting},
		q{SELECT pg_describe_object(classid, objid, 0) FROM pg_depend WHERE deptype = 'e' AND refobjid = (SELECT oid FROM pg_extension WHERE extname = 'connect')}
	) . ' ORDER BY 1');
}

# Tries statements as a login: each gives exactly what it should, mostly an error, and
# when all are through nothing has changed anywhere. Takes pairs of statement and pattern.
sub refused
{
	my ($node, $name, $role, @tries) = @_;
	my @statements = @tries[ grep { $_ % 2 == 0 } 0 .. $#tries ];
	my @wanted = @tries[ grep { $_ % 2 == 1 } 0 .. $#tries ];
	my $before = everything_of($node);
	my @given = outcomes($node, $role, 'postgres', @statements);
	my @surprises = map { "$statements[$_]\n  gave: $given[$_]\n  not: $wanted[$_]" }
	  grep { $given[$_] !~ /^(?:$wanted[$_])\z/s } 0 .. $#statements;

	is(join("\n", @surprises), '', "$name: refused, " . @statements . ' tries');
	is(everything_of($node), $before, "$name: nothing has changed");
	return;
}

# The laws of the store, one query each; a row is a breach.
my @laws = (
	[ 'every history begins with create, and each event starts where the one before ended', q{
		SELECT id FROM (SELECT e.*, lag(to_status) OVER (PARTITION BY subject_id ORDER BY position, id) AS previous FROM connect.event AS e) AS h
		WHERE from_status IS DISTINCT FROM previous OR (action = 'create') <> (previous IS NULL)} ],
	[ 'every row is as its last event says, and has one', q{
		SELECT c.id FROM connect.connection AS c
		LEFT JOIN LATERAL (SELECT * FROM connect.event AS e WHERE e.subject_id = c.id ORDER BY position DESC, id DESC LIMIT 1) AS e ON true
		WHERE (c.status, c.name, c.scopes, c.source_organization_id, c.destination_organization_id)
			IS DISTINCT FROM (e.to_status::connect.connection_status, e.name, e.scopes, e.source_organization_id, e.destination_organization_id)} ],
	[ 'every event is a step of the rules, by the party whose step it is', q{
		SELECT id FROM connect.event AS e WHERE NOT EXISTS (SELECT FROM (
				SELECT 'connection' AS subject_type, action, from_status::text, to_status::text, party FROM connect.transition_rules()
				UNION ALL SELECT 'share_token', action, from_status::text, to_status::text, party FROM connect.share_token_rules()) AS r
			WHERE (r.subject_type, r.action, r.to_status) = (e.subject_type, e.action, e.to_status) AND r.from_status IS NOT DISTINCT FROM e.from_status
			AND (e.actor_organization_id IS NULL OR e.actor_organization_id =
				CASE r.party WHEN 'source' THEN e.source_organization_id ELSE e.destination_organization_id END))} ],
	[ q(every event's actor is who may act for that organization), q{
		SELECT id FROM connect.event AS e
		WHERE CASE actor_type
			WHEN 'role' THEN CASE WHEN actor_organization_id IS NULL
				THEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = actor_id AND (rolsuper OR
					(e.subject_type = 'share_token' AND has_function_privilege(oid, 'connect.complete_share_token(text, text)', 'EXECUTE'))))
				ELSE NOT EXISTS (SELECT FROM connect.organization_role AS r WHERE (r.role_name, r.organization_id) = (e.actor_id, e.actor_organization_id)) END
			WHEN 'api-key' THEN NOT EXISTS (SELECT FROM connect.api_key AS k WHERE (k.id, k.organization_id) = (e.actor_id, e.actor_organization_id))
			ELSE false END} ],
);

sub invariants_hold
{
	my ($node, $database) = @_;

	is($node->safe_psql($database // 'postgres', $_->[1]), '', $_->[0]) for @laws;
	is( $node->safe_psql($database // 'postgres', q{SELECT string_agg(code, ' ') FROM connect.check_setup() WHERE severity = 'error'}),
		'', 'check_setup() finds no error');
	return;
}

# The server has lost no process.
sub no_crash
{
	my ($node) = @_;

	unlike(slurp_file($node->logfile), qr/PANIC|TRAP:|terminated by signal|server process .* exited with exit code/,
		'no process of the server has crashed');
	return;
}

1;
