-- Keeps the verdict of the scanner on a file that waited for it.
-- :exec (attachment uuid, scan text)
UPDATE attachment SET scan = $2 WHERE id = $1::uuid AND scan = 'pending'
