-- Writes which of the three cases a person is.
-- :one (account uuid, siret text, state text,
--       ground text?,  -- NULL: suspended
--       excluded_before bool)
-- -> id uuid
INSERT INTO membership (account_id, siret, state, ground, excluded_before) VALUES ($1::uuid, $2, $3, $4, $5::boolean)
ON CONFLICT (account_id, siret) DO UPDATE
SET state = excluded.state, ground = excluded.ground, excluded_before = excluded.excluded_before, reason = NULL, resolved_by = NULL,
    resolved_at = NULL, reported_at = NULL, version = membership.version + 1, updated_at = now()
RETURNING id
