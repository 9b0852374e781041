#ifndef GUICHET_HABILITATION_HABILITATION_H
#define GUICHET_HABILITATION_HABILITATION_H
/* The immutable snapshots made at each approval, and the document to be filed. */
#include "core/context.h"
#include "core/page.h"
#include "product/product.h"

struct habilitation_filter {
    const char *state; /* active, superseded, revoked; NULL: any; so for the others */
    const char *product;
    const char *siret;
    const char *request_id;
};

MUST_CHECK enum err habilitation_list(struct context *context,
                                      const struct habilitation_filter *filter,
                                      const struct page *page, const char **document);
/* For those who see the whole request. */
MUST_CHECK enum err habilitation_show(struct context *context, const char *id,
                                      const char **document);
/* What anybody who holds the document may check: no personal data. */
MUST_CHECK enum err habilitation_confirm(struct context *context, const char *code,
                                         const char **document);

/* What the document says. All texts as typed; NULL where there is none. */
struct habilitation_paper {
    const char *number; /* "H45" */
    const char *request_number;
    const char *product;
    const char *use_case;
    const char *organisation;
    const char *siret;
    const char *applicant;
    const char *controller; /* "Zoé Lefèvre, maire"; NULL where nobody is named, as below */
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

MUST_CHECK enum err habilitation_read_paper(struct context *context, const char *id,
                                            struct habilitation_paper *paper);

#endif
