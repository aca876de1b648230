-- The states of a Connection.

CREATE TYPE connect.connection_status AS ENUM ('pending', 'active', 'inactive');
COMMENT ON TYPE connect.connection_status IS 'State of a Connection: offered, accepted, ended.';
