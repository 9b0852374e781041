-- What an operator has to keep up: copies, keys, the directory, webhooks, the virus scanner.
-- :one () -> upkeep_figures (
--     backup_s int8,             -- since the last copy, or since the database was made
--     backup_failed bool,        -- the last one
--     signing_key_s int8?,       -- since the current key signs
--     directory_s int8?,         -- since the directory was made from INSEE's files
--     webhooks_late_s int8,      -- how long the delivery that is due longest waits
--     webhooks_failing int8,     -- enabled ones whose calls have failed for an hour
--     webhooks_disabled int8,
--     scans_oldest_s int8)       -- age of the oldest file that waits for the virus scanner
SELECT greatest(0, extract(epoch FROM now() - coalesce((SELECT max(written_at) FROM backup_mark),
           (SELECT min(applied_at) FROM schema_migration))))::bigint AS backup_s,
       EXISTS (SELECT FROM backup_failure f
               WHERE NOT EXISTS (SELECT FROM backup_mark m WHERE m.written_at > f.failed_at)) AS backup_failed,
       (SELECT greatest(0, extract(epoch FROM now() - coalesce(current_at, created_at)))::bigint
        FROM signing_key WHERE state = 'current') AS signing_key_s,
       (SELECT greatest(0, extract(epoch FROM now() - published_at))::bigint
        FROM directory_publication) AS directory_s,
       (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(due_at)), 0))::bigint
        FROM webhook_attempt WHERE state = 'pending') AS webhooks_late_s,
       (SELECT count(*) FROM webhook WHERE enabled AND failing_since < now() - interval '1 hour') AS webhooks_failing,
       (SELECT count(*) FROM webhook WHERE NOT enabled) AS webhooks_disabled,
       (SELECT greatest(0, coalesce(extract(epoch FROM now() - min(created_at)), 0))::bigint
        FROM attachment WHERE scan = 'pending' AND NOT scan_given_up) AS scans_oldest_s
