# expire_due() among others: in batches that are as large as they may be, passing by what somebody
# holds, several at once and beside writers without a deadlock, each term recorded once, and to no
# effect when there is nothing left.

use strict;
use warnings;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;

my $rows = 3000;
my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "autovacuum = off\ndeadlock_timeout = '100ms'\nmax_connections = 50");
$node->start;

sub sql { return $node->safe_psql('postgres', @_); }

# The newest term belongs to the first id, so that the order of terms is not that of ids.
sql(qq{
	CREATE EXTENSION connect;
	SELECT connect.create_store();
	INSERT INTO connect.organization (id, name) SELECT 'org_' || n, 'Partner' FROM generate_series(0, $rows) AS n;
	CREATE PROCEDURE fill(count int) LANGUAGE sql SET session_replication_role = replica AS \$\$
		DELETE FROM connect.event;
		DELETE FROM connect.connection;
		INSERT INTO connect.connection (id, source_organization_id, destination_organization_id, status, scopes, created_at, updated_at, respond_by, expires_at)
		SELECT 'cxn_' || lpad(n::text, 8, '0'), 'org_' || n, 'org_0', CASE n % 2 WHEN 0 THEN 'pending' ELSE 'active' END::connect.connection_status, '{inquiry.read}'::text[],
			'2020-01-01'::timestamptz, '2020-01-01'::timestamptz, CASE n % 2 WHEN 0 THEN now() - n * interval '1 s' END, CASE n % 2 WHEN 1 THEN now() - n * interval '1 s' END
		FROM generate_series(1, count) AS n
		UNION ALL SELECT 'cxn_later', 'org_0', 'org_0', 'active', '{inquiry.read}'::text[], '2020-01-01', '2020-01-01', NULL, '2999-01-01';
	\$\$;
	CREATE PROCEDURE sweep(max_rows int, INOUT total bigint = 0, INOUT runs bigint = 0) LANGUAGE plpgsql AS \$\$
	DECLARE
		count bigint;
	BEGIN
		WHILE EXISTS (SELECT FROM connect.open_term WHERE ends_at < now()) LOOP
			count := connect.expire_due(max_rows);
			total := total + count;
			runs := runs + (count > 0)::int;
			COMMIT;
		END LOOP;
	END \$\$;
});

# ---- Batches ----

sql('CALL fill(10)');
is(sql('SELECT connect.expire_due(4)'), '4', 'no more than it may');
is(sql(q{SELECT string_agg(right(subject_id, 2), ' ' ORDER BY subject_id) FROM connect.event}), '07 08 09 10', 'what ended first comes first');
is(sql('SELECT connect.expire_due(4)'), '4', 'a second batch');
is(sql('SELECT connect.expire_due(4)'), '2', 'and what is left');
is(sql(q{SELECT count(*), count(DISTINCT subject_id), string_agg(DISTINCT action, ''), count(actor_id), bool_and(effective_at < created_at) FROM connect.event}),
	'10|10|expire|0|t', 'each has its event, by nobody');
is(sql(q{SELECT string_agg(id, ' ') FROM connect.connection WHERE status <> 'inactive'}), 'cxn_later', 'a term that has not passed is left alone');

# ---- To no effect ----

my $all = q{SELECT md5(string_agg(c.ctid::text || c.xmin || c::text, '' ORDER BY id)) FROM connect.connection AS c};
my $before = sql($all);
is(sql(q{BEGIN; SELECT connect.expire_due(), connect.expire_due(1), pg_current_xact_id_if_assigned() IS NULL; COMMIT}), '0|0|t', 'repeated, it writes nothing');
is(sql("$all; SELECT count(*) FROM connect.event"), "$before\n10", 'and changes nothing');

# ---- What somebody holds ----

