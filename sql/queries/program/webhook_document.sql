-- A webhook of this account, as the API shows it.
-- :one (webhook uuid, account uuid) -> credential_document
SELECT webhook_json(w)::text AS document, w.version FROM webhook w WHERE w.id = $1::uuid AND w.account_id = $2::uuid
