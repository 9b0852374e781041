-- What mails say of a token.
-- :one (token uuid) -> token_description (
--     id uuid,
--     product text,
--     siret text,
--     request_id uuid,
--     request_number text,    -- D and the number
--     title text,
--     organisation_name text,
--     expires_on text,        -- day and time in Paris
--     revoked_on text?,       -- day and time in Paris
--     revocation_reason text?)
SELECT t.id, t.product, t.siret, t.request_id, 'D' || r.number AS request_number,
       coalesce(h.snapshot -> 'fields' ->> 'title', '') AS title, coalesce(o.name, t.siret) AS organisation_name,
       paris_time(t.expires_at) AS expires_on,
       paris_time(t.revoked_at) AS revoked_on,
       t.revocation_reason
FROM token t
JOIN request r ON r.id = t.request_id
JOIN habilitation h ON h.id = t.habilitation_id
LEFT JOIN organisation o ON o.siret = t.siret
WHERE t.id = $1::uuid
