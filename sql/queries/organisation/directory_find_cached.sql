-- What the remote directory answered last.
-- :opt (siret text) -> directory_cached (
--     name text?,            -- NULL: it knows no such establishment
--     legal_category text?,
--     address text?,
--     successor text?,
--     open bool?,
--     is_fresh bool)         -- asked less than 24 hours ago
SELECT answer ->> 'name' AS name, answer ->> 'legal_category' AS legal_category,
       answer ->> 'address' AS address, answer ->> 'successor' AS successor,
       (answer ->> 'open')::boolean AS open,
       fetched_at > now() - interval '24 hours' AS is_fresh
FROM directory_cache WHERE siret = $1
