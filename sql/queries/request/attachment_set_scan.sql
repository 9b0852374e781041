-- $1 file, $2 verdict
UPDATE attachment SET scan = $2 WHERE id = $1::uuid AND scan = 'pending'
