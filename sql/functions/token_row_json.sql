-- A token's document, from rows at hand: a statement that finds many renders them all at once.
CREATE OR REPLACE FUNCTION token_row_json(t token, relations text[], request_number bigint, applicant_name text,
                               snapshot jsonb, organisation_name text) RETURNS json
    LANGUAGE plpgsql STABLE
    AS $$
    DECLARE
        permissions text[] := token_permissions(t, relations);
    BEGIN
        RETURN json_build_object(
            'id', t.id,
            'version', t.version,
            'product', t.product,
            'request_id', t.request_id,
            'request_number', 'D' || request_number,
            'habilitation_id', t.habilitation_id,
            'siret', t.siret,
            'organisation_name', coalesce(organisation_name, t.siret),
            'title', coalesce(snapshot #>> '{fields,title}', ''),
            'scopes', t.scopes,
            'state', token_state(t.revoked_at, t.expires_at),
            'allowed_ips', (SELECT coalesce(json_agg(address_text(block) ORDER BY place), '[]')
                            FROM unnest(t.allowed_ips) WITH ORDINALITY list (block, place)),
            'created_at', api_time(t.created_at),
            'expires_at', api_time(t.expires_at),
            'prolongable_from', api_time(t.expires_at - interval '90 days'),
            'revoked_at', CASE WHEN t.revoked_at <= now() THEN api_time(t.revoked_at) END,
            'revocation_at', CASE WHEN t.revoked_at > now() THEN api_time(t.revoked_at) END,
            'revocation_reason', t.revocation_reason,
            'rotation', CASE WHEN t.previous_until > now() THEN json_build_object(
                'rotated_at', api_time(t.rotated_at),
                'good_until', api_time(t.previous_until),
                'last_called_at', api_time(t.previous_last_called_at)) END,
            'former_system', CASE WHEN t.former_system IS NOT NULL THEN json_build_object(
                'name', t.former_system,
                'good_until', api_time(t.former_until),
                'is_good', t.former_until > now(),
                'calls', t.former_calls,
                'last_called_at', api_time(t.former_last_called_at)) END,
            'last_called_at', api_time(t.last_called_at),
            'can_reveal', 'reveal' = ANY (permissions),
            'permissions', permissions,
            'who_to_ask', (
                SELECT coalesce(array_agg(DISTINCT name), '{}')
                FROM unnest(ARRAY[
                    applicant_name,
                    coalesce(nullif(trim(concat_ws(' ', snapshot #>> '{fields,contacts,technical,given_name}',
                                                   snapshot #>> '{fields,contacts,technical,family_name}')), ''),
                             snapshot #>> '{fields,contacts,technical,email}')]) name
                WHERE name IS NOT NULL));
    END
    $$;
