-- The file as it counts: what was approved last or, before any approval, what was typed. A reopened draft gives and takes
-- nothing until it is approved.
CREATE OR REPLACE FUNCTION fields_in_force(r request) RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    AS $$
    BEGIN
        RETURN coalesce((SELECT habilitation_fields(h) FROM habilitation h WHERE h.id = r.habilitation_id), r.fields);
    END
    $$;
