-- What these relations entitle to, whatever state the token is in.
CREATE OR REPLACE FUNCTION token_rights(relations text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    AS $$
    BEGIN
        RETURN (SELECT coalesce(array_agg(act), '{}')
                FROM (VALUES ('reveal', ARRAY['applicant', 'technical']),
                             ('prolong', ARRAY['applicant']),
                             ('rotate', ARRAY['applicant', 'technical']),
                             ('revoke', ARRAY['applicant', 'technical', 'instructor', 'manager']),
                             ('set_addresses', ARRAY['applicant', 'technical']),
                             ('share', ARRAY['applicant', 'technical']),
                             ('read_usage', ARRAY['applicant', 'technical', 'business', 'reporter', 'instructor', 'manager', 'admin']),
                             ('read_calls', ARRAY['applicant', 'technical']),
                             ('set_alerts', ARRAY['applicant', 'technical', 'business'])) rights (act, who)
                WHERE who && relations);
    END
    $$;
