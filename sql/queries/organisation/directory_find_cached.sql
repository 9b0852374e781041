-- $1 siret; name NULL: known to be unknown
SELECT siret, answer ->> 'name' AS name, answer ->> 'legal_category' AS legal_category,
       answer ->> 'address' AS address, (answer ->> 'open')::boolean AS open,
       fetched_at > now() - interval '24 hours' AS fresh
FROM directory_cache WHERE siret = $1
