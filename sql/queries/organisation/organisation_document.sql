-- For who belongs to it, whatever the state, and for support. $1 siret, $2 account, $3 sees all,
-- $4 the only one that a program may see, or NULL
SELECT organisation_json(o)::text AS document, o.version
FROM organisation o
WHERE o.siret = $1 AND ($4::text IS NULL OR o.siret = $4::text)
  AND ($3::boolean OR EXISTS (SELECT FROM membership m WHERE m.siret = o.siret AND m.account_id = $2::uuid
                                AND m.state NOT IN ('pending', 'left')))
