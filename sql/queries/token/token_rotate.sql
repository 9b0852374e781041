-- A new string; the former one is good for some days more.
-- :one (token uuid, kid text, number int8, sealed_jwt text, overlap_days int4,
--       ends_former bool)  -- the string of a former system is good no longer than the former one
--     -> former_good_until text
UPDATE token
SET previous_issued_at = CASE WHEN $5::int > 0 THEN issued_at END,
    previous_until = CASE WHEN $5::int > 0 THEN now() + make_interval(days => $5::int) END,
    previous_kid = CASE WHEN $5::int > 0 THEN kid END,
    previous_last_called_at = NULL, rotated_at = now(),
    former_until = CASE WHEN $6 AND former_until IS NOT NULL
                        THEN least(former_until, now() + make_interval(days => $5::int)) ELSE former_until END,
    kid = $2, issued_at = $3::bigint, sealed_jwt = $4, version = version + 1
WHERE id = $1::uuid
RETURNING api_time(coalesce(previous_until, now())) AS former_good_until
