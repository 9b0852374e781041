-- The requests that had one of these numbers in a former system. See requests_of_habilitations.
CREATE OR REPLACE FUNCTION former_requests_numbered(numbers bigint[]) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        IF numbers = '{}' THEN
            RETURN '{}';
        END IF;
        RETURN ARRAY(SELECT f.request_id FROM former_request f WHERE f.number = ANY (numbers::text[]));
    END $$;
