-- Creates the missing partitions for the days of a batch. Serialises batches until the end of the transaction.
-- :exec (calls jsonb)
SELECT pg_advisory_xact_lock(7239285), count(call_make_partition(d.day))
FROM (SELECT DISTINCT ((p.call ->> 'at')::timestamptz AT TIME ZONE 'UTC')::date AS day
      FROM jsonb_array_elements($1::jsonb) p (call)) d
