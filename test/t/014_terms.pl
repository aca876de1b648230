# The gate against terms: a session that was told "allowed" waits past the term on a cluster where
# nobody writes, so that nothing but the clock can tell it. Every question is put before, when it must
# be true, and after. In transactions of every level, in prepared statements, in a procedure that
# commits, in one long statement, and on a standby whose replay is paused. All of it without and with
# shared_preload_libraries. Last, a standby whose clock is ahead.

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# Who asks is org_hub. Among many partners org_gone has a term that passes, org_stays one that does not.
my $setup = q{
	CREATE EXTENSION connect;
	SELECT connect.create_store();
	INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'Partner' FROM generate_series(1, 200) AS n
		UNION ALL VALUES ('org_hub', 'Hub'), ('org_gone', 'Gone'), ('org_stays', 'Stays');
	CREATE ROLE hub LOGIN;
	SELECT connect.map_role('hub', 'org_hub'), connect.grant_usage('hub'), connect.grant_share('hub');
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id)
		SELECT 'cxn_' || o.id, o.id, 'org_hub' FROM connect.organization AS o WHERE o.id <> 'org_hub';
	UPDATE connect.connection SET status = 'active';
	UPDATE connect.connection SET expires_at = now() + interval '30 minutes' WHERE id = 'cxn_org_stays';
	CREATE TABLE read_through (organization_id text NOT NULL);
	INSERT INTO read_through SELECT 'org_' || n FROM generate_series(1, 200) AS n UNION ALL VALUES ('org_gone'), ('org_stays');
	CREATE TABLE looked_up (organization_id text NOT NULL);
	INSERT INTO looked_up SELECT 'org_' || n FROM generate_series(1, 20000) AS n UNION ALL VALUES ('org_gone'), ('org_stays');
	CREATE INDEX ON looked_up (organization_id);
	SELECT connect.share_table('read_through', 'organization_id', 'inquiry.read'), connect.share_table('looked_up', 'organization_id', 'inquiry.read');
	GRANT SELECT ON read_through, looked_up TO hub;
	ANALYZE;
};

# Each shows what holds for org_gone and what for org_stays.
my @questions = (
	[ 'is_allowed()', q{SELECT connect.is_allowed('org_gone', 'org_hub'), connect.is_allowed('org_stays', 'org_hub')} ],
	[ 'is_allowed() by scope', q{SELECT connect.is_allowed('org_gone', 'org_hub', 'inquiry.read'), connect.is_allowed('org_stays', 'org_hub', 'inquiry.read')} ],
	[ 'explain_access()', q{SELECT connect.explain_access('org_gone', 'org_hub') = 'allowed', connect.explain_access('org_stays', 'org_hub') = 'allowed'} ],
	[ 'may_see()', q{SELECT connect.may_see('org_gone', 'inquiry.read'), connect.may_see('org_stays', 'inquiry.read')} ],
	[ 'allowed_sources()', q{SELECT 'org_gone' = ANY (a), 'org_stays' = ANY (a) FROM connect.allowed_sources() AS a} ],
	[ 'allowed_sources() by scope', q{SELECT 'org_gone' = ANY (a), 'org_stays' = ANY (a) FROM connect.allowed_sources('inquiry.read') AS a} ],
	[ 'visible_organizations()', q{SELECT 'org_gone' = ANY (a), 'org_stays' = ANY (a) FROM connect.visible_organizations('inquiry.read') AS a} ],
	[ 'a scan under a policy', q{SELECT bool_or(organization_id = 'org_gone'), bool_or(organization_id = 'org_stays') FROM read_through} ],
	[ 'a look by index under a policy', q{SELECT bool_or(organization_id = 'org_gone'), bool_or(organization_id = 'org_stays') FROM looked_up} ],
	# The one that goes is the last one asked for, and the first one of those above.
	[ 'may_see() in the other order', q{SELECT a.gone, a.stays FROM (SELECT connect.may_see('org_stays', 'inquiry.read') AS stays, connect.may_see('org_gone', 'inquiry.read') AS gone OFFSET 0) AS a} ]);
my $names = join(', ', map { $_->[0] } @questions);

# A procedure and a block are made of the same questions.
my $body = join("\n", map { my ($name, $sql) = @$_; "SELECT q.* INTO gone, stays FROM ($sql) AS q (gone, stays); asked := asked + 1; CALL_JUDGE" } @questions);

# Asks again and again, each time in a transaction of its own, until it has asked half a second behind
# the term, however long its questions take.
# By now() each answer must be what the term says.
(my $in_procedure = $body) =~ s/CALL_JUDGE/told_true := told_true + gone::int; wrong := wrong + (gone <> (now() < term) OR NOT stays)::int;/g;
$setup .= qq{
	CREATE PROCEDURE ask_on(term timestamptz, INOUT asked int = 0, INOUT told_true int = 0, INOUT wrong int = 0) LANGUAGE plpgsql AS \$\$
	DECLARE
		gone boolean;
		stays boolean;
	BEGIN
		LOOP
			$in_procedure
			EXIT WHEN now() >= term + interval '0.5 s';
			COMMIT;
			PERFORM pg_sleep(0.1);
		END LOOP;
	END \$\$;
	GRANT EXECUTE ON PROCEDURE ask_on TO hub;
};

