-- The client behind an access token that is valid, with those scopes of the token that the client still has, and who
-- lends it their rights.
-- :opt (token_hash text) -> client_row
SELECT c.id, c.name,
       array_to_string(ARRAY(SELECT x FROM unnest(t.scopes) x WHERE x = ANY (c.scopes)), ' ') AS scopes,
       c.siret, c.product,
       (SELECT json_agg(json_build_object('account_id', b.account_id, 'email', b.email, 'roles', b.roles)
                        ORDER BY b.accepted_at, b.account_id)
        FROM client_backers(c) b)::text AS persons,
       t.secret_id, coalesce(c.last_used_at < now() - interval '1 minute', true) AS is_stale
FROM client_access_token t
JOIN client_secret s ON s.id = t.secret_id
JOIN client c ON c.id = t.client_id
WHERE t.token_hash = $1 AND t.expires_at > now() AND coalesce(s.expires_at > now(), true)
