-- What a client that is locked has beside the secret that it presents. Run after client_lock, for the reason given in
-- client_count_secrets. No row: that secret has ended.
-- :opt (client uuid, secret uuid) -> client_rotation (
--     other uuid?,             -- its other living secret
--     other_is_used bool)      -- was ever presented
SELECT o.id AS other, o.last_used_at IS NOT NULL AS other_is_used
FROM client_secret s
LEFT JOIN client_secret o ON o.client_id = s.client_id AND o.id <> s.id AND coalesce(o.expires_at > now(), true)
WHERE s.client_id = $1::uuid AND s.id = $2::uuid AND coalesce(s.expires_at > now(), true)