# One statement, in which time stands still until it ends: all but require_allowed() go on as they began.
# That one locks a row, which is a write when it ends; so it ends when it is let to.
(my $in_statement = $body) =~ s/CALL_JUDGE/told_true := told_true + gone::int; wrong := wrong + (NOT gone OR NOT stays)::int;/g;
$setup .= qq{
	CREATE FUNCTION ask_behind(term timestamptz, OUT asked int, OUT told_true int, OUT wrong int, OUT held text) LANGUAGE plpgsql AS \$\$
	DECLARE
		gone boolean;
		stays boolean;
	BEGIN
		asked := 0; told_true := 0; wrong := 0;
		PERFORM connect.require_allowed('org_stays', 'org_hub', 'inquiry.read');
		PERFORM pg_sleep(greatest(0, extract(epoch FROM term - clock_timestamp())) + 0.1);
		PERFORM pg_advisory_lock_shared(14);
		$in_statement
		PERFORM connect.require_allowed('org_gone', 'org_hub', 'inquiry.read');
		held := 'held';
	EXCEPTION WHEN insufficient_privilege THEN
		held := SQLERRM;
	END \$\$;
	GRANT EXECUTE ON FUNCTION ask_behind TO hub;
};

# A session of the hub's that is kept open.
sub session
{
	my ($node, $title) = @_;
	my $self = { title => $title, in => '', out => '' };
	$self->{psql} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres') . ' user=hub' ],
		'<', \$self->{in}, '>', \$self->{out}, IPC::Run::timeout(180));
	put($self, "SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan;");
	return $self;
}

sub put
{
	my ($self, $sql) = @_;
	$self->{in} .= "$sql\n\\echo end\n";
	return hear($self);
}

# Returns the lines that a session has printed, up to the end of what it was told.
sub hear
{
	my ($self) = @_;
	$self->{psql}->pump until $self->{out} =~ s/\A(.*?)^end\n//ms;
	return join(' ', split(/\n/, $1));
}

