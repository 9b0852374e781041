-- The same for a job that nobody waits for: ten minutes a statement.
-- :exec (account text, is_system text, client_siret text, client_product text, staff_second_factor text)
SELECT set_config('app.account_id', $1, true), set_config('app.is_system', $2, true),
       set_config('app.client_siret', $3, true), set_config('app.client_product', $4, true),
       set_config('app.staff_second_factor', $5, true),
       set_config('statement_timeout', '10min', true)
