DELETE FROM session WHERE expires_at < now() OR last_seen_at < now() - interval '12 hours'
