-- The key that signs. None before the first start with this database.
-- :opt () -> signing_key_current (kid text, sealed_private_pem text)
SELECT kid, sealed_private_pem FROM signing_key WHERE state = 'current'
