#include "gateway/catalogue.h"
#include "base/text.h"
#include "gateway/catalogue_read.h"
#include "gateway/provider/provider.h"
#include <string.h>

/* A tree with one level per path segment. */
struct catalogue_node {
    const char *segment;
    struct catalogue_node *children;
    struct catalogue_node *next;
    struct catalogue_node *parameter;
    const struct endpoint *endpoint; /* NULL where no endpoint ends here */
};

static struct catalogue_node *step(struct arena *arena, struct catalogue_node *node,
                                   const char *segment, size_t length) {
    struct catalogue_node **link = &node->children;
    if (segment[0] == '{') {
        link = &node->parameter;
    } else {
        while (*link != NULL && (strncmp((*link)->segment, segment, length) != 0 ||
                                 (*link)->segment[length] != '\0')) {
            link = &(*link)->next;
        }
    }
    if (*link == NULL) {
        *link = ARENA_NEW(arena, struct catalogue_node);
        (*link)->segment = arena_strndup(arena, segment, length);
    }
    return *link;
}

const struct catalogue_node *catalogue_tree(struct arena *arena, const struct endpoint *endpoints,
                                            size_t count) {
    struct catalogue_node *root = ARENA_NEW(arena, struct catalogue_node);
    for (size_t i = 0; i < count; i++) {
        struct catalogue_node *node = root;
        for (const char *at = endpoints[i].path; *at == '/';) {
            const size_t length = strcspn(at + 1, "/");
            node = step(arena, node, at + 1, length);
            at += 1 + length;
        }
        node->endpoint = &endpoints[i];
    }
    return root;
}

struct walk {
    char *segments[CALL_PARAMS_MAX];
    size_t count;
    const char **values;
};

/* A literal segment precedes {name}. */
static const struct endpoint *descend(struct walk *walk, const struct catalogue_node *node,
                                      size_t at, size_t parameters) {
    if (at == walk->count) {
        return node->endpoint;
    }
    const struct catalogue_node *child = node->children;
    while (child != NULL && strcmp(child->segment, walk->segments[at]) != 0) {
        child = child->next;
    }
    const struct endpoint *found = child == NULL ? NULL : descend(walk, child, at + 1, parameters);
    if (found == NULL && node->parameter != NULL && *walk->segments[at] != '\0') {
        found = descend(walk, node->parameter, at + 1, parameters + 1);
        if (found != NULL) {
            walk->values[parameters] = walk->segments[at];
        }
    }
    return found;
}

const struct endpoint *catalogue_match(const struct catalogue_product *product, struct arena *arena,
                                       const char *path, const char *values[CALL_PARAMS_MAX]) {
    struct walk walk = {.values = values};
    char *at = arena_strdup(arena, path);
    while (true) {
        if (walk.count == CALL_PARAMS_MAX) {
            return NULL;
        }
        walk.segments[walk.count++] = at;
        at = strchr(at, '/');
        if (at == NULL) {
            return descend(&walk, product->root, 0, 0);
        }
        *at++ = '\0';
    }
}

const struct catalogue_product *catalogue_find(const struct catalogue *catalogue, const char *id) {
    for (size_t i = 0; i < catalogue->count; i++) {
        if (strcmp(catalogue->products[i].id, id) == 0) {
            return &catalogue->products[i];
        }
    }
    return NULL;
}

enum err catalogue_init(struct catalogue *catalogue, struct arena *arena,
                        const struct products *products, const struct config *config,
                        struct field_errors *errors) {
    *catalogue = (struct catalogue){0};
    scope_names_init(&catalogue->scopes);
    catalogue_read(catalogue, arena, products, config, errors);
    return field_errors_verdict(errors);
}

void catalogue_clear(struct catalogue *catalogue) {
    for (size_t i = 0; i < catalogue->count; i++) {
        for (size_t j = 0; j < catalogue->products[i].providers_count; j++) {
            provider_clear(&catalogue->products[i].providers[j]);
        }
    }
    scope_names_clear(&catalogue->scopes);
}

struct value *catalogue_list_opened(const struct catalogue_product *product, struct arena *arena,
                                    const struct scope_set *scopes) {
    struct value *paths = value_array(arena);
    for (size_t i = 0; i < product->endpoints_count; i++) {
        const struct endpoint *endpoint = &product->endpoints[i];
        if (endpoint->is_free || scope_set_meets(&endpoint->scopes, scopes)) {
            value_push(paths, value_text(arena, endpoint->path));
        }
    }
    return paths;
}
