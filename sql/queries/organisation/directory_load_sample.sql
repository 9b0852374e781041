-- Fills an empty directory with the sample of the program.
-- :exec (establishments jsonb)
INSERT INTO directory_establishment (siret, name, legal_category, street, postal_code, city, open)
SELECT e ->> 'siret', e ->> 'name', e ->> 'legal_category', e #>> '{address,street}',
       e #>> '{address,postal_code}', e #>> '{address,city}', (e ->> 'open')::boolean
FROM jsonb_array_elements($1::jsonb) AS e
WHERE NOT EXISTS (SELECT FROM directory_establishment)
ON CONFLICT DO NOTHING
