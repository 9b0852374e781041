-- The hash of an audit row of before the seals: over the former row's hash and every column, in a fixed form.
CREATE OR REPLACE FUNCTION audit_row_hash(previous bytea, entry audit) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
        SELECT sha256(coalesce(previous, ''::bytea) || convert_to(jsonb_build_array(
            entry.id, api_time(entry.at), entry.actor_kind, entry.actor_id, entry.action,
            entry.subject_type, entry.subject_id, entry.product, entry.siret, entry.detail,
            entry.address, entry.request_id)::text, 'UTF8'))
    $$;
