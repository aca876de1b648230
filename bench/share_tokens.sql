-- share_tokens.sql: the application's table whose rows are handed over, its kind, and tables of the
-- peers' own for share tokens, with the columns, keys and indexes that the job needs, and no check.

CREATE TABLE inquiry (id text COLLATE "C" PRIMARY KEY, organization_id text NOT NULL, subject text NOT NULL);

-- It makes no copy, so that only the way there is counted.
CREATE FUNCTION hand_over(source_id text, source_organization_id text, destination_organization_id text,
    destination_id text, options jsonb) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
    RETURN source_id || '_copy';
END $$;
SELECT connect.share_rows('inquiry', 'inquiry', 'organization_id', 'id', 'inquiry.read', 'inq',
    'hand_over(text, text, text, text, jsonb)');

CREATE FUNCTION pg_temp.copy_tokens(schema_name name) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('CREATE TABLE %1$I.share_token (LIKE connect.share_token INCLUDING ALL EXCLUDING CONSTRAINTS)
            WITH (fillfactor = 90);
        ALTER TABLE %1$I.share_token ADD FOREIGN KEY (kind) REFERENCES connect.share_kind,
            ALTER created_at SET DEFAULT now(), ALTER updated_at SET DEFAULT now(),
            ALTER expires_at SET DEFAULT now() + interval ''14 days''', schema_name);
END $$;
SELECT pg_temp.copy_tokens('floor'), pg_temp.copy_tokens('answered'), pg_temp.copy_tokens('app');
