-- An organisation as the contract shows it.
CREATE OR REPLACE FUNCTION organisation_json(o organisation) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'siret', o.siret,
            'version', o.version,
            'state', CASE o.state WHEN 'pending_directory' THEN 'pending_directory' ELSE 'active' END,
            'name', o.name,
            'legal_category', o.legal_category,
            'address', o.address,
            'open', CASE o.state WHEN 'open' THEN true WHEN 'closed' THEN false END,
            'eligible', o.eligible,
            'eligibility_ground', o.eligibility_ground,
            'directory_checked_at', api_time(o.directory_checked_at),
            'active_members', (SELECT count(*) FROM membership m JOIN account a ON a.id = m.account_id
                               WHERE m.siret = o.siret AND m.state = 'active' AND account_is_active(a)))
    $$;
