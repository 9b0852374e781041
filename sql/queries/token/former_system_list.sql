-- Systems whose strings are still known.
-- :many () -> former_system_row (
--     name text,
--     issuer text?,        -- claim iss of its strings; none: they have no such claim
--     sealed_secret text)
SELECT name, issuer, sealed_secret FROM former_system ORDER BY name
