-- $1 account, $2 filter
DELETE FROM saved_filter WHERE account_id = $1::uuid AND id = $2::uuid RETURNING id
