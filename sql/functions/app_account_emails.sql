-- The key of the address of the account that asks, as contacts are compared; empty where it does not count.
-- pg_dump empties the search path, and an owner whom row-level security holds plans the policies with it: what
-- they inline names its schema.
CREATE OR REPLACE FUNCTION app_account_emails() RETURNS text[]
    LANGUAGE sql STABLE
    AS $$
        SELECT coalesce((SELECT ARRAY[a.email_key] FROM public.account a
                         WHERE a.id = public.app_account_id() AND public.account_is_active(a)), '{}')
    $$;
