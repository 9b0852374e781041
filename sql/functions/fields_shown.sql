-- The form as it was typed, without the keys by which its contacts are compared.
CREATE OR REPLACE FUNCTION fields_shown(fields jsonb) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
        SELECT CASE WHEN fields ? 'contacts'
                    THEN jsonb_set(fields, '{contacts}', coalesce(
                             (SELECT jsonb_object_agg(c.key, c.value - '{email_key,phone_key}'::text[])
                              FROM jsonb_each(fields -> 'contacts') c), '{}'))
                    ELSE fields END
    $$;
