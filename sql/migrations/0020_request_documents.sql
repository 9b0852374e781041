-- The documents of requests, built where the rows are. A function a document, so that it is the same
-- wherever it is shown.

CREATE FUNCTION epoch_us(at timestamptz) RETURNS bigint
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    AS $$ SELECT (extract(epoch FROM at) * 1000000)::bigint $$;

-- One cell of a CSV file (RFC 4180); what a spreadsheet would take for a formula is disarmed.
CREATE FUNCTION csv_cell(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE
            WHEN value IS NULL THEN ''
            WHEN value ~ '[",\r\n]' OR value ~ '^[-=+@\t]'
            THEN '"' || CASE WHEN value ~ '^[-=+@\t]' THEN '''' ELSE '' END
                     || replace(value, '"', '""') || '"'
            ELSE value END
    $$;

CREATE FUNCTION contact_document(contact jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT '{"kind": null, "given_name": null, "family_name": null, "email": null, "phone": null,
                 "job_title": null}'::jsonb || coalesce(contact, '{}')
    $$;

-- The members of the form that every request shows, filled in or not.
CREATE FUNCTION fields_document(fields jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT '{"procedures": [], "title": null, "description": null, "scopes": [],
                 "scope_justifications": {}, "recipients": null, "retention_months": null,
                 "retention_justification": null, "expected_volume": null, "production_date": null,
                 "public_service_mission": null}'::jsonb
            || (fields - '{terms_accepted,dpo_informed}'::text[])
            || jsonb_build_object(
                'legal_basis', '{"text": null, "url": null}'::jsonb
                               || coalesce(fields -> 'legal_basis', '{}'),
                'contacts', jsonb_build_object(
                    'data_controller', contact_document(fields #> '{contacts,data_controller}'),
                    'data_protection_officer',
                        contact_document(fields #> '{contacts,data_protection_officer}'),
                    'business', contact_document(fields #> '{contacts,business}'),
                    'technical', contact_document(fields #> '{contacts,technical}')))
    $$;

CREATE FUNCTION organisation_summary(asked_siret text) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object(
            'siret', o.siret,
            'name', CASE WHEN o.state <> 'pending_directory' THEN o.name END,
            'legal_category', o.legal_category,
            'address', o.address,
            'open', CASE o.state WHEN 'open' THEN true WHEN 'closed' THEN false END,
            'eligible', o.eligible,
            'eligibility_ground', o.eligibility_ground)
        FROM organisation o WHERE o.siret = asked_siret
    $$;

CREATE FUNCTION attachment_json(a attachment) RETURNS json
    LANGUAGE sql STABLE PARALLEL SAFE
    AS $$
        SELECT json_build_object('id', a.id, 'kind', a.kind, 'filename', a.file_name,
                                 'media_type', a.content_type, 'size_bytes', a.size_bytes,
                                 'scan', a.scan, 'created_at', api_time(a.created_at))
    $$;

-- Messages of the other side since this person last read.
CREATE FUNCTION unread_messages(asked_request uuid, viewer uuid, is_staff boolean) RETURNS bigint
    LANGUAGE sql STABLE
    AS $$
        SELECT count(*) FROM message m
        WHERE m.request_id = asked_request AND m.as_staff <> is_staff AND m.author_id <> viewer
          AND m.at > coalesce((SELECT r.read_until FROM message_read r
                               WHERE r.request_id = asked_request AND r.account_id = viewer), '-infinity')
    $$;

-- How long an answer took, half of the time, over the last three months. Over all requests, whoever
-- asks: hence the program's own identity inside.
CREATE FUNCTION median_wait(asked_product text) RETURNS interval
    LANGUAGE sql STABLE
    SET app.is_system = 'on'
    AS $$
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d.at - d.submitted_at)
        FROM decision d JOIN request r ON r.id = d.request_id
        WHERE d.at > now() - interval '3 months' AND d.submitted_at IS NOT NULL
          AND (asked_product IS NULL OR r.product = asked_product)
    $$;

CREATE FUNCTION request_summary(r request, viewer uuid, is_staff boolean, use_case_names jsonb) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'view', 'summary',
            'id', r.id,
            'number', 'D' || r.number,
            'product', r.product,
            'use_case', r.use_case,
            'use_case_name', coalesce(use_case_names #>> ARRAY[r.product, r.use_case], r.use_case),
            'state', r.state,
            'reopened', r.reopened,
            'version', r.version,
            'siret', r.siret,
            'organisation_name', (SELECT o.name FROM organisation o WHERE o.siret = r.siret),
            'applicant', person_json(r.applicant_id),
            'assignee', person_json(r.assignee_id),
            'title', r.fields ->> 'title',
            'unread_messages', unread_messages(r.id, viewer, is_staff),
            'warnings', r.warnings,
            'created_at', api_time(r.created_at),
            'updated_at', api_time(r.updated_at),
            'submitted_at', api_time(r.submitted_at),
            'decided_at', api_time(r.decided_at))
    $$;

CREATE FUNCTION request_json(r request, viewer uuid, is_staff boolean, permissions jsonb) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
        SELECT fields_document(r.fields) || jsonb_build_object(
            'view', 'full',
            'id', r.id,
            'number', 'D' || r.number,
            'product', r.product,
            'use_case', r.use_case,
            'state', r.state,
            'reopened', r.reopened,
            'version', r.version,
            'siret', r.siret,
            'organisation', organisation_summary(r.siret),
            'applicant', person_json(r.applicant_id),
            'assignee', person_json(r.assignee_id),
            'attachments', coalesce((SELECT jsonb_agg(attachment_json(a) ORDER BY a.created_at, a.id)
                                     FROM attachment a
                                     WHERE a.request_id = r.id AND a.deleted_at IS NULL), '[]'),
            'terms_accepted', coalesce((r.fields ->> 'terms_accepted')::boolean, false),
            'dpo_informed', coalesce((r.fields ->> 'dpo_informed')::boolean, false),
            'terms_version', r.terms_version,
            'form_version', r.form_version,
            'permissions', permissions,
            'unread_messages', unread_messages(r.id, viewer, is_staff),
            'habilitation_id', r.habilitation_id,
            'token_id', (SELECT t.id FROM token t WHERE t.request_id = r.id),
            'expected_decision_at', CASE WHEN r.state = 'submitted'
                                         THEN api_time(r.submitted_at + median_wait(r.product)) END)
            || jsonb_build_object(
            'created_at', api_time(r.created_at),
            'updated_at', api_time(r.updated_at),
            'submitted_at', api_time(r.submitted_at),
            'decided_at', api_time(r.decided_at))
    $$;

CREATE FUNCTION decision_json(d decision, is_staff boolean) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'id', d.id, 'request_id', d.request_id, 'outcome', d.outcome, 'reason', d.reason,
            'message', d.message, 'granted_scopes', d.granted_scopes,
            'refused_scopes', coalesce(d.refused_scopes, '{}'),
            'decided_by', CASE WHEN is_staff THEN person_json(d.decided_by) END,
            'decided_at', api_time(d.at),
            'habilitation_id', (SELECT h.id FROM habilitation h WHERE h.decision_id = d.id))
    $$;

-- active: the last one of a request that lives; superseded by a later one; revoked with its request.
CREATE FUNCTION habilitation_state(h habilitation) RETURNS text
    LANGUAGE sql STABLE
    AS $$
        SELECT CASE WHEN r.state IN ('revoked', 'archived') THEN 'revoked'
                    WHEN r.habilitation_id = h.id THEN 'active' ELSE 'superseded' END
        FROM request r WHERE r.id = h.request_id
    $$;

CREATE FUNCTION habilitation_summary(h habilitation) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
        SELECT jsonb_build_object(
            'id', h.id, 'number', 'H' || h.number, 'state', habilitation_state(h),
            'request_id', h.request_id,
            'request_number', (SELECT 'D' || r.number FROM request r WHERE r.id = h.request_id),
            'product', h.product, 'use_case', h.use_case, 'siret', h.siret,
            'organisation_name', h.snapshot #>> '{organisation,name}',
            'title', h.snapshot #>> '{fields,title}',
            'scopes', to_jsonb(h.scopes),
            'token_id', (SELECT t.id FROM token t WHERE t.request_id = h.request_id),
            'approved_at', api_time(h.approved_at))
    $$;
