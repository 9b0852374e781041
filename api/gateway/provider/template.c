#include "gateway/provider/template.h"
#include <string.h>

static size_t count_openings(const char *text) {
    size_t count = 0;
    for (const char *at = strstr(text, "{{"); at != NULL; at = strstr(at + 2, "{{")) {
        count++;
    }
    return count;
}

void template_compile(struct arena *arena, const char *text, template_look_up constants,
                      void *state, struct template *out) {
    struct template_piece *pieces =
        ARENA_ARRAY(arena, struct template_piece, 2 * count_openings(text) + 1);
    size_t count = 0;
    const char *at = text;
    for (const char *open = strstr(at, "{{"); open != NULL; open = strstr(at, "{{")) {
        const char *close = strstr(open, "}}");
        if (close == NULL) {
            break;
        }
        pieces[count++] = (struct template_piece){.text = at, .length = (size_t)(open - at)};
        const char *name = arena_strndup(arena, open + 2, (size_t)(close - open) - 2);
        const char *known = constants(state, name);
        pieces[count].name = known == NULL ? name : NULL;
        pieces[count].text = known;
        pieces[count].length = known == NULL ? 0 : strlen(known);
        count++;
        at = close + 2;
    }
    pieces[count++] = (struct template_piece){.text = at, .length = strlen(at)};
    *out = (struct template){.pieces = pieces, .count = count};
}

const char *template_find_unknown(const struct template *template, template_look_up look_up,
                                  void *state) {
    for (size_t i = 0; i < template->count; i++) {
        const char *name = template->pieces[i].name;
        if (name != NULL && look_up(state, name) == NULL) {
            return name;
        }
    }
    return NULL;
}

const char *template_render(const struct template *template, struct arena *arena,
                            template_look_up look_up, void *state, size_t *length) {
    const char **texts = ARENA_ARRAY(arena, const char *, template->count);
    size_t *lengths = ARENA_ARRAY(arena, size_t, template->count);
    size_t total = 0;
    for (size_t i = 0; i < template->count; i++) {
        const struct template_piece *piece = &template->pieces[i];
        texts[i] = piece->name == NULL ? piece->text : look_up(state, piece->name);
        lengths[i] = piece->name == NULL ? piece->length : texts[i] == NULL ? 0 : strlen(texts[i]);
        total += lengths[i];
    }
    char *out = arena_alloc(arena, total + 1);
    size_t used = 0;
    for (size_t i = 0; i < template->count; i++) {
        if (lengths[i] > 0) {
            memcpy(out + used, texts[i], lengths[i]);
            used += lengths[i];
        }
    }
    *length = total;
    return out;
}
