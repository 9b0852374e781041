-- The directory answered at last: nobody has this SIRET, so no request can be started. $1 siret
UPDATE organisation
SET name = coalesce(name, 'Établissement inconnu du répertoire'), state = 'closed', eligible = false,
    eligibility_ground = 'unknown', directory_checked_at = now(), version = version + 1, updated_at = now()
WHERE siret = $1 AND state = 'pending_directory'
