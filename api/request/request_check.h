#ifndef GUICHET_REQUEST_REQUEST_CHECK_H
#define GUICHET_REQUEST_REQUEST_CHECK_H
/* What a submission would answer, and what stands out: shown to the applicant before he submits and
 * to the instructor beside the file. */
#include "request/request_view.h"

struct request_report {
    struct field_errors missing; /* every reason why a submission would be refused */
    const struct value *checks;  /* as in the contract's Checks */
    size_t warnings_count;       /* checks that are a warning or blocking */
};

MUST_CHECK enum err request_check(struct context *context, struct tx *tx,
                                  const struct request_view *file, struct request_report *report);
/* GET /v1/requests/{id}/checks. */
MUST_CHECK enum err request_check_show(struct context *context, const char *id,
                                       const struct value **document);

#endif
