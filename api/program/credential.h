#ifndef GUICHET_PROGRAM_CREDENTIAL_H
#define GUICHET_PROGRAM_CREDENTIAL_H
/* What API clients and webhooks have in common: each has an owner, is bound to an organisation or a product,
 * and has one or two secrets, so that a program can change from one secret to the next without a pause. A
 * secret is shown once, when it is made.
 *
 * A subject describes itself by a constant `struct credential_kind`; the acts here are the same for both.
 * Thread-safe. Failures beside those named are those of act_begin and act_commit (core/act.h). */
#include "base/value.h"
#include "core/act.h"
#include "core/page.h"
#include "sql/program.h"

enum { SECRETS_MAX = 2 };

/* A secret that was just made; in the context's arena. */
struct new_secret {
    const char *id;
    const char *secret;
    const char *created_at;
    const char *expires_at; /* NULL: it has no end */
};

/* `id` is the client or webhook, `owner` who asks: an account, or the program that a webhook belongs to. */
struct credential_kind {
    const char *subject_type; /* in the audit, before the dot of its acts ("client.delete"), and the
                                 member with the document in the answer to its creation */
    const char *secret_name;  /* the member with the secret there */
    int64_t count_max;        /* per account */
    const char *too_many;     /* French sentences: the account has count_max of them, */
    const char *too_many_secrets; /* it has SECRETS_MAX, */
    const char *last_secret;      /* this is the only one, */
    const char *not_responsible;  /* the actor sees it, and may not change it */
    bool is_of_program;           /* one that a program made is the program's, not its person's */
    bool is_client;               /* else a webhook */
    const char *secret_mail;      /* template: there is a new secret */
    enum err (*count)(struct tx *tx, int64_t *held, const char *owner);
    enum err (*find_document)(struct tx *tx, struct credential_document *document, const char *id,
                              const char *owner); /* ERR_NOT_FOUND where there is none */
    enum err (*lock)(struct tx *tx, struct credential_row *row, const char *id,
                     const char *owner); /* likewise */
    enum err (*remove)(struct tx *tx, const char *id);
    enum err (*touch)(struct tx *tx, const char *id);
    enum err (*count_secrets)(struct tx *tx, int64_t *count, const char *id);
    /* `expires_at`: RFC 3339, or NULL */
    enum err (*add_secret)(struct context *context, struct tx *tx, const char *id,
                           const char *expires_at, struct new_secret *secret);
    enum err (*remove_secret)(struct tx *tx, size_t *affected, const char *secret_id,
                              const char *id);
};

/* ERR_FORBIDDEN where the actor is no active member of the organisation. */
MUST_CHECK enum err credential_check_member(struct context *context, struct tx *tx,
                                            const char *siret);
/* Whose the actor's are: the program's itself where the kind says so, else the account's. */
const char *credential_owner(const struct credential_kind *kind, const struct actor *actor);
/* ERR_CONFLICT where the owner has as many as it may. Locks the account until the end of `tx`. */
MUST_CHECK enum err credential_check_count(struct context *context, struct tx *tx,
                                           const struct credential_kind *kind);
/* Locks one for a change. ERR_NOT_FOUND where the actor sees none with this id, ERR_FORBIDDEN where they are
 * not responsible for it. */
MUST_CHECK enum err credential_lock(struct act *act, const struct credential_kind *kind,
                                    const char *id, struct credential_row *row);
/* The same for an act that made a secret: who answers for the credential is told by mail. */
MUST_CHECK enum err credential_commit_secret(struct act *act, const struct credential_kind *kind,
                                             const char *verb, const struct credential_row *row,
                                             const struct act_answer *answer);
/* Commits the creation of `row`: its first secret with its end (NULL: none), and the answer with document and
 * secret. */
MUST_CHECK enum err credential_commit_created(struct act *act, const struct credential_kind *kind,
                                              const struct credential_row *row,
                                              const char *expires_at);
/* Commits the act named `verb` ("update") on `row`, which is not deleted, answering 200 and its document. */
MUST_CHECK enum err credential_commit_changed(struct act *act, const struct credential_kind *kind,
                                              const char *verb, const struct credential_row *row);
/* Commits the act named `verb` on `row`; `answer` as in core/act.h. */
MUST_CHECK enum err credential_commit(struct act *act, const struct credential_kind *kind,
                                      const char *verb, const struct credential_row *row,
                                      const struct act_answer *answer);

/* {id, secret, created_at, expires_at}: the secret itself, once. In the arena. */
struct value *credential_render_secret(struct arena *arena, const struct new_secret *secret);

/* The document, JSON text in the arena, and its version. ERR_NOT_FOUND as above. */
MUST_CHECK enum err credential_read(struct context *context, const struct credential_kind *kind,
                                    const char *id, const char **json, int64_t *version);
/* Answers 204. ERR_NOT_FOUND as above. */
MUST_CHECK enum err credential_delete(struct context *context, const struct credential_kind *kind,
                                      const char *id);
/* Answers 201 and the secret. ERR_NOT_FOUND as above; ERR_CONFLICT where it has two already. */
MUST_CHECK enum err credential_add_secret(struct context *context,
                                          const struct credential_kind *kind, const char *id,
                                          const char *expires_at);
/* Answers 204. ERR_NOT_FOUND as above and for another secret than its own; ERR_CONFLICT for its only one. */
MUST_CHECK enum err credential_delete_secret(struct context *context,
                                             const struct credential_kind *kind, const char *id,
                                             const char *secret_id);

#endif
