#include "core/link_ending.h"
#include "base/value.h"
#include <string.h>

static enum err refuse_unknown(struct context *context) {
    field_errors_add(context->errors, "/token", "not_found",
                     "Ce lien n’est pas valable : copiez-le en entier, ou demandez-en un autre.");
    return ERR_INVALID;
}

/* The sentence with the time in the place of `{when}`. */
static const char *fill(struct arena *arena, const char *words, const char *told_at) {
    static const char PLACE[] = "{when}";
    const char *at = strstr(words, PLACE);
    return at == NULL ? words
                      : arena_printf(arena, "%.*s%s (heure de Paris)%s", (int)(at - words), words,
                                     told_at, at + sizeof PLACE - 1);
}

enum err link_ending_refuse(struct context *context, const struct link_words *words,
                            const char *ending, const char *at, const char *told_at) {
    const struct {
        const char *name;
        const char *words;
        enum err err;
    } endings[] = {
        {"used", words->used, ERR_LINK_USED},
        {"expired", words->expired, ERR_LINK_EXPIRED},
        {"replaced", words->replaced, ERR_LINK_REPLACED},
        {"ended", words->ended, ERR_LINK_ENDED},
    };
    for (size_t i = 0; ending != NULL && i < sizeof endings / sizeof *endings; i++) {
        if (strcmp(ending, endings[i].name) == 0 && endings[i].words != NULL) {
            context->members = value_object(context->arena);
            value_set_text(context->arena, context->members, "link_ended_at", at);
            return context_fail(context, endings[i].err,
                                fill(context->arena, endings[i].words, told_at));
        }
    }
    return refuse_unknown(context);
}
