#ifndef GUICHET_EXPORT_EXPORT_H
#define GUICHET_EXPORT_EXPORT_H
/* The exports of an account: asked for, listed, given out. What is returned lives in the context's arena. One thread,
 * that of the context. Failures beside those named are those of an act. */
#include "base/value.h"
#include "core/context.h"
#include "core/page.h"
#include "export/export_order.h"

/* Asks for an export and answers 202 with it. ERR_CONFLICT, with `*running` its id, while another one of the account is
 * made; otherwise as export_source_check. */
MUST_CHECK enum err export_create(struct context *context, const struct export_order *order,
                                  const char **running);
/* A page of the actor's exports, as JSON. */
MUST_CHECK enum err export_list(struct context *context, const struct page *page,
                                const char **document);
/* One of them. ERR_NOT_FOUND: there is none, or its time is over. */
MUST_CHECK enum err export_read(struct context *context, const char *id, const char **document);
/* Deletes it and answers 204; one that is being made stops. */
MUST_CHECK enum err export_delete(struct context *context, const char *id);

/* A file that is being given out. */
struct export_file {
    const struct services *services;
    const char *account_id;
    const char *id;
    const char *name; /* static text */
    bool as_json;
    int64_t place; /* of the next piece */
};
/* Checks that the actor may still have it. ERR_CONFLICT: it is not ready; ERR_FORBIDDEN: the roles of the actor are no
 * longer those that it was made with; otherwise as export_source_check. */
MUST_CHECK enum err export_open(struct context *context, const char *id, struct export_file *out);
/* Appends the next piece to `out`; `*is_over` behind the last, with nothing appended. */
MUST_CHECK enum err export_next_piece(struct export_file *file, struct arena *arena,
                                      struct buf *out, bool *is_over);

/* The job that makes one: {"export": id}. */
MUST_CHECK enum err export_make(struct context *context, const struct value *payload);
/* The job that deletes those whose time is over. */
MUST_CHECK enum err export_delete_expired(struct context *context);

#endif
