-- The client with this identifier and secret, while its account has the rights that the client is based on.
-- :opt (client uuid, secret_hash text) -> client_row (
--     id uuid,
--     account_id uuid,         -- who created the client; it acts for this account
--     email text,
--     scopes text,             -- separated by blanks
--     siret text?,             -- the client is bound to this organisation, or
--     product text?,           -- to this product
--     roles text?,             -- of the account on the product: role:product, separated by blanks
--     secret_id uuid,          -- the secret that authenticated it
--     is_stale bool)           -- its last use is to be noted
SELECT c.id, c.account_id, a.email, array_to_string(c.scopes, ' ') AS scopes, c.siret, c.product,
       (SELECT string_agg(r.role || ':' || coalesce(r.product, ''), ' ')
        FROM staff_roles() r WHERE r.account_id = c.account_id AND r.product = c.product) AS roles,
       s.id AS secret_id, coalesce(c.last_used_at < now() - interval '1 minute', true) AS is_stale
FROM client c
JOIN client_secret s ON s.client_id = c.id
JOIN account a ON a.id = c.account_id
WHERE c.id = $1::uuid AND s.secret_hash = $2 AND client_is_backed(c)
