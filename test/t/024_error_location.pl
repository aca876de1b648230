# Errors are raised where they happen: LOCATION, as \errverbose shows it, is the ereport() of the
# file that refuses, DETAIL is a sentence that says of what it speaks, and the message is the one
# that the table of errors gives to the code.

use strict;
use warnings;

use FindBin;
use lib $FindBin::RealBin;
use HostileStore;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $src = "$FindBin::RealBin/../../src";
my $node = start_node();

$node->safe_psql('postgres', install() . people_and_rows() . q{
	CREATE TABLE shared (id int, organization_id text);
	CREATE TABLE unshared (id numeric, organization_id text);
	CREATE VIEW view AS SELECT * FROM shared;
	INSERT INTO connect.scope (name, description) VALUES ('shared.read', 'What is shared.');
	SELECT connect.share_table('shared', 'organization_id', 'shared.read');
});
$node->safe_psql('postgres', 'CREATE DATABASE empty');
$node->safe_psql('empty', 'CREATE EXTENSION connect');

# The messages of each code, one for each thing that it is about, with %s where it names what is wrong.
my $table = slurp_file("$src/base/errors.c");
my %message;

while ($table =~ /\{\s*"(\w+)",\s*(?:ERRCODE_\w+(?:\([^)]*\))?),\s*((?:"(?:[^"\\]|\\.)*"\s*)+)/g)
{
	my ($code, $literals) = ($1, $2);

	push @{ $message{$code} }, join '', map { s/\\"/"/gr } $literals =~ /"((?:[^"\\]|\\.)*)"/g;
}
cmp_ok(scalar(keys %message), '>', 30, 'the table of errors can be read');

# What \errverbose says of a statement's error: its fields by name, and SQLSTATE and message.
sub error_of
{
	my ($role, $database, $statement) = @_;
	my ($ret, $stdout, $stderr) = $node->psql($database, "\\set VERBOSITY terse\n$statement;\n\\errverbose\n",
		connstr => $node->connstr($database) . " user=$role", on_error_stop => 0);
	my %error = $stderr =~ /^([A-Z][A-Z ]+):  (.*)$/mg;

	@error{qw(sqlstate message)} = ($1, $2) if $stderr =~ /error: ERROR:  (\w{5}): (.*)$/m;
	$error{text} = $stderr;
	return \%error;
}

# Is there an ereport() at this line of the file, in the function that is said to raise?
sub raises
{
	my ($function, $file, $line) = @_;

	foreach my $path (glob("$src/*.c $src/*/*.c"))
	{
		next unless $path =~ m{/\Q$file\E\z};
		my @lines = split /\n/, slurp_file($path);
		my $first = $line - 1;

		next if $line > @lines;
		$first-- while $first > 0 && $lines[$first] !~ /^\w+\(/;
		next unless $lines[$first] =~ /^\Q$function\E\(/;
		# compilers count a macro's call from its first line or from its last
		return 1 if grep { /\bereport\(/ } @lines[ $first .. $line - 1 ];
	}
	return 0;
}

my @refusals = (
	[ 'source', "connect.create_connection('not an id')", '22023', 'parameter_invalid' ],
	[ 'source', "connect.list_connections(page_size => 0)", '22023', 'parameter_invalid' ],
	[ 'pool', "connect.list_connections()", 'PT401', 'not_authenticated' ],
	[ 'source', "connect.get_connection('cxn_nowhere')", 'PT404', 'not_found' ],
	[ 'source', "connect.deactivate_connection('cxn_inactive')", 'PT409', 'connection_inactive' ],
	[ 'destination', "connect.activate_connection('cxn_active')", 'PT409', 'connection_not_pending' ],
	[ 'destination', "connect.activate_connection('cxn_pending')", '42501', 'wrong_party' ],
	[ 'source', "connect.create_connection('org_nowhere')", 'PT422', 'organization_unknown' ],
	[ 'source', "connect.create_connection('org_third', repeat('x', 300))", 'PT422', 'name_too_long' ],
	[ 'source', "connect.create_connection('org_third', NULL, '{no.such}')", 'PT422', 'scope_unknown' ],
	[ 'source', "connect.create_connection('org_destination')", '23505', 'connection_exists' ],
	[ 'source', "connect.require_allowed('org_third', 'org_destination')", '42501', 'sharing_not_allowed' ],
	[ 'postgres', "DELETE FROM connect.connection", '23001', 'delete_refused' ],
	[ 'postgres', "TRUNCATE connect.connection CASCADE", '23001', 'truncate_refused' ],
	[ 'postgres', "UPDATE connect.connection SET source_organization_id = 'org_third' WHERE id = 'cxn_active'", '23001', 'identity_changed' ],
	[ 'postgres', "UPDATE connect.event SET action = 'x'", '23001', 'event_changed' ],
	[ 'postgres', "connect.share_table('view', 'organization_id', 'shared.read')", '42809', 'table_unsuitable' ],
	[ 'postgres', "connect.share_table('shared', 'organization_id', 'shared.read')", '42710', 'table_shared' ],
	[ 'postgres', "connect.unshare_table('unshared')", '42704', 'table_not_shared' ],
	[ 'postgres', "connect.share_table('unshared', 'nothing', 'shared.read')", '42703', 'column_unknown' ],
	[ 'postgres', "connect.share_table('unshared', 'id', 'shared.read')", '42804', 'column_unsuitable' ],
	[ 'postgres', "connect.create_store()", '42P07', 'store_exists' ],
	[ 'postgres', "connect.get_connection('cxn_active')", '55000', 'store_missing', 'empty' ],
);

foreach my $refusal (@refusals)
{
	my ($role, $statement, $sqlstate, $code, $database) = @$refusal;

	$statement = "SELECT $statement" if $statement =~ /^connect/;
	my $error = error_of($role eq 'postgres' ? $role : "regress_connect_$role", $database // 'postgres', $statement);
	my ($function, $file, $line) = ($error->{LOCATION} // '') =~ /^(\w+), (\S+):(\d+)$/;
	my @templates = @{ $message{$code} // [''] };

	subtest "$code: $statement" => sub {
		is($error->{sqlstate}, $sqlstate, 'SQLSTATE') or diag($error->{text});
		is($error->{'CONSTRAINT NAME'}, $code, 'code');
		isnt($file, 'errors.c', 'LOCATION is not where errors are made');
		ok(raises($function, $file, $line), "LOCATION is where the error is raised: " . ($error->{LOCATION} // 'none')) if defined $file;
		ok(defined $file, 'there is a LOCATION');
		like($error->{DETAIL} // '', qr/^(?!It )["A-Z].*\.$/, 'DETAIL is a sentence, and says of what it speaks');
		my $pattern = join '|', map { join '(.+)', map { quotemeta } split /%s/, $_, -1 } @templates;

		like($error->{message} // '', qr/^(?:$pattern)$/, 'the message is the one of the table');
		unlike("@templates", qr/%/, 'that of a status of HTTP is a constant') if $sqlstate =~ /^PT/;
	};
}

$node->stop;
done_testing();
