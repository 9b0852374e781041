-- Trigger: the habilitations of a request follow its state and its organisation.
CREATE OR REPLACE FUNCTION request_place_habilitations() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET app.is_system = 'on'
    AS $$
    BEGIN
        UPDATE habilitation h SET state = habilitation_state_in(h, NEW)
        WHERE h.request_id = NEW.id AND h.state <> habilitation_state_in(h, NEW);
        RETURN NULL;
    END $$;
