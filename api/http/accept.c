#include "http/accept.h"
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* The q of one element in thousandths (RFC 9110, section 12.4.2); 0 where unreadable. */
static int read_quality(const char *element, size_t length) {
    const char *q = memmem(element, length, ";q=", 3);
    if (q == NULL) {
        q = memmem(element, length, "; q=", 4);
    }
    if (q == NULL) {
        return 1000;
    }
    q = (const char *)memchr(q, '=', length - (size_t)(q - element)) + 1;
    const char *end = element + length;
    int quality = 0;
    int weight = 1000;
    for (; q < end && ((*q >= '0' && *q <= '9') || *q == '.'); q++) {
        if (*q != '.') {
            quality += (*q - '0') * weight;
            weight /= 10;
        }
    }
    return quality > 1000 ? 1000 : quality;
}

int accept_quality(const char *list, const char *name) {
    const size_t length = strlen(name);
    int best = 0;
    if (list == NULL) {
        return 0;
    }
    for (const char *at = list; *at != '\0';) {
        at += strspn(at, " \t,");
        const size_t step = strcspn(at, ",");
        if (step >= length && strncasecmp(at, name, length) == 0 &&
            (step == length || at[length] == ';' || at[length] == ' ')) {
            const int quality = read_quality(at, step);
            best = quality > best ? quality : best;
        }
        at += step;
    }
    return best;
}
