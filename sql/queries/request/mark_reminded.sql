-- Neither version nor date of change move: nothing in it changed. $1 request
UPDATE request SET reminded_at = now() WHERE id = $1::uuid
