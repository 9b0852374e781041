-- $1 siret, $2 answer or NULL
INSERT INTO directory_cache (siret, answer) VALUES ($1, $2::jsonb)
ON CONFLICT (siret) DO UPDATE SET answer = excluded.answer, fetched_at = now()
