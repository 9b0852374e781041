-- Whom row-level security sees until the end of the transaction. Local to it, so that it works behind a
-- pooler in transaction mode too.
-- :exec (account text,
--        is_system text,       -- on for the program itself, else off
--        client_siret text,    -- the organisation that a program is bound to, or empty
--        client_product text,  -- the same for a product
--        staff_second_factor text)  -- on: roles that decide need a second factor
SELECT set_config('app.account_id', $1, true), set_config('app.is_system', $2, true),
       set_config('app.client_siret', $3, true), set_config('app.client_product', $4, true),
       set_config('app.staff_second_factor', $5, true)
