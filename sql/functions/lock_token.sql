-- Keeps others from changing a token, then the membership by which the person who asks acts, until the transaction
-- ends: see lock_request.
CREATE OR REPLACE FUNCTION lock_token(asked uuid) RETURNS void
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM FROM token t WHERE t.id = asked FOR UPDATE;
        PERFORM FROM token t JOIN membership m ON m.siret = t.siret AND m.account_id = app_account_id()
            WHERE t.id = asked FOR SHARE OF m;
    END
    $$;
