-- What waits for the worker, and for how long.
-- :one () -> outbox_figures (
--     pending int8,
--     parked int8,
--     oldest_s int8,           -- age of the oldest pending mail
--     jobs_late_s int8,        -- how long the job that is due longest waits
--     audit_waits_s int8)      -- how long the oldest row of the audit waits for its seal
SELECT (SELECT count(*) FROM outbox WHERE state IN ('pending', 'sealed')) AS pending,
       (SELECT count(*) FROM outbox WHERE state = 'parked') AS parked,
       (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(created_at)), 0))::bigint
        FROM outbox WHERE state IN ('pending', 'sealed')) AS oldest_s,
       (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(run_at)), 0))::bigint FROM job) AS jobs_late_s,
       (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(since)), 0))::bigint
        FROM audit_unsealed WHERE NOT refused) AS audit_waits_s
