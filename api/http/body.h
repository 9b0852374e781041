#ifndef GUICHET_HTTP_BODY_H
#define GUICHET_HTTP_BODY_H
/* The body of one request while it arrives. What its route takes is known when the head is: more is refused
 * at once where Content-Length says so, else at the byte that is too many. Bodies are kept in memory, of which
 * all together have GUICHET_BODIES_MB, or in a spool where the route takes files (GUICHET_UPLOADS_MB).
 * One thread uses a body. */
#include <stdbool.h>
#include <stddef.h>

struct http_state;
struct route;
struct spool;

/* What the head says. Borrowed until body_clear. */
struct body_head {
    const char *method;
    const char *target;
    const char *length; /* Content-Length, Transfer-Encoding; NULL: not there */
    const char *coding;
    const char *request_id; /* X-Request-ID; NULL: not there */
    int socket;
};

struct body {
    struct http_state *http;
    struct body_head head;
    const struct route *route; /* NULL: there is none for this path and method */
    size_t bytes_max;
    size_t length; /* of what has come */
    char *bytes;   /* in memory */
    size_t room;   /* of `bytes`; above a bound it is mapped, so that it goes back at once */
    struct spool *spool;
    bool is_refused; /* the answer was sent: what still comes is thrown away */
};

/* The head is complete. The body is refused where it is too large (413), the route takes none (400), or the coding
 * is not known (400). */
void body_begin(struct body *body, struct http_state *http, const struct body_head *head);
/* The next bytes. Refused where they are too many (413), or too many bodies are under way (503). */
void body_append(struct body *body, const char *bytes, size_t length);
/* The whole body; NULL where the file cannot be read. */
const char *body_text(struct body *body);
/* Frees everything: the next request may come. */
void body_clear(struct body *body);

#endif
