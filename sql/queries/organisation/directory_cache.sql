-- Keeps what the remote directory answered.
-- :exec (siret text,
--        answer jsonb?)  -- NULL: it knows no such establishment
INSERT INTO directory_cache (siret, answer) VALUES ($1, $2::jsonb)
ON CONFLICT (siret) DO UPDATE SET answer = excluded.answer, fetched_at = now()
