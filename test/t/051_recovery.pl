# Point-in-time recovery: a server that is restored from a backup and the archive to a moment before
# a revocation is as that moment was, history, seals, positions and gate alike; writing goes on there
# by the rules; and who followed the feed further than that is told to begin anew. Without and with
# shared_preload_libraries.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(install invariants_hold no_crash);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

# What must be the same: every row of the store.
my $rows = join(' UNION ALL ', map { "SELECT '$_ ' || t::text COLLATE \"C\" FROM connect.$_ AS t" }
	  qw(organization scope connection event share_token)) . ' ORDER BY 1';
my $ask = q{SELECT concat_ws(' ', connect.is_allowed('org_A', 'org_B'), connect.explain_access('org_A', 'org_B', 'inquiry.read'),
	(SELECT status FROM connect.connection WHERE id = 'cxn_1'), (SELECT string_agg(status::text, ' ') FROM connect.share_token))};
my $anchor = 'SELECT before, subjects, events, seal FROM connect.history_anchor()';

sub as
{
	my ($node, $role, $sql) = @_;
	return $node->safe_psql('postgres', $sql, connstr => $node->connstr('postgres') . " user=regress_connect_$role");
}

foreach my $preload ('', 'connect')
{
	my $way = $preload ? 'preloaded' : '';
	my $primary = PostgreSQL::Test::Cluster->new("archiving$way");

	$primary->init(has_archiving => 1, allows_streaming => 1, extra => [ '--encoding=UTF8', '--locale=C' ]);
	$primary->append_conf('postgresql.conf', "shared_preload_libraries = '$preload'\nautovacuum = off");
	$primary->start;
	$primary->safe_psql('postgres', q{
		CREATE ROLE regress_connect_owner NOLOGIN;
		CREATE ROLE regress_connect_a LOGIN;
		CREATE ROLE regress_connect_b LOGIN;
		} . install() . q{
		SELECT connect.register_organization('org_A', 'Acme'), connect.register_organization('org_B', 'Beta');
		SELECT connect.map_role('regress_connect_a', 'org_A'), connect.map_role('regress_connect_b', 'org_B');
		SELECT connect.grant_usage('regress_connect_a'), connect.grant_usage('regress_connect_b');
		CREATE TABLE item (id text PRIMARY KEY, organization_id text NOT NULL);
		INSERT INTO item VALUES ('item_1', 'org_A'), ('item_2', 'org_A');
		SELECT connect.share_rows('item', 'item', 'organization_id', 'id', 'inquiry.read', 'item');
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_A', 'org_B');
	});
	$primary->backup('backup');

	# Part of what is restored is in the archive only.
	as($primary, 'b', q{SELECT connect.activate_connection('cxn_1', 'Welcome.')});
	my $token = as($primary, 'a', q{SELECT connect.create_share_token('cxn_1', 'item_1') #>> '{data,id}'});
	my $cursor = q{SELECT substring(connect.read_events() #>> '{links,next}' FROM 'after%5D=([0-9a-f]+)')};
	my $followed = as($primary, 'b', $cursor);
	my %then = map { $_ => $primary->safe_psql('postgres', $_) } $ask, $rows, $anchor;
	my $moment = $primary->safe_psql('postgres', 'SELECT clock_timestamp()');

	# What came after that moment: a redemption, a revocation, and a reader that has met both.
	$primary->safe_psql('postgres', 'SELECT pg_sleep(0.05), pg_current_xact_id()');
	as($primary, 'b', "SELECT connect.redeem_share_token('$token')");
	as($primary, 'a', q{SELECT connect.deactivate_connection('cxn_1', 'over')});
	$primary->safe_psql('postgres', 'SELECT pg_current_xact_id()') for 1 .. 20;
	as($primary, 'a', q{SELECT connect.reactivate_connection('cxn_1')});
	as($primary, 'a', q{SELECT connect.deactivate_connection('cxn_1', 'over again')});
	my $further = as($primary, 'b', $cursor);
	isnt($primary->safe_psql('postgres', $ask), $then{$ask}, "$way: it is revoked");
	my $segment = $primary->safe_psql('postgres', 'SELECT pg_walfile_name(pg_current_wal_lsn())');
	$primary->safe_psql('postgres', 'SELECT pg_switch_wal()');
	$primary->poll_query_until('postgres', "SELECT last_archived_wal >= '$segment' FROM pg_stat_archiver") or die 'nothing is archived';
	$primary->stop;

	# The moment is no commit's: recovery ends before the first commit after it.
	my $restored = PostgreSQL::Test::Cluster->new("restored$way");
	$restored->init_from_backup($primary, 'backup', has_restoring => 1, standby => 0);
	$restored->append_conf('postgresql.conf', "recovery_target_time = '$moment'\nrecovery_target_action = 'promote'");
	$restored->start;
	$restored->poll_query_until('postgres', 'SELECT NOT pg_is_in_recovery()') or die 'recovery does not end';

	is($restored->safe_psql('postgres', $ask), $then{$ask}, "$way: the gate answers as at that moment");
	is($restored->safe_psql('postgres', $ask), 't allowed active created', "$way: which is that it is shared");
	is($restored->safe_psql('postgres', $rows), $then{$rows}, "$way: all rows are as they were");
	my ($before) = split /\|/, $then{$anchor};
	is($restored->safe_psql('postgres', "SELECT before, subjects, events, seal FROM connect.history_anchor('$before')"),
		$then{$anchor}, "$way: the anchor of then is computed again");
	is($restored->safe_psql('postgres', 'SELECT * FROM connect.verify_history()'), '', "$way: the history is sound");
	is( $restored->safe_psql('postgres', q{SELECT code FROM connect.check_setup() WHERE code NOT IN ('not_preloaded', 'logs_parameters')}),
		'', "$way: check_setup() finds nothing");

	# A reader whose cursor is of a time that has not been goes on nowhere in silence.
	is(as($restored, 'b', "SELECT jsonb_array_length(connect.read_events('$followed') -> 'data')"), '0', "$way: a reader of then goes on");
	my ($rc, $out, $err) = $restored->psql('postgres', "SELECT connect.read_events('$further')",
		connstr => $restored->connstr('postgres') . ' user=regress_connect_b');
	isnt($rc, 0, "$way: one that was further is refused");
	like($err, qr/cursor of a later time/, "$way: and told why");

	# Writing goes on behind what is there, and the gate follows.
	is(as($restored, 'b', "SELECT connect.redeem_share_token('$token') #>> '{data,attributes,status}'"), 'pending', "$way: the token is redeemed, for here it was not");
	as($restored, 'a', q{SELECT connect.deactivate_connection('cxn_1', 'here')});
	is($restored->safe_psql('postgres', $ask), 'f inactive inactive pending', "$way: a revocation counts at once");
	is( as($restored, 'b', "SELECT string_agg(e #>> '{attributes,action}', ' ') FROM jsonb_array_elements(connect.read_events('$followed') -> 'data') AS e"),
		'redeem deactivate', "$way: a reader meets what happens here, in order");
	is( $restored->safe_psql('postgres', q{SELECT bool_and(id > last_id AND position >= last_position AND created_at > last_time) FROM (SELECT *,
		lag(id) OVER w AS last_id, lag(position) OVER w AS last_position, lag(created_at) OVER w AS last_time FROM connect.event
		WHERE subject_id = 'cxn_1' WINDOW w AS (ORDER BY position, id)) AS e WHERE last_id IS NOT NULL}), 't', "$way: each event is behind the last");
	is($restored->safe_psql('postgres', 'SELECT * FROM connect.verify_history()'), '', "$way: the longer history is sound");
	is( $restored->safe_psql('postgres', "SELECT before, subjects, events, seal FROM connect.history_anchor('$before')"),
		$then{$anchor}, "$way: and the anchor of then still holds");
	invariants_hold($restored) if $preload;
	no_crash($restored);
	$restored->stop;
}
done_testing();
