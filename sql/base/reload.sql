-- PostgREST keeps a picture of the schema.
NOTIFY pgrst, 'reload schema';
