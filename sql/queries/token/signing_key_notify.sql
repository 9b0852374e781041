SELECT pg_notify('signing_key', '')
