-- Trigger: workers hear of work at once on channel `work`; payload mail, job or webhook.
CREATE OR REPLACE FUNCTION work_notify() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_notify('work', TG_ARGV[0]);
        RETURN NULL;
    END $$;
