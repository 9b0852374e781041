-- Adds an organisation while the directory does not answer; a job completes it.
-- :exec (siret text)
INSERT INTO organisation (siret, state) VALUES ($1, 'pending_directory') ON CONFLICT (siret) DO NOTHING
