-- Trigger: a request moves by a pair of the table request_transition, or not at all.
CREATE OR REPLACE FUNCTION request_check_transition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        IF NOT EXISTS (SELECT FROM request_transition t
                       WHERE t.event = NEW.last_event
                         AND t.from_state = CASE TG_OP WHEN 'INSERT' THEN 'none' ELSE OLD.state END
                         AND t.to_state = NEW.state) THEN
            RAISE EXCEPTION 'illegal transition' USING ERRCODE = '23514', CONSTRAINT = 'request_transition_legal';
        END IF;
        RETURN NEW;
    END $$;
