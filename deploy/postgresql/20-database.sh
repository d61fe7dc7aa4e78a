#!/bin/sh
# Run after the roles are made, and again before a restore (docs/backup.md): an empty database for them.
set -eu

psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'END'
CREATE DATABASE rekindle OWNER rekindle_owner;
REVOKE ALL ON DATABASE rekindle FROM PUBLIC;
GRANT CONNECT ON DATABASE rekindle TO rekindle_server;
\connect rekindle
ALTER DEFAULT PRIVILEGES FOR ROLE rekindle_owner IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO rekindle_server;
END
