-- The whole document of a request, for those who see all of it.
CREATE OR REPLACE FUNCTION request_json(r request, viewer uuid, is_staff boolean, permissions jsonb) RETURNS jsonb
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
            'applicant_valid', r.siret = ANY (applicant_sirets(r.applicant_id)),
            'takeover', (SELECT takeover_json(k) FROM living_takeover(r) k),
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
            'former', (SELECT jsonb_build_object('system', f.system, 'number', f.number,
                                                 'habilitation_number', f.habilitation_number,
                                                 'imported_at', api_time(f.imported_at))
                       FROM former_request f WHERE f.request_id = r.id),
            'created_at', api_time(r.created_at),
            'updated_at', api_time(r.updated_at),
            'submitted_at', api_time(r.submitted_at),
            'decided_at', api_time(r.decided_at))
    $$;
