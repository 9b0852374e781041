-- $1 webhook, $2 account
SELECT webhook_json(w)::text AS document, w.version FROM webhook w WHERE w.id = $1::uuid AND w.account_id = $2::uuid
