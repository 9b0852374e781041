#include "http/route.h"
#include "base/buf.h"
#include "base/json.h"
#include "core/scope.h"
#include "http/deprecation.h"
#include "http/uri.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A tree with one level per path segment, built once and read without locks. */
struct node {
    const char *segment;
    struct node *children; /* plain segments */
    struct node *next;
    struct node *parameter; /* {name} */
    struct node *rest;      /* {name...}, always a leaf */
    bool is_leaf;
    const struct route *routes[METHOD_HEAD + 1]; /* by method; HEAD is served by GET */
};

static struct node *root;

static const char *const METHODS[] = {
    [METHOD_GET] = "GET",     [METHOD_POST] = "POST",     [METHOD_PUT] = "PUT",
    [METHOD_PATCH] = "PATCH", [METHOD_DELETE] = "DELETE", [METHOD_HEAD] = "HEAD",
};

static const char *const ACCESSES[] = {
    [ACCESS_UNSET] = "unset",     [ACCESS_PUBLIC] = "public",
    [ACCESS_SESSION] = "session", [ACCESS_SESSION_RECENT] = "session_recent",
    [ACCESS_STAFF] = "staff",     [ACCESS_SUPPORT] = "support",
    [ACCESS_ADMIN] = "admin",     [ACCESS_CLIENT] = "client",
    [ACCESS_PROGRAM] = "program", [ACCESS_GATEWAY] = "gateway",
};

static const char *const BODIES[] = {
    [BODY_UNSET] = "unset",         [BODY_NONE] = "none",         [BODY_JSON] = "json",
    [BODY_PATCH] = "patch",         [BODY_ACT] = "act",           [BODY_FORM] = "form",
    [BODY_MULTIPART] = "multipart", [BODY_OPTIONAL] = "optional", [BODY_ANY_FORM] = "any_form",
};

static const char *const RATES[] = {
    [RATE_UNSET] = "unset", [RATE_NONE] = "none",           [RATE_READ] = "read",
    [RATE_WRITE] = "write", [RATE_DIRECTORY] = "directory", [RATE_LOGIN] = "login",
    [RATE_MAIL] = "mail",
};

const char *route_method_name(enum method method) {
    return METHODS[method];
}

const char *route_rate_name(enum rate_class rate) {
    return RATES[rate];
}

static bool is_parameter(const char *segment, size_t length) {
    return length > 2 && segment[0] == '{' && segment[length - 1] == '}';
}

static bool is_rest(const char *segment, size_t length) {
    return is_parameter(segment, length) && length > 5 &&
           strncmp(segment + length - 4, "...}", 4) == 0;
}

static struct node *node_new(const char *segment, size_t length) {
    struct node *node = calloc(1, sizeof *node);
    char *copy = strndup(segment, length);
    if (node == NULL || copy == NULL) {
        abort(); /* at start only */
    }
    node->segment = copy;
    return node;
}

/* The child of `node` for one segment of a route's path, made where missing. */
static struct node *node_step(struct node *node, const char *segment, size_t length) {
    struct node **link = &node->children;
    if (is_rest(segment, length)) {
        link = &node->rest;
    } else if (is_parameter(segment, length)) {
        link = &node->parameter;
    } else {
        while (*link != NULL && (strncmp((*link)->segment, segment, length) != 0 ||
                                 (*link)->segment[length] != '\0')) {
            link = &(*link)->next;
        }
    }
    if (*link == NULL) {
        *link = node_new(segment, length);
    }
    return *link;
}

/* A scope that nobody would look at is a lock painted on a door. */
static const char *scope_mistake(const struct route *route) {
    if (route->client_scope == NULL) {
        return route->access == ACCESS_PROGRAM ? "a route of programs names its scope" : NULL;
    }
    if (route->access == ACCESS_PUBLIC || route->access == ACCESS_GATEWAY) {
        return "nobody is asked for a scope on a public route, nor on the gateway";
    }
    if (route->access == ACCESS_CLIENT && strncmp(route->path, "/v1/oauth/", 10) != 0) {
        return "the handlers of /v1/oauth alone check scopes by themselves";
    }
    size_t count = 0;
    for (const char *at = route->client_scope; *at != '\0'; at += strspn(at, " ")) {
        const size_t length = strcspn(at, " ");
        if (!scope_is_known(at, length)) {
            return "no program can be given this scope";
        }
        at += length;
        count++;
    }
    return count > 0 ? NULL : "an empty scope opens to nobody";
}

