-- The request of each habilitation, NULL for a number that none has. In plpgsql, which a list of requests that names no
-- habilitation does not even plan.
CREATE OR REPLACE FUNCTION requests_of_habilitations(numbers bigint[]) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF numbers = '{}' THEN
            RETURN '{}';
        END IF;
        RETURN ARRAY(SELECT (SELECT h.request_id FROM habilitation h WHERE h.number = n) FROM unnest(numbers) n);
    END $$;
