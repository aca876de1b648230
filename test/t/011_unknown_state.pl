# A state that only a DBA can make, by a label of his own and an import: nobody may use it, and
# nobody's session ends of it.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $node = start_node();

$node->safe_psql('postgres', install() . people_and_rows());
$node->safe_psql('postgres', q{ALTER TYPE connect.connection_status ADD VALUE 'archived'});
$node->safe_psql('postgres', q{SET session_replication_role = replica;
	UPDATE connect.connection SET status = 'archived' WHERE id = 'cxn_active';});

# SQLSTATE and message of a refusal.
sub refusal
{
	my ($sql) = @_;
	my ($ret, $stdout, $stderr) = $node->psql('postgres', "\\set VERBOSITY sqlstate\n$sql",
		connstr => $node->connstr('postgres') . ' user=regress_connect_destination');

	return $stderr =~ s/^psql:\S+ //r;
}

like(refusal(q{SELECT connect.get_connection('cxn_active')}), qr/XX000/, 'it is not shown');
like(refusal(q{SELECT connect.list_connections()}), qr/XX000/, 'nor in a list');
like(refusal(q{SELECT connect.list_connections(status => 'archived')}), qr/22023/, 'nor filtered by');
like(refusal(q{SELECT connect.activate_connection('cxn_active')}), qr/PT409/, 'no step leads out of it');
like(refusal(q{SELECT connect.deactivate_connection('cxn_active')}), qr/PT409/, 'whichever');
is($node->safe_psql('postgres', q{SELECT connect.is_allowed('org_source', 'org_destination'), connect.explain_access('org_source', 'org_destination')}),
	'f|no_connection', 'the gate shares nothing');
ok($node->psql('postgres', q{UPDATE connect.connection SET status = 'archived' WHERE id = 'cxn_pending'}) != 0, 'no plain UPDATE leads there');
is($node->safe_psql('postgres', q{SELECT status FROM connect.connection WHERE id = 'cxn_pending'}), 'pending', 'its row is as it was');

$node->stop;
unlike(slurp_file($node->logfile), qr/terminated by signal/, 'and no session has crashed');
done_testing();
