# Exactly once: tokens redeemed by many clients while backends are killed, statements are
# cancelled and the server crashes.

use strict;
use warnings;

use IPC::Run;
use PostgreSQL::Test::Cluster;
use PostgreSQL::Test::Utils;
use Test::More;
use Time::HiRes 'usleep';

my $node = PostgreSQL::Test::Cluster->new('main');
$node->init(extra => [ '--encoding=UTF8', '--locale=C' ]);
$node->append_conf('postgresql.conf', "shared_preload_libraries = 'connect'\nmax_connections = 50\nrestart_after_crash = on");
$node->start;

$node->safe_psql('postgres', q{
CREATE EXTENSION connect;
SELECT connect.create_store();
SELECT connect.register_organization('org_A', 'Acme'), connect.register_organization('org_B', 'Beta');
CREATE ROLE a LOGIN; CREATE ROLE b LOGIN;
SELECT connect.map_role('a', 'org_A'), connect.map_role('b', 'org_B');
SELECT connect.grant_usage('a'), connect.grant_usage('b');
CREATE TABLE item (id text PRIMARY KEY, organization_id text NOT NULL, made_from text);
INSERT INTO item SELECT 'item_' || n, 'org_A' FROM generate_series(1, 400) AS n;
CREATE FUNCTION hand_over(source_id text, source_organization_id text, destination_organization_id text,
    destination_id text, options jsonb) RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    made text := gen_random_uuid();
BEGIN
    INSERT INTO item VALUES (made, destination_organization_id, source_id);
    PERFORM pg_sleep(random() * 0.01);
    RETURN made;
END $$;
SELECT connect.share_rows('item', 'item', 'organization_id', 'id', 'inquiry.read', 'item', 'hand_over(text, text, text, text, jsonb)');
-- a client that loses a race goes on; any other error ends it
CREATE FUNCTION redeem_any() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    token text := (SELECT d ->> 'id' FROM jsonb_array_elements(connect.list_share_tokens(status => 'created', page_size => 20) -> 'data') AS d
        ORDER BY random() LIMIT 1);
BEGIN
    IF token IS NOT NULL THEN
        PERFORM connect.redeem_share_token(token);
    END IF;
EXCEPTION WHEN SQLSTATE 'PT409' THEN
    NULL;
END $$;
SET ROLE a;
SELECT connect.create_connection('org_B');
SET ROLE b;
SELECT connect.activate_connection(connect.list_connections() #>> '{data,0,id}');
SET ROLE a;
DO $$
DECLARE
    cxn text := connect.list_connections() #>> '{data,0,id}';
BEGIN
    FOR n IN 1..400 LOOP PERFORM connect.create_share_token(cxn, 'item_' || n); END LOOP;
END $$;
});

my $script = PostgreSQL::Test::Utils::tempdir() . '/redeem.sql';
append_to_file($script, "SELECT redeem_any();\n");
my @load = ('pgbench', '-n', '-c', 8, '-j', 2, '-T', 1, '-f', $script, '-U', 'b', '-h', $node->host, '-p', $node->port, 'postgres');

for my $round (1 .. 5)
{
	my ($out, $err) = ('', '');
	my $clients = IPC::Run::start(\@load, '>', \$out, '2>', \$err);
	for my $shot (1 .. 6)
	{
		usleep(120_000);
		if ($round == 3 && $shot == 3)
		{
			$node->stop('immediate');
			$node->start;
			last;
		}
		my $end = $shot % 2 ? 'pg_terminate_backend' : 'pg_cancel_backend';
		$node->psql('postgres', "SELECT $end(pid) FROM pg_stat_activity WHERE usename = 'b' ORDER BY random() LIMIT 2");
	}
	$clients->finish;
}

my $left = $node->safe_psql('postgres', q{SELECT count(*) FROM connect.share_token WHERE status = 'created'});
cmp_ok($left, '<', 400, 'tokens were redeemed under fire');
is($node->safe_psql('postgres', q{
SELECT count(*) FROM (
    SELECT t.id FROM connect.share_token AS t
    WHERE (t.status, (SELECT count(*) FROM item AS i WHERE i.made_from = t.source_id),
        (SELECT string_agg(e.action, ' ' ORDER BY e.position, e.id) FROM connect.event AS e WHERE e.subject_id = t.id))
        NOT IN (('created', 0, 'create'), ('redeemed', 1, 'create redeem complete'))) AS wrong}), '0',
	'each token has one copy and its two events, or none of them');
is($node->safe_psql('postgres', q{
SELECT count(*) FROM connect.share_token AS t WHERE t.status = 'redeemed'
AND NOT EXISTS (SELECT FROM item AS i WHERE i.id = t.destination_id AND i.made_from = t.source_id AND i.organization_id = 'org_B')}), '0',
	'and names the copy that was made of its row');

$node->stop;
done_testing();
