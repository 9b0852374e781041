-- A link goes as far as who made it: no right to share the string any more, and the link shows it no more.
CREATE OR REPLACE FUNCTION token_share_is_backed(s token_share) RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
    BEGIN
        RETURN EXISTS (
            SELECT FROM token t
            WHERE t.id = s.token_id
              AND 'share' = ANY (token_rights(token_relations(t.request_id, t.habilitation_id, t.product, t.siret,
                                                              s.created_by))));
    END
    $$;
