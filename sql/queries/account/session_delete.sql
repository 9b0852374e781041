-- $1 session; the provider's id_token, for its logout
DELETE FROM session WHERE id = $1::uuid RETURNING id_token