sql('CALL fill(3)');
my ($in, $out) = ('', '');
my $holder = IPC::Run::start([ 'psql', '-XAtq', '-d', $node->connstr('postgres') ], '<', \$in, '>', \$out, IPC::Run::timeout(120));
$in = "BEGIN; UPDATE connect.connection SET name = 'held' WHERE id = 'cxn_00000003';\n\\echo held\n";
$holder->pump until $out =~ /held/;
my $at_once = q{SET statement_timeout = '20s'; };
is(sql("$at_once SELECT connect.expire_due(1)"), '1', 'the first one is held, and does not hold back the second');
is(sql("$at_once SELECT connect.expire_due()"), '1', 'nor the third');
is(sql("$at_once SELECT connect.expire_due()"), '0', 'and is not waited for');
$in = "ROLLBACK;\n\\echo free\n";
$holder->pump until $out =~ /free/;
is(sql('SELECT connect.expire_due()'), '1', 'the next run has it');
# the same for share tokens, of which the first one to end has the last id
sql(q{
	CREATE TABLE account (id text PRIMARY KEY, organization_id text);
	SELECT connect.share_rows('account', 'account', 'organization_id', 'id', 'account.read');
	SET session_replication_role = replica;
	INSERT INTO connect.share_token (id, connection_id, source_organization_id, destination_organization_id, kind, source_id, status, expires_at, created_at, updated_at)
	SELECT 'cnst_' || n, 'cxn_later', 'org_0', 'org_0', 'account', 'act_1', 'created', now() - n * interval '1 s', now() - interval '1 day', now() - interval '1 day'
	FROM generate_series(1, 3) AS n;
});
$in = "BEGIN; SELECT FROM connect.share_token WHERE id = 'cnst_3' FOR UPDATE;\n\\echo token\n";
$holder->pump until $out =~ /token/;
my $expired = q{SELECT string_agg(id, ' ' ORDER BY id) FROM connect.share_token WHERE status = 'expired'};
is(sql("$at_once SELECT connect.expire_due(1); $expired"), "1\ncnst_2", 'a token that is held does not hold back the second');
is(sql("$at_once SELECT connect.expire_due(); $expired"), "1\ncnst_1 cnst_2", 'nor the third');
is(sql("$at_once SELECT connect.expire_due()"), '0', 'and is not waited for');
$in = "ROLLBACK;\n\\echo open\n";
$holder->pump until $out =~ /open/;
is(sql("SELECT connect.expire_due(); $expired"), "1\ncnst_1 cnst_2 cnst_3", 'the next run has it');
sql('CALL fill(3)');
$in = "BEGIN; SELECT connect.expire_due(2);\n\\echo half\n";
$holder->pump until $out =~ /half/;
is(sql("$at_once SELECT connect.expire_due(2)"), '1', 'a second run takes what the first one has not');
$in = "ROLLBACK;\n\\q\n";
$holder->finish;
is(sql('SELECT connect.expire_due()'), '2', 'and after a rollback the rest');

# ---- Three at once, beside writers ----

# Each writer has rows of its own and takes two in a transaction, the last one first. So they never
# wait for each other, and whoever waited for them in the order of terms would be waited for.
sql("CALL fill($rows)");
my $script = $node->basedir . '/write.sql';
append_to_file($script, qq{\\set high 4 * random(300, @{[ $rows / 4 ]}) - :client_id
\\set low 4 * random(1, 299) - :client_id
\\set way random(1, 4)
BEGIN;
\\if :way = 1
UPDATE connect.connection SET name = 'Written' WHERE id = 'cxn_' || lpad(:high::text, 8, '0');
\\elif :way = 2
UPDATE connect.connection SET status = 'inactive' WHERE id = 'cxn_' || lpad(:high::text, 8, '0');
\\elif :way = 3
UPDATE connect.connection SET expires_at = '2999-01-01' WHERE id = 'cxn_' || lpad(:high::text, 8, '0');
\\else
SELECT FROM connect.connection WHERE id = 'cxn_' || lpad(:high::text, 8, '0') FOR UPDATE;
\\endif
UPDATE connect.connection SET name = 'Written' || :way WHERE id = 'cxn_' || lpad(:low::text, 8, '0');
\\if :way = 4
ROLLBACK;
\\else
COMMIT;
\\endif
});
my ($written, $complaints) = ('', '');
my $writers = IPC::Run::start([ 'pgbench', '-n', '-c', '4', '-j', '2', '-T', '6', '-M', 'prepared', '-f', $script, $node->connstr('postgres') ],
	'>', \$written, '2>', \$complaints, IPC::Run::timeout(120));
my @sweepers = map {
	my $sweeper = { out => '', err => '' };
	$sweeper->{run} = IPC::Run::start([ 'psql', '-XAtq', '-v', 'ON_ERROR_STOP=1', '-d', $node->connstr('postgres'), '-c', "CALL sweep($_)" ],
		'>', \$sweeper->{out}, '2>', \$sweeper->{err}, IPC::Run::timeout(120));
	$sweeper
} (7, 20, 50);
my ($total, $errors) = (0, '');
foreach my $sweeper (@sweepers)
{
	$sweeper->{run}->finish;
	$errors .= $sweeper->{err};
	$total += (split(/\|/, $sweeper->{out}))[0];
}
$writers->finish;
is($errors . join('', grep { /error/i } split(/^/, $complaints)), '', 'nobody fails');
like($written, qr/number of failed transactions: 0 /, 'no writer either');
unlike(slurp_file($node->logfile), qr/deadlock detected/, 'there was no deadlock');
is(sql(q{SELECT count(*), count(DISTINCT subject_id) FROM connect.event WHERE action = 'expire'}), "$rows|$rows", 'each term was recorded once');

cmp_ok($total, '<', $rows, "$total of them by three who ran it, the others by writers");
cmp_ok($total, '>', 0, 'and not all by writers');
(my $done) = $written =~ /number of transactions actually processed: (\d+)/;
cmp_ok($done, '>', 50, "who made $done transactions meanwhile");
is(sql(q{SELECT count(*) FROM connect.verify_history()}), '0', 'the history is sound');
is(sql(q{SELECT count(*) FROM connect.connection AS c WHERE status <> connect.effective_status(c)}), '0', 'and every row says what is');
is(sql(q{SELECT string_agg(id, ' ') FROM connect.open_term}), 'cxn_later', 'no open term is left but the one that has not passed');
is(sql('SELECT connect.expire_due()'), '0', 'there is nothing left to do');

$node->stop;
done_testing();
