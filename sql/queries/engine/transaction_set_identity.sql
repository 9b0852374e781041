-- $1 account, $2 'on' for the program itself, $3 organisation and $4 product that a program is bound to.
-- Local to the transaction, so it works behind a pooler in transaction mode too.
SELECT set_config('app.account_id', $1, true), set_config('app.is_system', $2, true),
       set_config('app.client_siret', $3, true), set_config('app.client_product', $4, true)
