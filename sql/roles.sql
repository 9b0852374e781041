-- The application's role: reads and writes rows, owns nothing. Run after every migration. Since
-- PostgreSQL 16 the role that runs this has to be the role's creator, or to be granted it WITH ADMIN OPTION.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'guichet_app') THEN
        CREATE ROLE guichet_app LOGIN;
    END IF;
END $$;
GRANT USAGE ON SCHEMA public TO guichet_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO guichet_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO guichet_app;
REVOKE UPDATE, DELETE ON audit, audit_seal, decision, habilitation FROM guichet_app;
GRANT UPDATE (address) ON audit TO guichet_app;
REVOKE INSERT, UPDATE, DELETE ON request_transition, schema_migration, schema_text, schema_text_set FROM guichet_app;
ALTER ROLE guichet_app SET statement_timeout = '5s';
ALTER ROLE guichet_app SET lock_timeout = '2s';
ALTER ROLE guichet_app SET idle_in_transaction_session_timeout = '10s';
-- Statements are short: compiling them takes longer than running them.
ALTER ROLE guichet_app SET jit = off;
ALTER ROLE guichet_app SET timezone = 'UTC';
ALTER ROLE guichet_app SET datestyle = 'ISO';
