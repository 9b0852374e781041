-- The token of a request that is approved for the first time.
-- :exec (id uuid, request uuid, habilitation uuid, product text, siret text, scopes jsonb, kid text,
--        number int8, sealed_jwt text, expires_at_s int8)
INSERT INTO token (id, request_id, habilitation_id, subject_id, product, siret, scopes, kid, issued_at, sealed_jwt, expires_at)
VALUES ($1::uuid, $2::uuid, $3::uuid, $3::uuid, $4, $5,
        ARRAY(SELECT jsonb_array_elements_text($6::jsonb)), $7, $8::bigint, $9, to_timestamp($10::bigint))
