#!/bin/sh
# Run once, when PostgreSQL makes its data folder. Two roles, neither of which can get around row-level security: one
# owns the tables and changes them, the other serves, and can do no more than read and write rows.
set -eu

psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'END'
\getenv owner_password OWNER_PASSWORD
\getenv server_password SERVER_PASSWORD
CREATE ROLE rekindle_owner LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'owner_password';
CREATE ROLE rekindle_server LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD :'server_password';
END
