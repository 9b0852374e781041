-- Locks one token whose string was signed by this key and could still be presented or prolonged.
-- :opt (kid text) -> token_signable (
--     id uuid,
--     request_id uuid,
--     subject_id uuid,         -- the first habilitation
--     product text,
--     siret text,
--     scopes text,             -- JSON array
--     expires_at_s int8,
--     state text,              -- active, expired
--     next_number int8)   -- of the next string: see struct token_string
SELECT t.id, t.request_id, t.subject_id, t.product, t.siret, to_json(t.scopes)::text AS scopes,
       floor(extract(epoch FROM t.expires_at))::bigint AS expires_at_s,
       token_state(t.revoked_at, t.expires_at) AS state,
       greatest(floor(extract(epoch FROM now()))::bigint, t.issued_at + 1) AS next_number
FROM token t
WHERE t.kid = $1 AND (t.revoked_at IS NULL OR t.revoked_at > now())
  AND t.expires_at > now() - interval '90 days'
FOR UPDATE
LIMIT 1
