DELETE FROM job WHERE id = $1::uuid
