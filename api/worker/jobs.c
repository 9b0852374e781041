#include "worker/jobs.h"
#include "account/account_admin.h"
#include "account/account_mail.h"
#include "account/account_retention.h"
#include "core/access_log.h"
#include "core/audit.h"
#include "core/idempotency.h"
#include "core/outbox.h"
#include "core/quota.h"
#include "export/export.h"
#include "organisation/directory.h"
#include "program/client_admin.h"
#include "program/client_person.h"
#include "program/webhook_delivery.h"
#include "request/attachment.h"
#include "request/request_messages.h"
#include "request/request_stale.h"
#include "request/request_transfer.h"
#include "token/token_notice.h"
#include "token/token_share.h"
#include "usage/usage.h"
#include <string.h>

const struct job_kind JOB_KINDS[] = {
    {"account_mail", 0, .run_with = account_mail_run},
    {"second_factor_resets", 60, .run = account_admin_run_resets},
    {"token_notices", 60, .run = token_send_notices},
    {"token_revocations", 30, .run = token_tell_revocations},
    {"planned_revocation", 0, .run = token_tell_revocations},
    {"complete_organisations", 60, .run = directory_complete_organisations},
    {"retain_accounts", 3600, .run = account_delete_expired},
    {"inactive_accounts", 3600, .run = account_retain_inactive},
    {"access_tokens", 3600, .run = client_delete_expired},
    {"stopped_programs", 60, .run = client_person_tell_stopped},
    {"mails", 3600, .run = outbox_delete_old},
    {"audit_addresses", 3600, .run = audit_forget_addresses},
    {"token_addresses", 3600, .run = token_forget_addresses},
    {"idempotency_keys", 3600, .run = idempotency_delete_old},
    {"quotas", 3600, .run = quota_delete_expired},
    {"message_mail", 0, .run_with = message_mail_run},
    {"closed_requests", 3600, .run = request_delete_closed},
    {"stale_requests", 3600, .run = request_stale_remind_or_archive},
    {"takeovers", 60, .run = request_takeover_run},
    {"scan_attachments", 30, .run = attachment_scan_pending},
    {"usage_roll_up", 60, .run = usage_roll_up},
    {"usage_keep", 3600, .run = usage_keep},
    {"usage_alerts", 60, .run = usage_tell_alerts},
    {"access_log", 3600, .run = access_log_delete_old},
    {"make_export", 0, .is_slow = true, .run_with = export_make},
    {"expired_exports", 600, .run = export_delete_expired},
    {"webhook_events", 86400, .run = webhook_delete_old},
};

const size_t JOB_KINDS_COUNT = sizeof JOB_KINDS / sizeof JOB_KINDS[0];

int64_t job_retry_delay_s(int64_t attempts) {
    const int64_t doublings = attempts > 6 ? 6 : attempts - 1;
    return INT64_C(60) << (doublings < 0 ? 0 : doublings);
}

const struct job_kind *job_kind_find(const char *kind) {
    for (size_t i = 0; i < JOB_KINDS_COUNT; i++) {
        if (strcmp(JOB_KINDS[i].kind, kind) == 0) {
            return &JOB_KINDS[i];
        }
    }
    return NULL;
}
