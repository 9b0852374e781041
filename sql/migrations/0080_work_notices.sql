-- Workers hear of work at once and need not ask several times a second: channel `work`, payload mail, job
-- or webhook. What is due later is found by its time, and a lost notification by a poll.
CREATE FUNCTION work_notify() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
    BEGIN
        PERFORM pg_notify('work', TG_ARGV[0]);
        RETURN NULL;
    END $$;
CREATE TRIGGER outbox_work AFTER INSERT OR UPDATE OF next_attempt_at ON outbox
    FOR EACH ROW WHEN (NEW.state = 'pending' AND NEW.next_attempt_at <= now())
    EXECUTE FUNCTION work_notify('mail');
CREATE TRIGGER job_work AFTER INSERT OR UPDATE OF run_at ON job
    FOR EACH ROW WHEN (NEW.run_at <= now()) EXECUTE FUNCTION work_notify('job');
CREATE TRIGGER webhook_event_work AFTER INSERT ON webhook_event
    FOR EACH ROW WHEN (NOT NEW.dispatched) EXECUTE FUNCTION work_notify('webhook');
CREATE TRIGGER webhook_attempt_work AFTER INSERT OR UPDATE OF due_at ON webhook_attempt
    FOR EACH ROW WHEN (NEW.state = 'pending' AND NEW.due_at <= now())
    EXECUTE FUNCTION work_notify('webhook');
