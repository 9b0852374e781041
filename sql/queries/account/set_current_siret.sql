-- $1 id, $2 siret, or NULL for any other organisation that the person may act for
UPDATE account a
SET current_siret = coalesce($2, (SELECT m.siret FROM membership m
                                  WHERE m.account_id = a.id AND m.state IN ('active', 'external')
                                  ORDER BY m.created_at LIMIT 1)),
    version = a.version + 1, updated_at = now()
WHERE a.id = $1::uuid
