-- $1 client, $2 hash of the secret
SELECT c.id, s.id AS secret_id, c.account_id, a.email, array_to_string(c.scopes, ' ') AS scopes,
       c.siret, c.product,
       (SELECT string_agg(r.role || ':' || coalesce(r.product, ''), ' ')
        FROM staff_role r WHERE r.account_id = c.account_id AND r.product = c.product) AS roles
FROM client c
JOIN client_secret s ON s.client_id = c.id
JOIN account a ON a.id = c.account_id
WHERE c.id = $1::uuid AND s.secret_hash = $2 AND client_is_backed(c)
