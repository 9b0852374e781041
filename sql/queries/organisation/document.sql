-- For who belongs to it, whatever the state, and for support. $1 siret, $2 account, $3 sees all
SELECT organisation_json(o)::text AS document, o.version
FROM organisation o
WHERE o.siret = $1
  AND ($3::boolean OR EXISTS (SELECT FROM membership m WHERE m.siret = o.siret AND m.account_id = $2::uuid
                                AND m.state NOT IN ('pending', 'left')))
