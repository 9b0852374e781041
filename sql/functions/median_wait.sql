-- The median delay of decisions on a product over the last three months, or on all of them: of the last thousand, where
-- there are more, so that its price does not grow with the country. Regardless of the reader: hence the program's own
-- identity inside.
CREATE OR REPLACE FUNCTION median_wait(asked_product text) RETURNS interval
    LANGUAGE plpgsql STABLE
    SET app.is_system = 'on'
    SET plan_cache_mode = force_custom_plan
    AS $$
    BEGIN
        RETURN (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d.at - d.submitted_at)
                FROM (SELECT l.at, l.submitted_at FROM decision l
                      WHERE l.at > now() - interval '3 months' AND l.submitted_at IS NOT NULL
                        AND (asked_product IS NULL OR l.product = asked_product)
                      ORDER BY l.at DESC LIMIT 1000) d);
    END
    $$;
