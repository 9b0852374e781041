-- The days of a batch have their partition afterwards; one batch after the other from here on.
-- $1 calls as JSON
SELECT pg_advisory_xact_lock(7239285), count(call_make_partition(d.day))
FROM (SELECT DISTINCT ((p.call ->> 'at')::timestamptz AT TIME ZONE 'UTC')::date AS day
      FROM jsonb_array_elements($1::jsonb) p (call)) d
