#ifndef GUICHET_PROGRAM_CREDENTIAL_H
#define GUICHET_PROGRAM_CREDENTIAL_H
/* What API clients and webhooks have in common: each belongs to the account that created it, is seen
 * by it alone, is bound to an organisation or a product, and holds one or two live secrets, so that a
 * program changes from one to the other without a pause. A secret is shown once, when it is made.
 * The kind gives the statements and the sentences. Thread-safe: kinds are constant. */
#include "core/context.h"
#include "core/page.h"
#include "engine/sql.h"
#include "engine/tx.h"

enum { SECRETS_MAX = 2 };

struct new_secret {
    const char *id;
    const char *secret;
    const char *created_at;
};

struct credential_kind {
    const char *subject_type; /* in the audit, and before the dot of its acts: "client.delete" */
    /* $1 its id, $2 the account */
    const struct sql *document; /* document, version */
    const struct sql *lock;     /* id, product, siret and what the kind needs */
    /* $1 its id */
    const struct sql *remove;
    const struct sql *touch;
    const struct sql *count_secrets; /* secrets */
    /* $1 the secret's id, $2 its own */
    const struct sql *remove_secret;
    const struct sql *list;  /* $1 account, then the page */
    const struct sql *count; /* $1 account; held */
    size_t count_max;
    /* Sentences. */
    const char *too_many;
    const char *too_many_secrets;
    const char *last_secret;
    enum err (*add_secret)(struct context *context, struct tx *tx, const char *id,
                           struct new_secret *secret);
};

/* Begins the transaction of a change. `identity` is filled and must live as long as it. */
MUST_CHECK enum err credential_begin(struct context *context, struct identity *identity,
                                     struct tx *tx);
/* ERR_FORBIDDEN where the actor is no active member. */
MUST_CHECK enum err credential_check_member(struct context *context, struct tx *tx,
                                            const char *siret);
/* ERR_CONFLICT where the account holds as many as it may. */
MUST_CHECK enum err credential_check_count(struct context *context, struct tx *tx,
                                           const struct credential_kind *kind);
/* ERR_NOT_FOUND where the actor holds none of this id. */
MUST_CHECK enum err credential_lock(struct context *context, struct tx *tx,
                                    const struct credential_kind *kind, const char *id,
                                    struct rows **rows);
/* The audit entry of `act` ("update") on a row with id, product and siret; last write of its tx. */
MUST_CHECK enum err credential_audit(struct context *context, struct tx *tx,
                                     const struct credential_kind *kind, const char *act,
                                     const struct rows *rows);
/* ERR_NOT_FOUND as above; the same within a transaction and as one of its own. */
MUST_CHECK enum err credential_document(struct context *context, struct tx *tx,
                                        const struct credential_kind *kind, const char *id,
                                        const char **json, int64_t *version);
MUST_CHECK enum err credential_read(struct context *context, const struct credential_kind *kind,
                                    const char *id, const char **json, int64_t *version);
/* What follows the insertion, whose row (id, product, siret) is `rows`: the first secret, the
 * document, the record. */
MUST_CHECK enum err credential_finish(struct context *context, struct tx *tx,
                                      const struct credential_kind *kind, const struct rows *rows,
                                      const char **json, int64_t *version, const char **secret);
MUST_CHECK enum err credential_list(struct context *context, const struct credential_kind *kind,
                                    const struct page *page, const char **json);
MUST_CHECK enum err credential_delete(struct context *context, const struct credential_kind *kind,
                                      const char *id);
/* ERR_CONFLICT where two live already. */
MUST_CHECK enum err credential_add_secret(struct context *context,
                                          const struct credential_kind *kind, const char *id,
                                          struct new_secret *secret);
/* ERR_CONFLICT for the last one. */
MUST_CHECK enum err credential_delete_secret(struct context *context,
                                             const struct credential_kind *kind, const char *id,
                                             const char *secret_id);

#endif
