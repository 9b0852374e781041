-- Requests that nobody changed for a while, and that are not reopened: to be reminded of or, some days after
-- the reminder, to be archived.
-- :many (draft_days int4, changes_months int4, grace_days int4, limit int8) -> request_stale (
--     id uuid,
--     version int4,
--     was_reminded bool)
SELECT r.id, r.version, r.reminded_at IS NOT NULL AS was_reminded
FROM request r
WHERE NOT r.reopened
  AND (r.reminded_at IS NULL
       AND (r.state = 'draft' AND r.updated_at < now() - make_interval(days => $1::integer)
            OR r.state = 'changes_requested' AND r.updated_at < now() - make_interval(months => $2::integer))
       OR r.reminded_at < now() - make_interval(days => $3::integer)
          AND r.state IN ('draft', 'changes_requested'))
ORDER BY r.updated_at
LIMIT $4::bigint
