-- The client behind an access token that is valid, with the scopes of the token, while its account has the rights
-- that the client is based on.
-- :opt (token_hash text) -> client_row
SELECT c.id, c.account_id, a.email, array_to_string(t.scopes, ' ') AS scopes, c.siret, c.product,
       (SELECT string_agg(r.role || ':' || coalesce(r.product, ''), ' ')
        FROM staff_roles() r WHERE r.account_id = c.account_id AND r.product = c.product) AS roles,
       t.secret_id, coalesce(c.last_used_at < now() - interval '1 minute', true) AS is_stale
FROM client_access_token t
JOIN client c ON c.id = t.client_id
JOIN account a ON a.id = c.account_id
WHERE t.token_hash = $1 AND t.expires_at > now() AND client_is_backed(c)
