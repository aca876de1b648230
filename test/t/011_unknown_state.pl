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

# A label that is renamed while a session keeps its snapshot: what it remembers by the old label is void, and the gate
# knows no such state. News comes with the lock of a table that the transaction has not read yet.
sub asked
{
	my ($table) = @_;

	return "SELECT connect.may_see('org_source', 'account.read'), connect.is_allowed('org_source', 'org_destination', 'account.read'), "
	  . "'org_source' = ANY (connect.visible_organizations('account.read')) FROM (SELECT count(*) FROM pg_catalog.$table OFFSET 0) AS c;\n";
}

sub renamed
{
	my ($from, $to) = @_;

	return sprintf(qq{\\! psql -XAtq -v ON_ERROR_STOP=1 -d "%s" -c "ALTER TYPE connect.connection_status RENAME VALUE '%s' TO '%s'"\n},
		$node->connstr('postgres'), $from, $to);
}

is($node->safe_psql('postgres', "BEGIN ISOLATION LEVEL REPEATABLE READ;\n" . asked('pg_namespace') . asked('pg_language')
	  . renamed('active', 'lively') . asked('pg_am') . renamed('lively', 'active') . asked('pg_collation'),
	connstr => $node->connstr('postgres') . ' user=regress_connect_destination'),
	"t|t|t\nt|t|t\nf|f|f\nt|t|t", 'what was remembered of a label ends with it');

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
