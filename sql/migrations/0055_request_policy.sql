-- What a program is bound to is read once a statement, not once a row.
ALTER POLICY request_of_client ON request USING (
    coalesce((SELECT app_client_siret()) = siret, true)
    AND coalesce((SELECT app_client_product()) = product, true));
