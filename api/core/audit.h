#ifndef GUICHET_CORE_AUDIT_H
#define GUICHET_CORE_AUDIT_H
/* Proof that the audit is what the program wrote. Two macs (HMAC-SHA-256) by keys that are derived from the
 * master key, which the database does not hold:
 *  - the tag of a row, made before it is written: a row that another program wrote is recognised;
 *  - the seal of a row, made once it is committed: it covers the row, its number and time, and the seal before.
 * So nothing is changed, removed, added or put in another order unnoticed, by the database's owner either. What
 * is cut off at the end is found by a head (place and mac of a seal) that is kept elsewhere: in the log, beside a
 * copy. An address is covered by a mac in its place, so that it can be forgotten. Thread-safe. */
#include "base/value.h"
#include "core/context.h"

enum { AUDIT_HEAD_BYTES = 96, AUDIT_PROBLEMS_MAX = 20, AUDIT_KINDS = 6 };

/* Adds `nonce` and `tag` to a row that is about to be written (core/act.c). */
void audit_tag(struct arena *arena, const struct seal_key *master, struct value *row);

/* How often this process has written the audit: the sealer waits for it to change. */
uint64_t audit_written_count(void);
void audit_note_written(void);

/* The last seal, and what waits. */
struct audit_state {
    char head[AUDIT_HEAD_BYTES]; /* "12:a0b1…"; "": nothing is sealed yet */
    int64_t waits_s;             /* how long the oldest row has been waiting */
};
MUST_CHECK enum err audit_state(struct pool *pool, struct arena *arena, struct audit_state *state);

/* Seals rows that are committed, some hundreds at most. `*has_more`: there may be more of them. Nothing happens
 * while another process seals. A row that the program did not write is never sealed: event audit_refused. */
MUST_CHECK enum err audit_seal(const struct services *services, struct arena *arena,
                               bool *has_more);

/* The job of retention: addresses of rows that are older than GUICHET_ADDRESS_MONTHS and sealed. */
MUST_CHECK enum err audit_forget_addresses(struct context *context);

struct audit_report {
    int64_t sealed_count;
    int64_t waiting_count;   /* rows without a seal yet */
    int64_t forgotten_count; /* sealed rows whose address was forgotten */
    int64_t forgotten_us;    /* when the latest of them was written; 0: none */
    size_t problems_count;   /* up to AUDIT_PROBLEMS_MAX of a kind */
    const char *problems[AUDIT_KINDS * AUDIT_PROBLEMS_MAX]; /* English sentences, in the arena */
};

/* Reads the whole audit in `pool` and compares it with its macs, and with the heads in `heads` (any text that
 * holds some, NULL for none: a log, or what stands beside a copy). ERR_INVALID: a text without a head. */
MUST_CHECK enum err audit_verify(const struct services *services, struct pool *pool,
                                 struct arena *arena, const char *heads,
                                 struct audit_report *report);

#endif
