-- $1 account, $2 siret
SELECT EXISTS (SELECT FROM membership m WHERE m.account_id = $1::uuid AND m.siret = $2 AND m.state = 'active') AS is_member
