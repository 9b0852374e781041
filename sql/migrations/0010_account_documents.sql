-- The documents of accounts and organisations, built where the rows are. A function a document, so
-- that it is the same wherever it is shown.

-- The part behind the @, as it is compared: lower-case ASCII, see account.email_key.
CREATE FUNCTION email_domain(email_key text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT split_part(email_key, '@', -1) $$;

CREATE FUNCTION person_json(person uuid) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object('id', a.id, 'email', a.email, 'given_name', a.given_name,
                                 'family_name', a.family_name)
        FROM account a WHERE a.id = person
    $$;

CREATE FUNCTION organisation_json(o organisation) RETURNS json
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
                               WHERE m.siret = o.siret AND m.state = 'active' AND a.state = 'active'))
    $$;

-- Support's words are for the person and for support.
CREATE FUNCTION membership_json(m membership, with_reason boolean) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'id', m.id,
            'version', m.version,
            'state', m.state,
            'ground', m.ground,
            'siret', m.siret,
            'organisation_name', (SELECT o.name FROM organisation o WHERE o.siret = m.siret),
            'account', person_json(m.account_id),
            'reason', CASE WHEN with_reason THEN m.reason END,
            'created_at', api_time(m.created_at),
            'resolved_at', api_time(m.resolved_at))
    $$;

-- Which roles ask for a second factor where the setting says so.
CREATE FUNCTION account_needs_second_factor(person uuid) RETURNS boolean
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT EXISTS (SELECT FROM staff_role s WHERE s.account_id = person AND s.role <> 'reporter')
    $$;

CREATE FUNCTION account_json(a account, staff_second_factor boolean) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'id', a.id,
            'version', a.version,
            'email', a.email,
            'pending_email', (SELECT l.payload ->> 'email' FROM link l
                              WHERE l.account_id = a.id AND l.kind = 'email_change'
                                AND l.used_at IS NULL AND l.expires_at > now()
                              ORDER BY l.created_at DESC LIMIT 1),
            'given_name', a.given_name,
            'family_name', a.family_name,
            'job_title', a.job_title,
            'phone', a.phone,
            'roles', (SELECT coalesce(json_agg(json_build_object('role', s.role, 'product', s.product)
                                               ORDER BY s.granted_at, s.id), '[]')
                      FROM staff_role s WHERE s.account_id = a.id),
            'current_siret', a.current_siret,
            'has_password', a.password_hash IS NOT NULL,
            'second_factor', json_build_object(
                'enrolled', EXISTS (SELECT FROM second_factor f
                                    WHERE f.account_id = a.id AND f.confirmed_at IS NOT NULL),
                'required', staff_second_factor AND account_needs_second_factor(a.id)),
            'notifications', jsonb_build_object('new_submission', true, 'message', true,
                                                'new_member', true) || a.notifications,
            'locale', a.locale,
            'created_at', api_time(a.created_at),
            'updated_at', api_time(a.updated_at))
    $$;
