-- Retention: addresses in the audit; their rows stay, sealed over what stands for the address.
-- :affected (months int4, limit int4)
UPDATE audit SET address = NULL
WHERE id IN (SELECT a.id FROM audit a JOIN audit_seal s ON s.audit_id = a.id
             WHERE a.address IS NOT NULL AND a.at < now() - make_interval(months => $1::int)
             ORDER BY a.at LIMIT $2::int)
