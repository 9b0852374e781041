-- As set_identity, for a job that nobody waits for.
SELECT set_config('app.account_id', $1, true), set_config('app.is_system', $2, true),
       set_config('app.client_siret', $3, true), set_config('app.client_product', $4, true),
       set_config('statement_timeout', '10min', true)
