-- What is known of a string whose signature is good. No row: the string is not. Who keeps the answer
-- until its exp trusts no string beyond a planned revocation.
-- :opt (
--     token uuid,
--     number int8,             -- of the string: see struct token_string
--     issuer text,
--     product text?,           -- those of this product alone
--     siret text?,             -- those of this organisation alone
--     iat_s int8)              -- its claim
-- -> document text
SELECT json_build_object(
           'active', true, 'token_type', 'Bearer', 'scope', array_to_string(t.scopes, ' '), 'scopes', t.scopes,
           'iss', $3::text, 'aud', t.product, 'sub', t.subject_id, 'jti', t.id, 'iat', $6::bigint, 'nbf', $6::bigint,
           'exp', floor(extract(epoch FROM least(t.expires_at, t.revoked_at,
                                                 CASE WHEN t.issued_at <> $2::bigint THEN t.previous_until END)))::bigint,
           'siret', t.siret)::text AS document
FROM token t
WHERE t.id = $1::uuid AND t.product = coalesce($4, t.product) AND t.siret = coalesce($5, t.siret)
  AND token_state(t.revoked_at, t.expires_at) = 'active'
  AND (t.issued_at = $2::bigint OR (t.previous_issued_at = $2::bigint AND t.previous_until > now()))
