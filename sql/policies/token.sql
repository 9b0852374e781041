-- A token is visible to those with a relation to it: see token_relations.
DROP POLICY IF EXISTS token_seen ON token;
CREATE POLICY token_seen ON token
    USING (app_is_system()
           OR token_relations(request_id, habilitation_id, product, siret, app_account_id()) <> '{}');
