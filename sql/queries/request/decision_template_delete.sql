-- $1 product, $2 template
DELETE FROM decision_template WHERE product = $1 AND id = $2::uuid RETURNING id
