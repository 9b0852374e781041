-- A webhook of this owner, as the API shows it.
-- :one (webhook uuid, owner uuid) -> credential_document
SELECT webhook_json(w)::text AS document, w.version FROM webhook w WHERE w.id = $1::uuid AND webhook_is_of(w, $2::uuid)
