-- Its secrets and attempts go with it. $1 webhook
DELETE FROM webhook WHERE id = $1::uuid
