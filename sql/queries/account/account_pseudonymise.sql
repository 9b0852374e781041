-- Takes the person out of an account. The row stays, because what the law requires to keep refers to it.
-- :exec (account uuid)
UPDATE account
SET state = 'deleted', deleted_at = now(), updated_at = now(), version = version + 1,
    email = 'compte-supprime-' || id || '@invalid', email_key = 'compte-supprime-' || id || '@invalid',
    given_name = 'Compte', family_name = 'supprimé', job_title = NULL, phone = NULL,
    password_hash = NULL, notifications = '{}', current_siret = NULL, last_login_at = NULL,
    suspended_at = NULL, suspended_until = NULL, suspension_reason = NULL, suspended_by = NULL
WHERE id = $1::uuid AND state <> 'deleted'
