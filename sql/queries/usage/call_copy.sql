-- Writes rows of the call log.
-- :copy ()
COPY call (at, token_id, endpoint, params, context, object, recipient, status, error_code, duration_us, provider_us, request_id, address, is_sandbox) FROM STDIN
