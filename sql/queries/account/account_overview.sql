-- An account as support and administrators see it.
-- :one (account uuid) -> account_document
SELECT account_overview_json(a)::text AS document, a.version
FROM account a WHERE a.id = $1::uuid AND a.state <> 'deleted'
