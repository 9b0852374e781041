#ifndef GUICHET_REQUEST_REQUEST_CHECK_H
#define GUICHET_REQUEST_REQUEST_CHECK_H
/* Whether a request may be submitted, and what stands out in it: shown to the applicant before the
 * submission and to the instructor beside the request. Results live in the context's arena. One thread,
 * that of the context. */
#include "request/request_view.h"
#include "sql/request.h"

struct request_report {
    struct field_errors missing; /* every reason why a submission would be refused */
    const struct value *checks;  /* schema Checks of openapi.yaml */
    size_t warnings_count;       /* checks that are a warning or blocking */
    struct attachment_facts *files;
    size_t files_count;
};

/* What the checks compare the request with. */
struct request_check_facts {
    bool controller_is_member;
    const struct value *domains; /* texts: of the organisation's members, and trusted ones */
    const struct value
        *duplicates; /* {id, number, state} of the newest ten requests for the same thing */
    int64_t duplicates_count; /* all of them */
    struct attachment_facts *files;
    size_t files_count;
};

/* The rules alone, without a database. */
void request_check_apply(struct arena *arena, const struct request_view *view,
                         const struct request_check_facts *facts, struct request_report *report);
/* Reads what it needs beside `view` in the transaction. Failures are those of the statements: what is
 * missing is no failure. */
MUST_CHECK enum err request_check(struct context *context, struct tx *tx,
                                  const struct request_view *view, struct request_report *report);
/* The document of GET /v1/requests/{id}/checks. ERR_NOT_FOUND, ERR_FORBIDDEN: see request_view_read. */
MUST_CHECK enum err request_check_show(struct context *context, const char *id,
                                       const struct value **document);

#endif
