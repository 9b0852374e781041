#ifndef GUICHET_HTTP_ROUTE_H
#define GUICHET_HTTP_ROUTE_H
/* The route table. Each room has its rows in <room>/routes.def; api/routes.c puts them together. A row that leaves a
 * column at zero, or whose scope nobody would check, stops the server at start; tests compare the table with
 * openapi.yaml both ways, handler names with its operationIds included. */
#include "http/exchange.h"

/* The columns of a row: method, path, access, body, body limit in bytes, rate class, scopes of programs (separated by
 * blanks, any one of them suffices; NULL: closed to programs), query keys ("*": the handler checks them), whether the
 * Idempotency-Key is honoured, handler, and DEPRECATED(…) where the route is going to end.
 *
 *     #define ROUTE ROUTE_PROTOTYPE      declares the handlers (<room>/routes.h): one without a row does
 *     #include "token/routes.def"        not compile, a row without a handler does not link
 *     #undef ROUTE */
#define ROUTE_PROTOTYPE(method_, path_, access_, body_, bytes_, rate_, scope_, query_,             \
                        idempotent_, handle_, ...)                                                 \
    enum err handle_(struct exchange *exchange);
#define ROUTE_ROW(method_, path_, access_, body_, bytes_, rate_, scope_, query_, idempotent_,      \
                  handle_, ...)                                                                    \
    {.method = METHOD_##method_,                                                                   \
     .path = path_,                                                                                \
     .access = ACCESS_##access_,                                                                   \
     .body = BODY_##body_,                                                                         \
     .body_bytes_max = bytes_,                                                                     \
     .rate = RATE_##rate_,                                                                         \
     .client_scope = scope_,                                                                       \
     .query = query_,                                                                              \
     .idempotent_key = idempotent_,                                                                \
     .handle = handle_,                                                                            \
     .handler = #handle_,                                                                          \
     __VA_ARGS__},
/* A last column for a row that goes: the day since which it is deprecated, the day on which it ends (no less than six
 * months later) and the page that says what to use instead, a path of the public address. Every answer of the route
 * says so: http/deprecation.h. */
#define DEPRECATED(since_, until_, page_)                                                          \
    .deprecated_since = since_, .deprecated_until = until_, .deprecated_page = page_
#define KB ((size_t)1024)
#define MB (1024 * KB)

/* Who may use the route; what they may do there is decided by the room. */
enum access {
    ACCESS_UNSET,
    ACCESS_PUBLIC,         /* anybody, with or without session */
    ACCESS_SESSION,        /* a session, or a client token with `client_scope` */
    ACCESS_SESSION_RECENT, /* a session whose log-in is less than 15 minutes old */
    ACCESS_STAFF,          /* any role */
    ACCESS_SUPPORT,        /* support or admin */
    ACCESS_ADMIN,          /* admin or manager */
    ACCESS_CLIENT,  /* client credentials: HTTP Basic or body (RFC 6749, 2.3.1), or token; the
                              handler authenticates, and checks the scope */
    ACCESS_PROGRAM, /* a client token with `client_scope`, nobody else */
    ACCESS_GATEWAY, /* the handler checks the data token itself */
};

enum body_kind {
    BODY_UNSET,
    BODY_NONE,      /* GET, DELETE: a body is refused */
    BODY_JSON,      /* an object, application/json, required */
    BODY_OPTIONAL,  /* the same, or none */
    BODY_PATCH,     /* application/merge-patch+json or application/json */
    BODY_ACT,       /* none, or {} */
    BODY_FORM,      /* application/x-www-form-urlencoded, parsed into query_parameters */
    BODY_ANY_FORM,  /* the same, or the plain fields of multipart/form-data */
    BODY_MULTIPART, /* multipart/form-data; the handler uses http/multipart.h */
};

/* Limits per caller: see ratelimit.def for the figures. */
enum rate_class {
    RATE_UNSET,
    RATE_NONE,      /* health, static files, the gateway (which has its own) */
    RATE_READ,      /* per address, generous */
    RATE_WRITE,     /* per address */
    RATE_DIRECTORY, /* directory look-ups per address */
    RATE_LOGIN,     /* attempts per address; the account's own are counted by the domain */
    RATE_MAIL,      /* acts that send a mail to an address given by the caller */
};

struct route {
    enum method method;
    const char *path; /* "/v1/requests/{id}"; {name} is one segment, {name...} the rest */
    enum access access;
    enum body_kind body;
    size_t body_bytes_max;
    enum rate_class rate;
    const char *client_scope; /* scopes, one of which opens it to a program; NULL: none does */
    const char *query;        /* names of the keys that may come, separated by blanks; "" none */
    bool idempotent_key;      /* Idempotency-Key is honoured */
    handler handle;
    const char *handler; /* its name */
    /* "2027-01-31"; all three are NULL where the route stays. */
    const char *deprecated_since;
    const char *deprecated_until;
    const char *deprecated_page;
};

/* The table of this program: api/routes.h. Set once, before any thread runs. */
struct route_table {
    const struct route *rows;
    size_t count;
};
extern struct route_table route_table;

struct route_match {
    const struct route *route; /* NULL: no row has this path and method */
    bool path_known;           /* the path exists with another method */
    char allow[64];            /* "GET, HEAD, PATCH" where path_known */
};

/* Builds the look-up tree. False, and what is wrong with the table on standard error, where a row is
 * incomplete. Requires: no thread runs yet. */
bool route_table_check(void);
/* What is wrong with a row, NULL for nothing: a column without value, a scope that would be ignored. Static
 * text. */
const char *route_find_mistake(const struct route *route);
/* A scope that no row asks for, so that to give it or not makes no difference; NULL: there is none. */
const char *route_find_unused_scope(const struct route *rows, size_t count);
/* Finds the row of a raw path and fills the method and the path parameters (strictly decoded: no
 * encoded slash, NUL, control character or invalid UTF-8; ERR_BAD_REQUEST then). A method that HTTP
 * does not know gives ERR_NOT_IMPLEMENTED. Thread-safe after route_table_check. */
MUST_CHECK enum err route_find(struct arena *arena, const char *method, struct request *request,
                               struct route_match *match);
/* Static texts. */
const char *route_rate_name(enum rate_class rate);
const char *route_method_name(enum method method);
/* One JSON line per row, for the tests and the documentation. */
void route_table_print(void);

#endif
