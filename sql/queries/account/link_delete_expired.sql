DELETE FROM link WHERE expires_at < now() - interval '7 days' OR used_at < now() - interval '7 days'
