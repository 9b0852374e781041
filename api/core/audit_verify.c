#include "base/json.h"
#include "core/audit.h"
#include "core/audit_mac.h"
#include "security/token_hash.h"
#include "sql/core.h"
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS_AT_ONCE = 1000, MAC_CHARACTERS = 64 };

struct verifying {
    const struct derived_key *keys;
    struct pool *pool;
    struct arena *arena; /* of the report */
    struct audit_report *report;
    int64_t after;                   /* the last place seen, whatever stands there */
    int64_t place;                   /* of the last seal of the chain seen, which begins at 1 */
    char previous[AUDIT_HEAD_BYTES]; /* its mac */
    int64_t first_sealed_us;
    size_t said_count; /* of the kind that is looked for */
};

static void say(struct verifying *verifying, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void say(struct verifying *verifying, const char *format, ...) {
    if (verifying->said_count++ >= AUDIT_PROBLEMS_MAX ||
        verifying->report->problems_count == (size_t)AUDIT_KINDS * AUDIT_PROBLEMS_MAX) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    verifying->report->problems[verifying->report->problems_count++] =
        arena_vprintf(verifying->arena, format, arguments);
    va_end(arguments);
}

/* NULL where none has this name. */
static const struct derived_key *find_key(const struct derived_key *keys, const char *id) {
    while (keys != NULL && strcmp(keys->id, id) != 0) {
        keys = keys->next;
    }
    return keys;
}

/* The address is the one that was sealed, or was forgotten. */
static bool is_address_sealed(const struct verifying *verifying, struct arena *arena,
                              const struct audit_record *record, const struct value *row) {
    const char *sealed = record->address_mac.or_null;
    if (value_get_text(row, "address") == NULL) {
        return true;
    }
    for (const struct derived_key *key = verifying->keys; sealed != NULL && key != NULL;
         key = key->next) {
        if (token_hash_equal(audit_address_mac(arena, key, row, record->audit_id), sealed)) {
            return true;
        }
    }
    return false;
}

static bool was_to_be_sealed(const struct verifying *verifying, struct arena *arena,
                             const struct audit_record *record, const struct value *row) {
    const char *address_mac = record->address_mac.or_null;
    return record->tag.or_null == NULL
               ? audit_may_be_untagged(verifying->first_sealed_us, record->sealed_us)
               : audit_is_ours(arena, verifying->keys, record, row, &address_mac);
}

static void note_forgotten(struct audit_report *report, const struct value *row,
                           const struct audit_record *record) {
    if (record->address_mac.or_null != NULL && value_get_text(row, "address") == NULL) {
        report->forgotten_count++;
        report->forgotten_us =
            record->at_us > report->forgotten_us ? record->at_us : report->forgotten_us;
    }
}

static bool is_whole(struct verifying *verifying, struct arena *arena,
                     const struct audit_record *record, const struct derived_key *key) {
    struct value *row = NULL;
    const char *text = record->row.or_null;
    if (json_parse(arena, text, strlen(text), &row, NULL) != ERR_NONE) {
        return false;
    }
    const char *content = audit_content(arena, row, record->address_mac.or_null);
    const char *mac = audit_seal_mac(arena, key, record, content, verifying->previous);
    note_forgotten(verifying->report, row, record);
    return token_hash_equal(mac, record->mac) && is_address_sealed(verifying, arena, record, row) &&
           was_to_be_sealed(verifying, arena, record, row);
}

static void verify_place(struct verifying *verifying, const struct audit_record *record) {
    const long long place = (long long)record->place;
    const long long expected = (long long)verifying->place + 1;
    if (place > expected) {
        say(verifying, "the places %lld to %lld are missing", expected, place - 1);
    } else if (place < expected) {
        say(verifying, "row %lld is sealed at place %lld, which is %s", (long long)record->audit_id,
            place, place < 1 ? "none" : "taken");
    }
}

static void verify_record(struct verifying *verifying, struct arena *arena,
                          const struct audit_record *record) {
    const long long row = (long long)record->audit_id;
    const struct derived_key *key = find_key(verifying->keys, record->key_id);
    verify_place(verifying, record);
    verifying->after = record->place;
    if (record->place <= verifying->place) {
        return;
    }
    if (record->row.or_null == NULL) {
        say(verifying, "row %lld is gone", row);
    } else if (key == NULL) {
        say(verifying, "row %lld is sealed with the key %s, which is none of those given", row,
            record->key_id);
    } else if (!is_whole(verifying, arena, record, key)) {
        say(verifying, "row %lld does not follow from the row before it and its own content", row);
    }
    verifying->place = record->place;
    if (verifying->first_sealed_us == 0) {
        verifying->first_sealed_us = record->sealed_us;
    }
    (void)snprintf(verifying->previous, sizeof verifying->previous, "%s", record->mac);
}

static enum err verify_some(struct verifying *verifying, bool *has_more) {
    ARENA_AUTO(arena);
    struct audit_record *records = NULL;
    size_t count = 0;
    struct tx once = tx_once(verifying->pool, &arena, IDENTITY_SYSTEM, TX_LONG);
    TRY(sql_audit_list_sealed(&once, &records, &count, .after = verifying->after,
                              .limit = ROWS_AT_ONCE));
    for (size_t i = 0; i < count; i++) {
        ARENA_AUTO(row);
        verify_record(verifying, &row, &records[i]);
    }
    verifying->report->sealed_count += (int64_t)count;
    *has_more = count == ROWS_AT_ONCE;
    return ERR_NONE;
}

/* What shares its place with another may be skipped where one reading ends and the next begins. */
static enum err verify_count(struct verifying *verifying) {
    ARENA_AUTO(arena);
    int64_t count = 0;
    verifying->said_count = 0;
    struct tx once = tx_once(verifying->pool, &arena, IDENTITY_SYSTEM, TX_LONG);
    TRY(sql_audit_count_sealed(&once, &count, .until = verifying->after));
    if (count != verifying->report->sealed_count) {
        say(verifying, "%lld rows stand where %lld are sealed: some share their place",
            (long long)count, (long long)verifying->report->sealed_count);
    }
    return ERR_NONE;
}

static enum err verify_seals(struct verifying *verifying) {
    bool has_more = true;
    verifying->after = INT64_MIN;
    while (has_more) {
        TRY(verify_some(verifying, &has_more));
    }
    return verify_count(verifying);
}

static bool may_wait(const struct verifying *verifying, struct arena *arena,
                     const struct audit_record *record) {
    struct value *row = NULL;
    const char *address_mac = NULL;
    const char *text = record->row.or_null;
    if (record->tag.or_null == NULL) {
        return true; /* whether it may be sealed is decided then */
    }
    return json_parse(arena, text, strlen(text), &row, NULL) == ERR_NONE &&
           audit_is_ours(arena, verifying->keys, record, row, &address_mac);
}

/* Rows that wait for their seal have their tag to show. */
static enum err verify_waiting(struct verifying *verifying) {
    int64_t after = INT64_MIN;
    size_t count = ROWS_AT_ONCE;
    verifying->said_count = 0;
    while (count == ROWS_AT_ONCE) {
        ARENA_AUTO(arena);
        struct audit_record *records = NULL;
        struct tx once = tx_once(verifying->pool, &arena, IDENTITY_SYSTEM, TX_LONG);
        TRY(sql_audit_list_unsealed(&once, &records, &count, .after = after,
                                    .limit = ROWS_AT_ONCE));
        for (size_t i = 0; i < count; i++) {
            after = records[i].audit_id;
            if (!may_wait(verifying, &arena, &records[i])) {
                say(verifying, "row %lld, which waits for its seal, was changed", (long long)after);
            }
        }
        verifying->report->waiting_count += (int64_t)count;
    }
    return ERR_NONE;
}

static enum err list_rows(struct verifying *verifying, const char *sentence,
                          enum err (*list)(struct tx *tx, int64_t **ids, size_t *count)) {
    int64_t *ids = NULL;
    size_t count = 0;
    struct tx once = tx_once(verifying->pool, verifying->arena, IDENTITY_SYSTEM, TX_LONG);
    TRY(list(&once, &ids, &count));
    verifying->said_count = 0;
    for (size_t i = 0; i < count; i++) {
        say(verifying, "row %lld %s", (long long)ids[i], sentence);
    }
    return ERR_NONE;
}

/* Where `text` begins with a head, its length; 0 otherwise. */
static size_t head_length(const char *text, int64_t *place) {
    char *end = NULL;
    if (*text < '1' || *text > '9') {
        return 0;
    }
    *place = strtoll(text, &end, 10);
    const size_t digits = *end == ':' ? strspn(end + 1, "0123456789abcdef") : 0;
    return digits == MAC_CHARACTERS ? (size_t)(end - text) + 1 + digits : 0;
}

static enum err verify_head(struct verifying *verifying, int64_t place, const char *mac) {
    ARENA_AUTO(arena);
    bool found = false;
    const char *stored = NULL;
    struct tx once = tx_once(verifying->pool, &arena, IDENTITY_SYSTEM, TX_READ);
    TRY(sql_audit_seal_find(&once, &found, &stored, .place = place));
    if (!found) {
        say(verifying, "the audit was cut: it ends before place %lld, which is a known head",
            (long long)place);
    } else if (!token_hash_equal(stored, arena_strndup(&arena, mac, MAC_CHARACTERS))) {
        say(verifying, "the audit was written anew: place %lld is not the known head",
            (long long)place);
    }
    return ERR_NONE;
}

static enum err verify_heads(struct verifying *verifying, const char *heads) {
    size_t known_count = 0;
    verifying->said_count = 0;
    for (const char *c = heads; *c != '\0';) {
        int64_t place = 0;
        const size_t length = head_length(c, &place);
        if (length > 0) {
            TRY(verify_head(verifying, place, c + length - MAC_CHARACTERS));
            known_count++;
        }
        c += length > 0 ? length : strspn(c, "0123456789") > 0 ? strspn(c, "0123456789") : 1;
    }
    return known_count == 0 ? ERR_INVALID : ERR_NONE;
}

enum err audit_verify(const struct services *services, struct pool *pool, struct arena *arena,
                      const char *heads, struct audit_report *report) {
    struct verifying verifying = {.pool = pool, .arena = arena, .report = report};
    struct tx once = tx_once(pool, arena, IDENTITY_SYSTEM, TX_READ);
    *report = (struct audit_report){0};
    TRY(derived_keys_find(&once, services->master_key, DERIVED_KEY_AUDIT, &verifying.keys));
    TRY(verify_seals(&verifying));
    TRY(verify_waiting(&verifying));
    TRY(list_rows(&verifying, "was not written by the program, or its seal was taken away",
                  sql_audit_list_loose));
    TRY(list_rows(&verifying, "does not follow from the row before it (of before the seals)",
                  sql_audit_verify));
    return heads == NULL ? ERR_NONE : verify_heads(&verifying, heads);
}
