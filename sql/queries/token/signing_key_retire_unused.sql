-- A former key goes once no token that it signed can be presented or prolonged any more.
-- :exec ()
UPDATE signing_key k
SET state = 'retired'
WHERE k.state = 'previous'
  AND k.previous_at < now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM token t
                  WHERE (t.revoked_at IS NULL OR t.revoked_at > now())
                    AND ((t.kid = k.kid AND t.expires_at > now() - interval '90 days')
                         OR (t.previous_kid = k.kid AND t.previous_until > now())))