const char *route_find_mistake(const struct route *route) {
    if (route->path == NULL || route->path[0] != '/' || route->handle == NULL) {
        return "path or handler is missing";
    }
    if (route->access == ACCESS_UNSET || route->body == BODY_UNSET || route->rate == RATE_UNSET ||
        route->query == NULL) {
        return "access, body, rate and query have no default";
    }
    if (route->method == METHOD_HEAD) {
        return "HEAD comes with GET";
    }
    if ((route->body == BODY_NONE) != (route->body_bytes_max == 0)) {
        return "a body needs a limit, and only a body";
    }
    const char *mistake = deprecation_find_mistake(route);
    return mistake != NULL ? mistake : scope_mistake(route);
}

const char *route_find_unused_scope(const struct route *rows, size_t count) {
    for (size_t i = 0; SCOPES[i] != NULL; i++) {
        bool is_asked = false;
        for (size_t j = 0; j < count && !is_asked; j++) {
            is_asked = rows[j].client_scope != NULL &&
                       scope_list_has(rows[j].client_scope, SCOPES[i], strlen(SCOPES[i]));
        }
        if (!is_asked) {
            return SCOPES[i];
        }
    }
    return NULL;
}

/* Adds a row to the tree; NULL on success, else what is wrong with the row. */
static const char *row_insert(const struct route *route) {
    struct node *node = root;
    for (const char *at = route->path; *at == '/';) {
        const size_t length = strcspn(at + 1, "/");
        node = node_step(node, at + 1, length);
        at += 1 + length;
    }
    if (node->routes[route->method] != NULL) {
        return "the same method and path come twice";
    }
    node->is_leaf = true;
    node->routes[route->method] = route;
    if (route->method == METHOD_GET) {
        node->routes[METHOD_HEAD] = route;
    }
    return NULL;
}

struct route_table route_table;

bool route_table_check(void) {
    bool good = true;
    if (root != NULL) {
        return true;
    }
    root = node_new("", 0);
    for (size_t i = 0; i < route_table.count; i++) {
        const char *mistake = route_find_mistake(&route_table.rows[i]);
        if (mistake == NULL) {
            mistake = row_insert(&route_table.rows[i]);
        }
        if (mistake != NULL) {
            (void)fprintf(stderr, "routes: row %zu (%s): %s\n", i + 1,
                          route_table.rows[i].path == NULL ? "" : route_table.rows[i].path,
                          mistake);
            good = false;
        }
    }
    const char *unused = route_find_unused_scope(route_table.rows, route_table.count);
    if (unused != NULL) {
        (void)fprintf(stderr, "routes: no row asks for the scope %s\n", unused);
        good = false;
    }
    return good;
}

struct walk {
    struct arena *arena;
    const char *const *segments;
    size_t count;
    const char *values[EXCHANGE_PATH_PARAMETERS_MAX];
};

static const char *join_rest(const struct walk *walk, size_t from) {
    struct buf buf;
    buf_init(&buf, walk->arena, SIZE_MAX / 2);
    for (size_t i = from; i < walk->count; i++) {
        if (i > from) {
            buf_putc(&buf, '/');
        }
        buf_puts(&buf, walk->segments[i]);
    }
    return buf_text(&buf);
}

/* The leaf for the segments from `at` on; plain segments win over {name}, {name} over {name...}. */
static const struct node *walk_tree(struct walk *walk, const struct node *node, size_t at,
                                    size_t parameters) {
    if (at == walk->count) {
        return node->is_leaf ? node : NULL;
    }
    const char *segment = walk->segments[at];
    const struct node *found = NULL;
    for (const struct node *child = node->children; child != NULL && found == NULL;
         child = child->next) {
        if (strcmp(child->segment, segment) == 0) {
            found = walk_tree(walk, child, at + 1, parameters);
            break;
        }
    }
    if (found != NULL || parameters == EXCHANGE_PATH_PARAMETERS_MAX || *segment == '\0') {
        return found;
    }
    if (node->parameter != NULL) {
        found = walk_tree(walk, node->parameter, at + 1, parameters + 1);
        if (found != NULL) {
            walk->values[parameters] = segment;
            return found;
        }
    }
    if (node->rest != NULL) {
        walk->values[parameters] = join_rest(walk, at);
    }
    return node->rest;
}

