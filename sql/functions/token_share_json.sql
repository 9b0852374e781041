-- A link that shows a token's string once; its secret is not in it. One that nobody backs any more counts as cancelled.
CREATE OR REPLACE FUNCTION token_share_json(s token_share) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', s.id,
            'email', s.email,
            'state', CASE WHEN s.used_at IS NOT NULL THEN 'used' WHEN s.cancelled_at IS NOT NULL THEN 'cancelled'
                          WHEN s.expires_at <= now() THEN 'expired'
                          WHEN NOT token_share_is_backed(s) THEN 'cancelled' ELSE 'pending' END,
            'created_at', api_time(s.created_at),
            'expires_at', api_time(s.expires_at),
            'used_at', api_time(s.used_at),
            'created_by', person_json(s.created_by))
    $$;