# Puts all questions in a session of its kind.
sub ask
{
	my ($self) = @_;
	return put($self, join("\n", map { $self->{prepared} ? "EXECUTE q$_;" : "$questions[$_][1];" } 0 .. $#questions));
}

my $before = join(' ', ('t|t') x @questions);
my $after = join(' ', ('f|t') x @questions);
my $primary;
my $standby;

foreach my $preload ('', 'connect')
{
	my $way = $preload ? 'preloaded' : 'not preloaded';

	$primary = PostgreSQL::Test::Cluster->new('primary' . ($preload ? '_preloaded' : ''));
	$primary->init(allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
	$primary->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'\nautovacuum = off\nmax_connections = 20");
	$primary->start;
	$primary->safe_psql('postgres', $setup);
	$primary->backup('backup');
	$standby = PostgreSQL::Test::Cluster->new('standby' . ($preload ? '_preloaded' : ''));
	$standby->init_from_backup($primary, 'backup', has_streaming => 1);
	$standby->start;

	my %begin = ('READ COMMITTED' => 'BEGIN', 'REPEATABLE READ' => 'BEGIN ISOLATION LEVEL REPEATABLE READ', 'SERIALIZABLE' => 'BEGIN ISOLATION LEVEL SERIALIZABLE');
	my @sessions = map { session($primary, $_) } ('single statements', 'prepared statements', sort keys %begin);
	push @sessions, map { session($standby, "a standby whose replay is paused, $_") } ('single statements', 'REPEATABLE READ');
	$sessions[1]{prepared} = 1;
	put($sessions[1], join("\n", map { "PREPARE q$_ AS $questions[$_][1];" } 0 .. $#questions));
	my ($committing, $waiting) = (session($primary, 'a procedure'), session($primary, 'one statement'));
	like(put($sessions[0], 'EXPLAIN (COSTS OFF) SELECT * FROM looked_up;'), qr/Filter: connect\.may_see.*Index Cond: \(organization_id = ANY \(connect\.visible_texts/,
		"$way: the policy is looked up by index");

	# The term must not pass while the questions are put for the first time, however slow the machine is.
	my ($term, $in_time, $told, $snapshot);
	for (my $seconds = 4; !$in_time && $seconds < 60; $seconds *= 2)
	{
		$standby->safe_psql('postgres', 'SELECT pg_wal_replay_resume()');
		$term = $primary->safe_psql('postgres', qq{SET session_replication_role = replica; UPDATE connect.connection
			SET status = 'active', expires_at = clock_timestamp() + interval '$seconds s' WHERE id = 'cxn_org_gone' RETURNING expires_at});
		$primary->wait_for_catchup($standby, 'replay', $primary->lsn('insert'));
		$standby->safe_psql('postgres', 'SELECT pg_wal_replay_pause()');
		$standby->poll_query_until('postgres', q{SELECT pg_get_wal_replay_pause_state() = 'paused'});
		foreach my $session (@sessions)
		{
			my ($level) = $session->{title} =~ /((?:REPEATABLE|READ|SERIALIZABLE).*)/;
			put($session, "ROLLBACK; $begin{$level};") if $level && $session->{open};
			put($session, "$begin{$level};") if $level && !$session->{open}++;
		}
		$snapshot = put($sessions[0], 'SELECT pg_current_snapshot();');
		# twice, for what a session remembers is what is tested
		$told = join("\n", map { "$_->{title}: " . ask($_) . ' ' . ask($_) } @sessions);
		$in_time = $primary->safe_psql('postgres', "SELECT clock_timestamp() < '$term'::timestamptz - interval '1 s'") eq 't';
	}
	my $held = session($primary, 'one that holds the statement back');
	put($held, 'SELECT pg_advisory_lock(14);');
	$committing->{in} .= "CALL ask_on('$term');\n\\echo end\n";
	$waiting->{in} .= "SELECT * FROM ask_behind('$term');\n\\echo end\n";
	$_->{psql}->pump_nb foreach $committing, $waiting;
	is($told, join("\n", map { "$_->{title}: $before $before" } @sessions), "$way: before the term all is true ($names)");

	$primary->poll_query_until('postgres', "SELECT clock_timestamp() > '$term'") or die 'the term does not pass';
	is(put($sessions[0], 'SELECT pg_current_snapshot();'), $snapshot, "$way: nobody has written meanwhile");
	put($held, 'SELECT pg_advisory_unlock(14);');
	is(ask($_), $after, "$way: behind the term nothing is, in $_->{title}") foreach @sessions;

	my ($asked, $told_true, $wrong) = split(/\|/, hear($committing));
	ok($told_true > 0 && $told_true < $asked && $wrong == 0,
		"$way: of $asked answers in a procedure that commits $told_true were true, and $wrong not as now() has it");
	is(hear($waiting), scalar(@questions) . '|' . scalar(@questions) . '|0|sharing is not allowed',
		"$way: time stands still within a statement, but not for require_allowed()");

	is($primary->safe_psql('postgres', q{SELECT status, connect.effective_status(c) FROM connect.connection AS c WHERE id = 'cxn_org_gone'}),
		'active|inactive', "$way: no row was touched");
	is($primary->safe_psql('postgres', 'SELECT connect.expire_due()'), '1', "$way: the primary records it");
	is(ask($_), $after, "$way: which changes nothing, in $_->{title}") foreach @sessions;
	is($standby->safe_psql('postgres', q{SELECT pg_get_wal_replay_pause_state(), status FROM connect.connection AS c WHERE id = 'cxn_org_gone'}),
		'paused|active', "$way: and has not come to the standby");

	foreach my $session (@sessions, $committing, $waiting, $held)
	{
		$session->{in} .= "\\q\n";
		$session->{psql}->finish;
	}
	$standby->stop('immediate');
	$primary->stop if !$preload;
}

# ---- A standby whose clock is an hour ahead: it answers by that, and the primary by its own ----

SKIP:
{
	my ($faketime) = glob('/usr/lib/*/faketime/libfaketime.so.1');
	skip 'libfaketime is not installed', 4 if !$faketime;

	my $clock = PostgreSQL::Test::Utils::tempdir() . '/clock';
	append_to_file($clock, "+0\n");
	{
		local $ENV{FAKETIME_TIMESTAMP_FILE} = $clock;
		local $ENV{FAKETIME_NO_CACHE} = 1;
		local $ENV{FAKETIME_DONT_FAKE_MONOTONIC} = 1;
		local $ENV{LD_PRELOAD} = $faketime;
		$standby->start;
	}
	my ($there, $here) = (session($standby, 'the standby'), session($primary, 'the primary'));

	is(ask($there), $after, 'the standby says what the primary says');
	append_to_file("$clock.new", "+1h\n");
	rename("$clock.new", $clock) or die "$clock: $!";
	is(ask($there), join(' ', ("f|f") x @questions), 'an hour ahead no term is left');
	is(ask($here), $after, 'but for the primary one is');
	is($standby->safe_psql('postgres', q{SELECT status, connect.effective_status(c) FROM connect.connection AS c WHERE id = 'cxn_org_stays'}),
		'active|inactive', 'whatever the row says');
	foreach my $session ($there, $here)
	{
		$session->{in} .= "\\q\n";
		$session->{psql}->finish;
	}
	$standby->stop('immediate');
}
$primary->stop;
done_testing();