/* UUIDs are compared as texts from here on, so each has one spelling: the lower-case one (RFC 9562, 4). The path
 * behind the gateway is not ours to spell. */
static const char *spell(struct arena *arena, const char *value, bool is_rest) {
    return !is_rest && text_is_uuid(value) ? text_lower(arena, value) : value;
}

/* Fills the path parameters: the values found on the way, under the names that this route gives them. */
static void fill_parameters(struct arena *arena, const struct route *route, const struct walk *walk,
                            struct request *request) {
    size_t count = 0;
    for (const char *at = strchr(route->path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        const size_t length = strcspn(at + 1, ".}");
        request->path_parameters[count] = (struct pair){
            .name = arena_strndup(arena, at + 1, length),
            .value = spell(arena, walk->values[count], at[1 + length] == '.'),
        };
        count++;
    }
    request->path_parameters_count = count;
}

static bool find_method(const char *text, enum method *method, bool *known) {
    for (size_t i = 0; i < sizeof METHODS / sizeof METHODS[0]; i++) {
        if (strcmp(METHODS[i], text) == 0) {
            *method = (enum method)i;
            *known = true;
            return true;
        }
    }
    *known =
        strcmp(text, "OPTIONS") == 0 || strcmp(text, "TRACE") == 0 || strcmp(text, "CONNECT") == 0;
    return false;
}

static void fill_allow(const struct node *node, struct route_match *match) {
    size_t used = 0;
    for (size_t i = 0; i <= METHOD_HEAD; i++) {
        if (node->routes[i] != NULL) {
            const int length = snprintf(match->allow + used, sizeof match->allow - used, "%s%s",
                                        used == 0 ? "" : ", ", METHODS[i]);
            used += length > 0 ? (size_t)length : 0;
        }
    }
    (void)snprintf(match->allow + used, sizeof match->allow - used, ", OPTIONS");
}

enum err route_find(struct arena *arena, const char *method, struct request *request,
                    struct route_match *match) {
    *match = (struct route_match){0};
    const char *segments[URI_SEGMENTS_MAX];
    struct walk walk = {.arena = arena, .segments = segments};
    bool known = false;
    const bool served = find_method(method, &request->method, &known);
    if (!known) {
        return ERR_NOT_IMPLEMENTED;
    }
    const enum err split = uri_split_path(arena, request->path, segments, &walk.count);
    if (split == ERR_NOT_FOUND) {
        return ERR_NONE;
    }
    TRY(split);
    const struct node *node = walk_tree(&walk, root, 0, 0);
    if (node == NULL) {
        return ERR_NONE;
    }
    match->route = served ? node->routes[request->method] : NULL;
    if (match->route != NULL) {
        fill_parameters(arena, match->route, &walk, request);
    } else {
        match->path_known = true;
        fill_allow(node, match);
    }
    return ERR_NONE;
}

void route_table_print(void) {
    for (size_t i = 0; i < route_table.count; i++) {
        const struct route *route = &route_table.rows[i];
        ARENA_AUTO(arena);
        struct value *row = value_object(&arena);
        value_set_text(&arena, row, "method", METHODS[route->method]);
        value_set_text(&arena, row, "path", route->path);
        value_set_text(&arena, row, "handler", route->handler);
        value_set_text(&arena, row, "access", ACCESSES[route->access]);
        value_set_text(&arena, row, "body", BODIES[route->body]);
        value_set(row, "body_bytes_max", value_integer(&arena, (int64_t)route->body_bytes_max));
        value_set_text(&arena, row, "rate", RATES[route->rate]);
        value_set_text(&arena, row, "client_scope", route->client_scope);
        value_set_text(&arena, row, "query", route->query);
        value_set(row, "idempotent_key", value_boolean(&arena, route->idempotent_key));
        value_set_text(&arena, row, "deprecated_since", route->deprecated_since);
        value_set_text(&arena, row, "deprecated_until", route->deprecated_until);
        (void)puts(json_text(&arena, row));
    }
}
