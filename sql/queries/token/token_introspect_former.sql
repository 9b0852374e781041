-- What is known of a string of a former system whose signature is good. No row: the string is not, or no more.
-- :opt (
--     token uuid,
--     system text,
--     issuer text?,            -- its claim
--     audience text?,          -- its claim
--     product text?,           -- those of this product alone
--     siret text?,             -- those of this organisation alone
--     iat_s int8?)             -- its claim
-- -> document text
SELECT json_strip_nulls(json_build_object(
           'active', true, 'token_type', 'Bearer', 'scope', array_to_string(t.scopes, ' '), 'scopes', t.scopes,
           'iss', $3::text, 'aud', t.product, 'sub', t.subject_id, 'jti', t.id, 'iat', $7::bigint,
           'exp', floor(extract(epoch FROM least(t.expires_at, t.revoked_at, t.former_until)))::bigint,
           'siret', t.siret))::text AS document
FROM token t
WHERE t.id = $1::uuid AND t.former_system = $2 AND t.former_until > now()
  AND t.product = coalesce($4, t.product) AND t.product = coalesce($5, t.product) AND t.siret = coalesce($6, t.siret)
  AND token_state(t.revoked_at, t.expires_at) = 'active'
