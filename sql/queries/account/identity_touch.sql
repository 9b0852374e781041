UPDATE federated_identity SET last_used_at = now() WHERE issuer = $1 AND subject = $2
