-- active, expired or revoked, now.
CREATE OR REPLACE FUNCTION token_state(revoked_at timestamptz, expires_at timestamptz) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT CASE WHEN revoked_at <= now() THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'active' END
    $$;
