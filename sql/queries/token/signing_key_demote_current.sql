UPDATE signing_key SET state = 'previous', previous_at = now() WHERE state = 'current'
