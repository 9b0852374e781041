-- What RFC 7662 says of a valid access token of this client.
-- :opt (token_hash text, client uuid) -> client_access_token (
--     scopes text,             -- separated by blanks
--     created_at_s int8,
--     expires_at_s int8)
SELECT array_to_string(ARRAY(SELECT x FROM unnest(t.scopes) x WHERE x = ANY (c.scopes)), ' ') AS scopes,
       extract(epoch FROM t.created_at)::bigint AS created_at_s,
       extract(epoch FROM least(t.expires_at, s.expires_at))::bigint AS expires_at_s
FROM client_access_token t
JOIN client_secret s ON s.id = t.secret_id
JOIN client c ON c.id = t.client_id
WHERE t.token_hash = $1 AND c.id = $2::uuid AND t.expires_at > now() AND coalesce(s.expires_at > now(), true)
  AND client_is_backed(c)
