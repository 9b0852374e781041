#ifndef GUICHET_HABILITATION_HABILITATION_H
#define GUICHET_HABILITATION_HABILITATION_H
/* Habilitations: the immutable copies of a request that each approval makes, and what is printed of them.
 * Documents are JSON text in the context's arena. One thread, that of the context. */
#include "core/context.h"
#include "core/page.h"
#include "product/product.h"

struct habilitation_filter {
    const char *state; /* active, superseded, revoked; NULL: any, as for the others */
    const char *product;
    const char *siret;
    const char *request_id;
};

/* A page of what the actor sees. */
MUST_CHECK enum err habilitation_list(struct context *context,
                                      const struct habilitation_filter *filter,
                                      const struct page *page, const char **document);
/* For those who see the whole request. ERR_NOT_FOUND, ERR_FORBIDDEN: see request_view_read. */
MUST_CHECK enum err habilitation_show(struct context *context, const char *id,
                                      const char **document);
/* What anybody may check who has the code of the printed document; no personal data. ERR_NOT_FOUND: nothing
 * has this code. */
MUST_CHECK enum err habilitation_confirm(struct context *context, const char *code,
                                         const char **document);

/* What the printed document says. Texts are as typed, in the arena; NULL where there is none. */
struct habilitation_paper {
    const char *number; /* "H45" */
    const char *request_number;
    const char *product;
    const char *use_case;
    const char *organisation;
    const char *siret;
    const char *applicant;
    const char *controller; /* "Zoé Lefèvre, maire"; NULL where the form names nobody */
    const char *officer;
    const char *title;
    const char *description;
    struct texts procedures;
    const char *legal_text;
    const char *legal_url;
    const char *mission;
    const char *recipients;
    int64_t retention_months;
    const char *retention_justification;
    struct texts scopes; /* labels */
    struct texts refused_scopes;
    struct texts justifications; /* "label : text", of what is granted */
    struct texts files;          /* names */
    const char *terms_version;
    const char *approved_on; /* "23/11/2026" */
    const char *printed_on;
    const char *reason;
    const char *message;
    bool is_active;
    const char *confirmation_code;
    const char *confirmation_url;
};

/* Failures: those of habilitation_show. */
MUST_CHECK enum err habilitation_read_paper(struct context *context, const char *id,
                                            struct habilitation_paper *paper);

#endif
