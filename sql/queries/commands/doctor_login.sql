-- Who the program is to PostgreSQL, and what time it is there. A login that row-level security does not hold has
-- more power than the program is to have.
-- :one () -> doctor_login (
--     login text,
--     is_superuser bool,   -- or may pass by row-level security
--     owns_tables bool,
--     version text,
--     now_ms int8)
SELECT session_user::text AS login,
       rolsuper OR rolbypassrls AS is_superuser,
       EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relname = 'audit') AS owns_tables,
       current_setting('server_version') AS version,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
FROM pg_roles r
WHERE rolname = session_user
