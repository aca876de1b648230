# What runs expire_due() again and again: pg_cron with its background worker, and the systemd units of
# doc/systemd, both as doc/dba.md shows them.

use strict;
use warnings;
use FindBin;
use lib $FindBin::RealBin;
use Page;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $doc = "$FindBin::RealBin/../../doc";

# More than one batch, by 1000 at a call.
my $setup = q{
	CREATE EXTENSION connect;
	SELECT connect.create_store();
	INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'Partner' FROM generate_series(1, 1200) AS n;
};
my $pass = q{
	SET session_replication_role = replica;
	INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at, expires_at)
	SELECT 'cxn_%1$s_' || n, 'org_' || n, 'org_%1$s', 'active', '{inquiry.read}', '2020-01-01', '2020-01-01', now() - interval '1 minute'
	FROM generate_series(1, 1200) AS n;
};
my $recorded = q{SELECT count(*), count(DISTINCT e.transaction_id) > 1, bool_and(c.status = 'inactive') FROM connect.event AS e
	JOIN connect.connection AS c ON c.id = e.subject_id WHERE e.action = 'expire' AND c.destination_organization_id = 'org_%s'};

my ($libraries) = split(/\n/, `pg_config --pkglibdir`);
my $has_cron = -e "$libraries/pg_cron.so";
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', block('dba.md', 'conf', 'pg_cron')) if $has_cron;
$node->start;
$ENV{PGPORT} = $node->port;
$node->safe_psql('postgres', 'CREATE DATABASE app');
$node->safe_psql('app', $setup);

SKIP:
{
	skip 'pg_cron is not installed', 3 if !$has_cron;

	$node->safe_psql('app', sprintf($pass, 1));
	(my $schedule = block('dba.md', 'pgsql', 'cron.schedule')) =~ s{\*/5 }{* } or die 'the job does not run every five minutes';
	$node->safe_psql('app', $schedule);
	note('waiting for the next minute');
	ok($node->poll_query_until('app', q{SELECT EXISTS (SELECT FROM cron.job_run_details WHERE status NOT IN ('starting', 'running'))}),
		'a run has ended');
	is($node->safe_psql('app', q{SELECT DISTINCT status, return_message FROM cron.job_run_details WHERE status NOT IN ('starting', 'running')}),
		'succeeded|DO', 'well');
	is($node->safe_psql('app', sprintf($recorded, 1)), '1200|t|t', 'pg_cron has recorded every term, in batches');
	$node->safe_psql('app', q{SELECT cron.unschedule('connect-expire-due')});
}

my $service = "$doc/systemd/connect-expire-due\@.service";
SKIP:
{
	skip 'there is no systemd-analyze', 1 if system('systemd-analyze --version >/dev/null 2>&1') != 0;
	skip 'systemd has no folder here, which systemd-analyze would make', 1 if !-d '/run/systemd';

	# It ends well where it passes by what it does not know, but it says so.
	is(`systemd-analyze verify --man=no '$service' '$doc/systemd/connect-expire-due\@.timer' 2>&1`, '', 'systemd understands the units');
}
my ($command) = slurp_file($service) =~ /^ExecStart=(.*)$/m;
$command =~ s/%i/app/ or die 'the service knows of no database';
$node->safe_psql('app', sprintf($pass, 2));
is(`$command 2>&1`, '', 'the command of the service says nothing');
is($node->safe_psql('app', sprintf($recorded, 2)), '1200|t|t', 'and has recorded every term, in batches');
is($node->safe_psql('app', q{SELECT count(*) FROM connect.check_setup() WHERE code = 'expiry_unswept'}), '0', 'check_setup() is content');

# A job that fails must be seen to fail.
$node->safe_psql('app', 'ALTER TABLE connect.connection RENAME TO elsewhere');
isnt(system("$command 2>/dev/null"), 0, 'a service that cannot work fails');

$node->stop;
done_testing();
