#ifndef GUICHET_ACCOUNT_REQUEST_IMPORT_ROW_H
#define GUICHET_ACCOUNT_REQUEST_IMPORT_ROW_H
/* A request of DataPass (GET /api/v1/demandes), read: what of it is taken over, and what is wrong with it. Pure, but
 * for the clock. Thread-safe. */
#include "core/context.h"
#include "core/email.h"
#include "core/siret.h"
#include "engine/statement.h"
#include "product/former_form.h"

struct request_import_row {
    const char *number;              /* digits */
    const char *habilitation_number; /* NULL: the file has none */
    bool is_taken;                   /* false: nothing is taken over of it; `notes` say why */
    bool is_revoked;
    const struct use_case *use_case;
    char siret[SIRET_TEXT_BYTES];
    struct email email; /* of the applicant */
    const char *given_name;
    const char *family_name;
    struct former_fields form;
    int64_t created_ms;
    struct nullable_int submitted_ms;
    int64_t approved_ms;
    struct nullable_int revoked_ms;
    const char *reason; /* of the revocation; NULL: not revoked */
};

/* ERR_INVALID: what is wrong is in context->errors, by its name in the file. `number` is set where it could be read. */
MUST_CHECK enum err request_import_row_read(struct context *context, struct field_errors *notes,
                                            const struct former_form *form,
                                            const struct value *document,
                                            struct request_import_row *out);
/* The number of the request, digits alone, in the arena; NULL: it has none, which is a mistake of the row. */
const char *request_import_row_number(struct arena *arena, const struct value *document);
/* The number of the habilitation that counts, digits alone, in the arena; NULL: the file has none. */
const char *request_import_row_habilitation(struct arena *arena, const struct value *document);
/* All that is taken over, the same text for the same content. `files`: see request_import_files_value. */
const char *request_import_row_text(struct arena *arena, const struct request_import_row *row,
                                    const struct value *files);

#endif
