-- Whether a responsible person of a program counts now; where none does, it is let in no more.
CREATE OR REPLACE FUNCTION client_is_backed(c client) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN EXISTS (SELECT FROM client_backers(c));
    END
    $$;
