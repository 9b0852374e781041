#ifndef GUICHET_BASE_ERR_H
#define GUICHET_BASE_ERR_H
/* The kinds of failures, one row each in errors.def. A function that can fail returns `enum err` and
 * is MUST_CHECK; call first, test after. Thread-safe. */

enum err {
    ERR_NONE = 0,
#define ERROR_KIND(name, status, slug, title) ERR_##name,
#include "base/errors.def"
#undef ERROR_KIND
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* HTTP status of a failure (RFC 9110); 200 for ERR_NONE. */
int err_status(enum err e);
/* Last part of the problem type URI (RFC 9457). Static text. */
const char *err_slug(enum err e);
/* French title shown to people. Static text. */
const char *err_title(enum err e);

/* `return err_internal("…")`: gives ERR_INTERNAL, and notes why, in English and without anything that a caller sent.
 * The one way to it: whoever answers 500 logs what was noted (event internal_error). */
#define err_internal(cause) err_note_internal(__FILE__, __LINE__, (cause))
enum err err_note_internal(const char *file, int line, const char *cause);
/* What this thread noted last, "api/security/seal.c:110: …"; "" where nothing was since err_forget_cause. Valid until
 * the next note of the thread. */
const char *err_cause(void);
void err_forget_cause(void);

/* Leaves the calling function with the failure of `call`, if any. */
#define TRY(call)                                                                                  \
    do {                                                                                           \
        const enum err try_error_ = (call);                                                        \
        if (try_error_ != ERR_NONE) {                                                              \
            return try_error_;                                                                     \
        }                                                                                          \
    } while (0)

#endif
