-- Changes as the history shows them: without those of the keys by which contacts are compared.
CREATE OR REPLACE FUNCTION changes_document(changes jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT coalesce(jsonb_agg(c.value ORDER BY c.ordinality), '[]')
        FROM jsonb_array_elements(changes) WITH ORDINALITY c
        WHERE c.value ->> 'pointer' NOT SIMILAR TO '/contacts/%\_key'
    $$;
