-- Makes the store inside the script of an extension, which create_store() refuses.
SELECT connect.create_store();
