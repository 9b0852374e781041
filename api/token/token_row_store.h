#ifndef GUICHET_TOKEN_TOKEN_ROW_STORE_H
#define GUICHET_TOKEN_TOKEN_ROW_STORE_H
/* The rows of the tokens as their owners see and change them. Statements look the account's
 * relations to the token up themselves: a token that is nothing to it is not found. */
#include "base/value.h"
#include "engine/tx.h"

struct token_row {
    const char *id;
    const char *request_id;
    const char *subject_id;
    const char *product;
    const char *siret;
    const char *sealed_jwt;
    const char *scopes; /* JSON array */
    const char *rights; /* what the account may, separated by blanks, whatever the state */
    const char *state;  /* active, expired, revoked */
    int64_t version;
    int64_t next_issued_at_s; /* claim iat of the next string */
    int64_t expires_at_s;
    const char *expires_at; /* RFC 3339 */
    int64_t revoked_at_ms;  /* or when it will be; 0 for neither */
    bool plan_is_of_staff;  /* the instruction planned the revocation, and who asks is none of it */
    bool is_reopened;       /* its request is being changed */
    bool prolongation_open; /* 90 days or fewer are left */
    bool prolongation_over; /* expired for more than 90 days */
};

/* Locks the row until the end of the transaction. ERR_NOT_FOUND where the account sees no such
 * token. */
MUST_CHECK enum err token_row_lock(struct tx *tx, const char *id, const char *account_id,
                                   struct token_row *row);
/* The same without lock: id, request, product, siret, rights and state alone are filled. */
MUST_CHECK enum err token_row_find(struct tx *tx, const char *id, const char *account_id,
                                   struct token_row *row);
/* The document that the account sees, and its version. */
MUST_CHECK enum err token_row_document(struct tx *tx, const char *id, const char *account_id,
                                       const char **json, int64_t *version);

/* `addresses`: array of texts. */
MUST_CHECK enum err token_row_set_addresses(struct tx *tx, const char *id,
                                            const struct value *addresses);
struct token_rotation {
    const char *kid;
    const char *sealed_jwt;
    int64_t issued_at_s;
    int64_t overlap_days;
};
/* `*former_good_until`: RFC 3339. */
MUST_CHECK enum err token_row_rotate(struct tx *tx, const char *id,
                                     const struct token_rotation *rotation,
                                     const char **former_good_until);
/* `at`: RFC 3339 or NULL for now; `*dead` is false for a date to come. */
MUST_CHECK enum err token_row_revoke(struct tx *tx, const char *id, const char *account_id,
                                     const char *reason, const char *at, bool *dead);
/* `*withdrawn` is false where none is planned. */
MUST_CHECK enum err token_row_withdraw_revocation(struct tx *tx, const char *id, bool *withdrawn);
/* `*expires_at`: RFC 3339. */
MUST_CHECK enum err token_row_prolong(struct tx *tx, const char *id, int64_t months,
                                      const char **expires_at);
struct token_reveal {
    const char *how;        /* reveal, rotation or share */
    const char *account_id; /* NULL for a share */
    const char *client_id;  /* the account's program, or NULL */
    const char *share_id;   /* NULL but for a share */
    const char *address;
};
/* Notes that somebody saw the string. */
MUST_CHECK enum err token_row_note_reveal(struct tx *tx, const char *id,
                                          const struct token_reveal *reveal);
/* What is known of a string with these claims; NULL in `*json` where it is not good. */
MUST_CHECK enum err token_row_introspect(struct tx *tx, const char *id, int64_t issued_at_s,
                                         const char *issuer, const char **json);

/* Locks one token whose string this key signed and that may still be presented; `row->id` NULL
 * without. Rights, sealed string and what concerns a prolongation are not filled. */
MUST_CHECK enum err token_row_claim_signed_by(struct tx *tx, const char *kid,
                                              struct token_row *row);
/* Ends the overlaps of former strings that this key signed. */
MUST_CHECK enum err token_row_forget_former_of_key(struct tx *tx, const char *kid);

struct token_recipient {
    const char *email;
    const char *account_id; /* NULL without account */
};
/* The applicant and these contacts ("technical business"; NULL for every one), each address once. */
MUST_CHECK enum err token_row_list_recipients(struct tx *tx, const char *id, const char *contacts,
                                              struct token_recipient **recipients, size_t *count);
/* What mails say of it: members title, request_number, organisation_name, expires_on … */
MUST_CHECK enum err token_row_describe(struct tx *tx, const char *id, struct value **data);
/* One revocation whose date has come and that nobody was told of; `*id` NULL without. */
MUST_CHECK enum err token_row_claim_dead(struct tx *tx, const char **id, const char **request_id);
/* One token with a notice to be sent, the others of its past noted; `*id` NULL without. */
MUST_CHECK enum err token_row_claim_notice(struct tx *tx, const char **id, const char **request_id,
                                           int64_t *days);

#endif
