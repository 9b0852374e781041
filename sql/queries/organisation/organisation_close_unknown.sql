-- Closes an organisation whose SIRET the directory, at last, says nobody has: no request can be started.
-- :exec (siret text)
UPDATE organisation
SET name = coalesce(name, 'Établissement inconnu du répertoire'), state = 'closed', eligible = false,
    eligibility_ground = 'unknown', directory_checked_at = now(), version = version + 1, updated_at = now()
WHERE siret = $1 AND state = 'pending_directory'
