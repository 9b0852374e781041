-- Keeps the organisation that a person acts for while they may act for it, else takes another one of theirs.
-- :exec (account uuid)
UPDATE account a
SET current_siret = coalesce(
        (SELECT m.siret FROM membership m WHERE m.account_id = a.id AND m.siret = a.current_siret
           AND m.state IN ('active', 'external')),
        (SELECT m.siret FROM membership m WHERE m.account_id = a.id AND m.state IN ('active', 'external')
         ORDER BY m.created_at, m.id LIMIT 1)),
    version = a.version + 1, updated_at = now()
WHERE a.id = $1::uuid
