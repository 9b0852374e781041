#ifndef GUICHET_ACCOUNT_REQUEST_IMPORT_H
#define GUICHET_ACCOUNT_REQUEST_IMPORT_H
/* Requests of DataPass that were granted: taken over with organisation, applicant, contacts, files, decision,
 * habilitation and token, at their former dates and under their former number, which stays known. No mail is sent and
 * no webhook called. Importing the same file again changes nothing, and says what the file tells otherwise than then.
 */
#include "core/context.h"
#include "product/former_form.h"

/* What holds for every row of a file. Everything is borrowed. */
struct request_import {
    const struct former_form *form;
    const char *files;  /* folder; NULL: files are not taken over */
    const char *run_by; /* the account of who runs the import, for the audit; NULL: not said */
    bool makes_tokens;  /* where a granted request has none */
    bool dry_run;
};

enum request_import_outcome {
    REQUEST_IMPORT_ADDED,
    REQUEST_IMPORT_PRESENT,   /* was taken over before, from the same content */
    REQUEST_IMPORT_CHANGED,   /* the same, from another content; `notes` say where it differs */
    REQUEST_IMPORT_NOT_TAKEN, /* nothing of it is taken over; `notes` say why */
    REQUEST_IMPORT_REFUSED,   /* for the caller, where the row is wrong */
    REQUEST_IMPORT_OUTCOMES,
};

struct request_import_result {
    enum request_import_outcome outcome;
    const char *number;    /* in the former system; NULL: could not be read */
    const char *email_key; /* of the applicant whose account was made; NULL: none was */
    bool has_new_token;
};

/* The active account of an address, for `run_by`. ERR_NOT_FOUND: none. */
MUST_CHECK enum err request_import_find_account(struct context *context, const char *email,
                                                const char **id);

/* Takes over one row, in a transaction of its own that a dry run rolls back (so it sees each row alone). Asks the
 * directory and the scanner before. `notes`: what of the row is not taken over, or stands out. ERR_INVALID, ERR_CONFLICT:
 * what is wrong with the row is in context->errors, by its name in the file, or in context->detail. Thread-safe. */
MUST_CHECK enum err request_import_row(struct context *context, const struct request_import *import,
                                       const struct value *document, struct field_errors *notes,
                                       struct request_import_result *result);

#endif
