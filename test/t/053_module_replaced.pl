# The module's file is replaced while sessions run, as packages do it, and the server is restarted:
# sessions go on with what they have loaded and write nothing wrong, and new ones take the new file. A
# library that lacks what the SQL asks of it, or that is none, is a clear answer, and the server stands.
# 030 tells that the present library serves the SQL of versions before.

use strict;
use warnings;

use File::Copy;
use FindBin;
use lib $FindBin::RealBin;
use HostileStore qw(no_crash session);
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $library = `pg_config --pkglibdir`;
chomp $library;
$library .= '/connect.so';
plan skip_all => 'the module has another suffix here' unless -e $library;

my $dir = PostgreSQL::Test::Utils::tempdir();
my $file = "$dir/connect.so";
my $n = 0;

# Puts a file in the module's place at once, or a changed copy of what is installed. A string that is
# changed has to keep its length.
sub replace
{
	my (%change) = @_;
	my $content = slurp_file($library);

	while (my ($from, $to) = each %change)
	{
		die "$from is not in the module" unless $content =~ s/\0\Q$from\E\0/\0$to\0/g;
	}
	my $new = "$dir/new" . $n++;
	open(my $handle, '>:raw', $new) or die $!;
	print $handle $content;
	close $handle;
	chmod 0755, $new;
	rename($new, $file) or die $!;
	return;
}

my $ask = q{SELECT connect.is_allowed('org_A', 'org_B'), EXISTS (SELECT FROM connect.connection WHERE id = 'cxn_1' AND status = 'active');};
my $set = sub { "UPDATE connect.connection SET status = '$_[0]' WHERE id = 'cxn_1';" };
my $sound = 'SELECT count(*) FROM connect.verify_history();';

foreach my $preload (0, 1)
{
	my $way = $preload ? 'preloaded' : 'not preloaded';
	my $node = PostgreSQL::Test::Cluster->new($preload ? 'preloaded' : 'main');

	replace();
	$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
	$node->start;
	# The folder of the server's own modules is the packages'; so here all functions are in one of ours.
	$node->safe_psql('postgres', qq{
		CREATE EXTENSION connect;
		UPDATE pg_proc SET probin = '$file' WHERE probin = '\$libdir/connect';
	});
	$node->append_conf('postgresql.conf', "shared_preload_libraries = '$file'") if $preload;
	$node->restart;
	$node->safe_psql('postgres', q{
		SELECT connect.create_store();
		SELECT connect.register_organization('org_A', 'Acme'), connect.register_organization('org_B', 'Beta');
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id) VALUES ('cxn_1', 'org_A', 'org_B');
	});

	# A session that has it, one that has not asked yet, and one in the middle of a transaction.
	my $runs = session($node);
	my $idle = session($node);
	my $open = session($node);
	is($runs->($ask) . ' ' . $open->("BEGIN; $ask"), 'f|f f|f', "$way: two sessions have it");
	replace('sharing is not allowed' => 'sharing is new allowed');
	is($runs->($set->('active') . $ask), 't|t', "$way: a session goes on when the file is replaced");
	is($open->($ask), 't|t', "$way: so does one in a transaction");
	is($idle->($ask), 't|t', "$way: one that loads it now sees the same");
	is($idle->($set->('inactive') . $ask) . ' ' . $runs->($ask) . ' ' . $open->($ask), 'f|f f|f f|f', "$way: and what it writes counts in those that have the old one");
	is($runs->($set->('pending') . $set->('active')) . $idle->($ask), 't|t', "$way: and the other way round");
	is($runs->($sound), '0', "$way: the history that both have written is sound");

	# Which of the two a session has. A preloaded one stays until the restart.
	my $raise = q{SELECT connect.require_allowed('org_B', 'org_A');};
	like($runs->($raise), qr/sharing is not allowed/, "$way: the old session has the old one");
	like(session($node)->($raise), $preload ? qr/sharing is not allowed/ : qr/sharing is new allowed/, "$way: a new session has " . ($preload ? 'what was preloaded' : 'the new one'));

	# The file is away: sessions that have it go on; others are told, and the gate says no by that.
	unlink $file;
	is($runs->("$ask COMMIT;") =~ s/ .*//r, 't|t', "$way: a session goes on without the file");
	like(session($node)->($ask), $preload ? qr/^t\|t$/ : qr/could not access file/, "$way: a new one " . ($preload ? 'has it' : 'is told that there is none'));
	$open->('COMMIT;');
	$_->() foreach $runs, $idle, $open;

	# A restart takes the new file.
	replace('sharing is not allowed' => 'sharing is new allowed');
	$node->restart;
	my $new = session($node);
	is($new->($ask), 't|t', "$way: it is as it was after the restart");
	like($new->($raise), qr/sharing is new allowed/, "$way: with the new file");
	is($new->($set->('inactive') . $ask . $sound), 'f|f 0', "$way: writing goes on");
	$new->();

	# A library that lacks a function, as one of before lacks what is new: that function says so, and
	# what reads without it works. Without its guard nothing is written.
	# The names of the functions are ends of these.
	replace('pg_finfo_connect_visible_organizations' => 'pg_finfo_connect_visible_organizationz', 'pg_finfo_connect_guard_connection' => 'pg_finfo_connect_guard_connectioz');
	$node->restart;
	$new = session($node);
	is($new->($ask), 'f|f', "$way: what an old library has, it answers");
	like($new->(q{SELECT connect.visible_organizations('inquiry.read');}), qr/could not find function "connect_visible_organizations" in file/, "$way: what it lacks is named");
	like($new->($set->('pending')), qr/could not find function "connect_guard_connection" in file/, "$way: nothing is written without the guard");
	is($new->($ask . $sound), 'f|f 0', "$way: and nothing was");
	$new->();

	# What is no module, or one for another major.
	my $other = "$dir/other.c";
	append_to_file($other, "int connect_is_allowed(void) { return 0; }\n") unless -e $other;
	system($ENV{CC} // 'gcc', '-shared', '-fPIC', '-o', "$dir/other.so", $other) == 0 or die;
	rename("$dir/other.so", $file) or die;
	if ($preload)
	{
		$node->stop;
		is($node->start(fail_ok => 1), 0, "$way: a server does not start with what is no module");
		like(slurp_file($node->logfile), qr/incompatible library .*missing magic block/, "$way: and says why");
	}
	else
	{
		$new = session($node);
		like($new->($ask), qr/incompatible library .*missing magic block/, "$way: what is no module is refused");
		is($new->('SELECT 1;'), '1', "$way: and the session goes on");
		like($new->($set->('pending')), qr/incompatible library/, "$way: writing nothing");
		$new->();
	}
	replace();
	$preload ? $node->start : $node->restart;
	is($node->safe_psql('postgres', "$ask $sound"), "f|f\n0", "$way: all is well with the right file again");
	no_crash($node);
	$node->stop;
}
done_testing();
