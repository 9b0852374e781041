-- The request that a habilitation was granted on.
-- :one (habilitation uuid) -> request_id uuid
SELECT h.request_id FROM habilitation h WHERE h.id = $1::uuid
