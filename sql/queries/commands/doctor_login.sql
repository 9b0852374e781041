-- Who the program is to PostgreSQL, and what time it is there.
-- :one () -> doctor_login (login text, version text, now_ms int8)
SELECT session_user::text AS login,
       current_setting('server_version') AS version,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now_ms
