-- Its secrets and access tokens go with it. $1 client
DELETE FROM client WHERE id = $1::uuid
