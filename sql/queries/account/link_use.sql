UPDATE link SET used_at = now() WHERE id = $1::uuid
