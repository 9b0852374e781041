#include "core/typed.h"
#include "base/buf.h"
#include "base/text.h"
#include "base/unicode.h"
#include "core/search.h"
#include "security/hmac.h"
#include <string.h>

enum { DIGITS = 32, DIGESTS_BYTES_MAX = 64 << 10 };

/* Filters whose values tell of nobody: the others are what somebody typed. */
static const char *const PLAIN[] = {
    "product", "use_case", "state",  "siret",      "relation", "sort",    "assignee", "from", "to",
    "window",  "status",   "format", "error_code", "endpoint", "request", "action",   NULL,
};

static bool is_plain(const char *name, const char *value) {
    return text_is_one_of(PLAIN, name) || text_is_uuid(value);
}

/* One spelling for what finds the same: see search_read_words. */
static const char *normalise(struct arena *arena, const char *text) {
    struct field_errors ignored;
    field_errors_init(&ignored, arena);
    const char *words = search_read_words(&ignored, "", text);
    return text_lower(arena, words == NULL ? unicode_plain(arena, text) : words);
}

static const char *digest(struct arena *arena, const struct derived_key *key, const char *text) {
    return arena_printf(arena, "hmac:%.*s", DIGITS,
                        hmac_sha256_keyed(arena, &key->key, normalise(arena, text)));
}

struct value *typed_digest_all(struct arena *arena, const struct seal_key *master,
                               const struct value *detail) {
    const struct derived_key key = derived_key_of(arena, master, DERIVED_KEY_TYPED);
    struct value *kept = value_object(arena);
    VALUE_EACH (member, detail) {
        const char *text = value_text_of(member.value);
        value_set(kept, member.name,
                  text == NULL || is_plain(member.name, text)
                      ? value_copy(arena, member.value)
                      : value_text(arena, digest(arena, &key, text)));
    }
    return kept;
}

const char *typed_digests(struct arena *arena, const struct derived_key *keys, const char *text) {
    struct buf list;
    buf_init(&list, arena, DIGESTS_BYTES_MAX);
    for (const char *separator = "{"; keys != NULL; keys = keys->next, separator = ",") {
        buf_printf(&list, "%s%s", separator, digest(arena, keys, text));
    }
    buf_putc(&list, '}');
    return buf_text(&list);
}
