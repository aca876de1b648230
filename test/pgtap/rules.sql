-- The rule table as everybody can read it, against the contract written out by hand.
\ir setup.psql

SELECT plan(3);

SELECT is((SELECT count(*) FROM connect.transition_rules()), 15::bigint, 'there are 15 rules');
SELECT bag_eq(
    'SELECT action, from_status::text, to_status::text, party FROM connect.transition_rules()',
    $$VALUES ('create',     NULL,       'pending',  'source'),
             ('activate',   'pending',  'active',   'destination'),
             ('deactivate', 'pending',  'inactive', 'source'),
             ('deactivate', 'pending',  'inactive', 'destination'),
             ('deactivate', 'active',   'inactive', 'source'),
             ('deactivate', 'active',   'inactive', 'destination'),
             ('reactivate', 'inactive', 'pending',  'source'),
             ('update',     'pending',  'pending',  'source'),
             ('update',     'active',   'active',   'source'),
             ('update',     'inactive', 'inactive', 'source'),
             ('widen',      'pending',  'pending',  'source'),
             ('widen',      'active',   'pending',  'source'),
             ('widen',      'inactive', 'inactive', 'source'),
             ('expire',     'pending',  'inactive', 'time'),
             ('expire',     'active',   'inactive', 'time')$$,
    'these rules and no others');

-- What one rule says cannot depend on who asks, or on whether there is a store.
DROP TABLE connect.connection CASCADE;
SELECT is((SELECT count(*) FROM connect.transition_rules()), 15::bigint, 'they can be read without a store');

SELECT * FROM finish();
ROLLBACK;
