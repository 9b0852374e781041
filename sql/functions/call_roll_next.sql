-- Rolls up at most one hour that ended five minutes ago or earlier, or one that got late calls.
-- False where nothing was left to do.
CREATE OR REPLACE FUNCTION call_roll_next() RETURNS boolean
    LANGUAGE plpgsql SET timezone = 'UTC'
    AS $$
    DECLARE
        next timestamptz;
        done timestamptz;
    BEGIN
        SELECT r.until INTO done FROM call_rolled r FOR UPDATE;
        IF done + interval '1 hour' <= clock_timestamp() - interval '5 minutes' THEN
            PERFORM call_roll_hour(done);
            UPDATE call_rolled SET until = done + interval '1 hour';
            IF date_trunc('day', done + interval '1 hour') > date_trunc('day', done) THEN
                PERFORM call_roll_day(date_trunc('day', done));
            END IF;
            RETURN true;
        END IF;
        DELETE FROM call_late_hour l
        WHERE l.hour = (SELECT min(m.hour) FROM call_late_hour m WHERE m.hour < done)
        RETURNING l.hour INTO next;
        IF next IS NULL THEN
            RETURN false;
        END IF;
        PERFORM call_roll_hour(next);
        IF date_trunc('day', next) < date_trunc('day', done) THEN
            PERFORM call_roll_day(date_trunc('day', next));
        END IF;
        RETURN true;
    END $$;
