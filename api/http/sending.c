#include "http/sending.h"
#include "base/spool.h"
#include "http/http_state.h"
#include <stdlib.h>
#include <string.h>

enum { FROM_MEMORY_BYTES_MAX = 128 * 1024, MIB = 1024 * 1024 };

struct sending {
    struct http_state *http;
    const char *lasting; /* NULL: in the spool */
    struct spool *spool;
    size_t length;
};

/* Counted first. Apart from the uploads: who sends many of those keeps nobody from reading. */
static enum err keep(struct sending *sending, const struct response *response) {
    const struct config *config = sending->http->services->config;
    const size_t most = (size_t)config->uploads_mb * MIB;
    sending->length = response->body_bytes;
    if (atomic_fetch_add(&sending->http->answer_bytes, sending->length) + sending->length > most) {
        return ERR_UNAVAILABLE;
    }
    TRY(spool_new(config->data_dir, &sending->spool));
    return spool_write(sending->spool, response->body, response->body_bytes);
}

bool sending_prepare(struct http_state *http, const struct response *response,
                     struct sending **out) {
    *out = NULL;
    if (response->stream != NULL || response->body_bytes <= FROM_MEMORY_BYTES_MAX) {
        return true;
    }
    struct sending *sending = calloc(1, sizeof *sending);
    if (sending == NULL) {
        return false;
    }
    sending->http = http;
    if (response->is_lasting) {
        sending->lasting = response->body;
        sending->length = response->body_bytes;
    } else if (keep(sending, response) != ERR_NONE) {
        sending_free(sending);
        return false;
    }
    *out = sending;
    return true;
}

ssize_t sending_read(void *cls, uint64_t offset, char *out, size_t room) {
    const struct sending *sending = cls;
    if (sending->lasting == NULL) {
        return spool_read(sending->spool, (size_t)offset, out, room);
    }
    const size_t left = sending->length - (size_t)offset;
    const size_t count = left < room ? left : room;
    memcpy(out, sending->lasting + offset, count);
    return (ssize_t)count;
}

void sending_free(void *cls) {
    struct sending *sending = cls;
    if (sending->lasting == NULL) {
        atomic_fetch_sub(&sending->http->answer_bytes, sending->length);
    }
    spool_free(sending->spool);
    free(sending);
}
