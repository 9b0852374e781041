-- A former key goes once no token that it signed can be presented any more.
UPDATE signing_key k
SET state = 'retired'
WHERE k.state = 'previous'
  AND NOT EXISTS (SELECT FROM token t
                  WHERE t.kid = k.kid AND t.expires_at > now() AND (t.revoked_at IS NULL OR t.revoked_at > now()))
  AND k.previous_at < now() - interval '31 days'
