-- Writes what the directory says of an organisation.
-- :exec (siret text, name text, legal_category text?, address text?, is_open bool, is_eligible bool, ground text)
INSERT INTO organisation (siret, name, legal_category, address, state, eligible, eligibility_ground, directory_checked_at)
VALUES ($1, $2, $3, $4, CASE WHEN $5::boolean THEN 'open' ELSE 'closed' END, $6::boolean, $7, now())
ON CONFLICT (siret) DO UPDATE
SET name = excluded.name, legal_category = excluded.legal_category, address = excluded.address,
    state = excluded.state, eligible = excluded.eligible, eligibility_ground = excluded.eligibility_ground,
    directory_checked_at = now(), updated_at = now(),
    version = organisation.version + CASE
        WHEN (organisation.name, organisation.legal_category, organisation.address, organisation.state,
              organisation.eligible, organisation.eligibility_ground)
             IS DISTINCT FROM (excluded.name, excluded.legal_category, excluded.address, excluded.state,
              excluded.eligible, excluded.eligibility_ground) THEN 1 ELSE 0 END
