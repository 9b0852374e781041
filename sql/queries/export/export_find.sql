-- An export of an account, as long as it lives.
-- :one (export uuid, account uuid) -> export_row (
--     id uuid,
--     kind text,
--     format text,
--     token_id uuid?,
--     filters text,            -- JSON
--     state text,
--     rights text?,
--     document text)
SELECT e.id, e.kind, e.format, e.token_id, e.filters::text AS filters, e.state, e.rights,
       export_json(e)::text AS document
FROM export e
WHERE e.id = $1::uuid AND e.account_id = $2::uuid AND e.expires_at > now()
