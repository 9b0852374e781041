-- Retention: requests that were refused or archived long ago and never approved.
-- :many (months int4, limit int4) -> id uuid
SELECT r.id
FROM request r
WHERE r.state IN ('refused', 'archived') AND r.updated_at < now() - make_interval(months => $1::int)
  AND NOT EXISTS (SELECT FROM habilitation h WHERE h.request_id = r.id)
ORDER BY r.updated_at
LIMIT $2::int
