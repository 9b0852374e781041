-- The median delay of decisions over the last three months. Over all requests, regardless of the reader:
-- hence the program's own identity inside.
CREATE OR REPLACE FUNCTION median_wait(asked_product text) RETURNS interval
    LANGUAGE sql STABLE
    SET app.is_system = 'on'
    AS $$
        SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY d.at - d.submitted_at)
        FROM decision d JOIN request r ON r.id = d.request_id
        WHERE d.at > now() - interval '3 months' AND d.submitted_at IS NOT NULL
          AND (asked_product IS NULL OR r.product = asked_product)
    $$;
