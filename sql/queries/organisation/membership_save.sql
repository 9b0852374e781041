-- Writes which of the three cases a person is.
-- :one (account uuid, siret text, state text,
--       ground text?)  -- NULL: suspended
-- -> id uuid
INSERT INTO membership (account_id, siret, state, ground) VALUES ($1::uuid, $2, $3, $4)
ON CONFLICT (account_id, siret) DO UPDATE
SET state = excluded.state, ground = excluded.ground, reason = NULL, resolved_by = NULL,
    resolved_at = NULL, reported_at = NULL, version = membership.version + 1, updated_at = now()
RETURNING id
