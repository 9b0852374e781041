-- Without a subquery, so that it becomes part of the statement that calls it.
CREATE OR REPLACE FUNCTION request_row_json(r request, organisation_name text, applicant json, assignee json,
                                 unread_messages bigint, use_case_name text) RETURNS json
    LANGUAGE sql STABLE
    AS $$
        SELECT json_build_object(
            'view', 'summary',
            'id', r.id,
            'number', 'D' || r.number,
            'product', r.product,
            'use_case', r.use_case,
            'use_case_name', use_case_name,
            'state', r.state,
            'reopened', r.reopened,
            'version', r.version,
            'siret', r.siret,
            'organisation_name', organisation_name,
            'applicant', applicant,
            'applicant_valid', r.siret = ANY (applicant_sirets(r.applicant_id)),
            'assignee', assignee,
            'title', r.fields ->> 'title',
            'unread_messages', unread_messages,
            'warnings', r.warnings,
            'created_at', api_time(r.created_at),
            'updated_at', api_time(r.updated_at),
            'submitted_at', api_time(r.submitted_at),
            'decided_at', api_time(r.decided_at))
    $$;
