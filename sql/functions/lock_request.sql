-- Keeps others from changing a request, then the ground on which its applicant acts, until the transaction ends. In two
-- statements, each with its own view of the data: anyone who waited for the first lock sees what was committed meanwhile.
CREATE OR REPLACE FUNCTION lock_request(asked uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM FROM request r WHERE r.id = asked FOR UPDATE;
        PERFORM FROM request r JOIN membership m ON m.account_id = r.applicant_id AND m.siret = r.siret
            WHERE r.id = asked FOR SHARE OF m;
    END
    $$;
