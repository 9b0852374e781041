-- The client with this identifier and a living secret, and who lends it their rights.
-- :opt (client uuid, secret_hash text) -> client_row (
--     id uuid,
--     name text,
--     scopes text,             -- separated by blanks
--     siret text?,             -- the client is bound to this organisation, or
--     product text?,           -- to this product
--     persons text?,           -- JSON: [{account_id, email, roles}]; NULL: no responsible person counts
--     secret_id uuid,          -- the secret that authenticated it
--     is_stale bool)           -- its last use is to be noted
SELECT c.id, c.name, array_to_string(c.scopes, ' ') AS scopes, c.siret, c.product,
       (SELECT json_agg(json_build_object('account_id', b.account_id, 'email', b.email, 'roles', b.roles)
                        ORDER BY b.accepted_at, b.account_id)
        FROM client_backers(c) b)::text AS persons,
       s.id AS secret_id, coalesce(c.last_used_at < now() - interval '1 minute', true) AS is_stale
FROM client c
JOIN client_secret s ON s.client_id = c.id
WHERE c.id = $1::uuid AND s.secret_hash = $2 AND coalesce(s.expires_at > now(), true)
