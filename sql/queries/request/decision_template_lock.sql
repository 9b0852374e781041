-- $1 product, $2 template
SELECT t.version FROM decision_template t WHERE t.product = $1 AND t.id = $2::uuid FOR UPDATE
