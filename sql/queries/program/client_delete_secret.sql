-- The access tokens got with it go too. $1 secret, $2 client
DELETE FROM client_secret WHERE id = $1::uuid AND client_id = $2::uuid RETURNING id
