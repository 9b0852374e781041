-- What an event says of a request, without a person: `contacts` are those that were theirs, whose changes say nothing
-- any more; in the file as it was submitted they keep their place (see contacts_forget). A transfer says to or from whom
-- no more.
CREATE OR REPLACE FUNCTION event_forget(detail jsonb, contacts text[], emails text[]) RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$
        SELECT detail
            || CASE WHEN detail ? 'changes' THEN jsonb_build_object('changes', (
                   SELECT coalesce(jsonb_agg(CASE
                       WHEN c.value ->> 'pointer' LIKE '/contacts/%'
                            AND split_part(c.value ->> 'pointer', '/', 3) = ANY (contacts)
                       THEN c.value || '{"new": null, "former": null}'
                       WHEN c.value ->> 'pointer' = '/applicant'
                       THEN c.value || CASE WHEN lower(c.value ->> 'new') = ANY (emails) THEN '{"new": null}' ELSE '{}'::jsonb END
                                    || CASE WHEN lower(c.value ->> 'former') = ANY (emails) THEN '{"former": null}' ELSE '{}'::jsonb END
                       ELSE c.value END ORDER BY c.ordinality), '[]')
                   FROM jsonb_array_elements(detail -> 'changes') WITH ORDINALITY c)) ELSE '{}' END
            || CASE WHEN detail #> '{fields,contacts}' IS NOT NULL THEN jsonb_build_object('fields', jsonb_set(
                   detail -> 'fields', '{contacts}', contacts_forget(detail #> '{fields,contacts}', emails))) ELSE '{}' END
    $$;
