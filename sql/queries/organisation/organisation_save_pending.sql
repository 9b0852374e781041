-- The directory did not answer: completed later by a job.
INSERT INTO organisation (siret, state) VALUES ($1, 'pending_directory') ON CONFLICT (siret) DO NOTHING
