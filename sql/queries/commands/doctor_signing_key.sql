-- The key that signs, and since when it does. None before the first start with this database.
-- :opt () -> doctor_signing_key (
--     kid text,
--     sealed_private_pem text,
--     age_days int4,
--     has_next bool)           -- a key waits to be the next one
SELECT kid, sealed_private_pem,
       extract(day FROM now() - coalesce(current_at, created_at))::int AS age_days,
       EXISTS (SELECT FROM signing_key n WHERE n.state = 'next') AS has_next
FROM signing_key
WHERE state = 'current'
