-- Neither version nor date of change move: nothing in it changed. No row where another worker was
-- faster. $1 request
UPDATE request SET reminded_at = now() WHERE id = $1::uuid AND reminded_at IS NULL
