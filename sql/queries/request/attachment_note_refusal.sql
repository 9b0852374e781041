-- Counts that the scanner refused to look at the file, which it is given up for at some number.
-- :exec (attachment uuid, refusals_max int8)
UPDATE attachment SET scan_refusals = scan_refusals + 1, scan_given_up = scan_refusals + 1 >= $2::bigint
WHERE id = $1::uuid AND scan = 'pending'
