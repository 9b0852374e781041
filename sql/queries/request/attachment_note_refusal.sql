-- The scanner refuses to look at the file. $1 file, $2 how many refusals are enough
UPDATE attachment SET scan_refusals = scan_refusals + 1, scan_given_up = scan_refusals + 1 >= $2::bigint
WHERE id = $1::uuid AND scan = 'pending'
