-- The rights that make sense now.
CREATE OR REPLACE FUNCTION token_permissions(t token, relations text[]) RETURNS text[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(act), '{}') FROM unnest(token_rights(relations)) act
                WHERE CASE
                    WHEN act IN ('read_usage', 'read_calls') THEN true
                    WHEN token_state(t.revoked_at, t.expires_at) = 'revoked' THEN false
                    WHEN act = 'prolong' THEN now() BETWEEN t.expires_at - interval '90 days' AND t.expires_at + interval '90 days'
                    WHEN act = 'revoke' THEN true
                    ELSE token_state(t.revoked_at, t.expires_at) = 'active'
                END);
    END
    $$;
