#include "security/link_address.h"
#include <ctype.h>
#include <string.h>

static bool is_text(const struct link_address *address, const char *text) {
    return address->length == strlen(text) && memcmp(address->text, text, address->length) == 0;
}

void link_address_add(struct link_address *address, unsigned char c) {
    if (address->next != 0 || (c > 0 && c <= ' ') || c == 0x7f) {
        return;
    }
    if (c == '\0' || c >= 0xfe) {
        address->is_odd = true;
    } else if (address->delimiter != 0) {
        address->next = c;
    } else if (c == '/' && is_text(address, ".")) {
        address->length = 0;
    } else if (strchr(":/\\?#", c) != NULL) {
        address->delimiter = c;
    } else if (address->length < LINK_ADDRESS_BYTES) {
        address->text[address->length++] = (char)tolower(c);
    }
}

static bool is_slash(unsigned char c) {
    return c == '/' || c == '\\';
}

static enum link_target target_of_scheme(const struct link_address *address) {
    if (is_text(address, "http") || is_text(address, "https") || is_text(address, "mailto")) {
        return LINK_TARGET_WEB;
    }
    return is_text(address, "data") ? LINK_TARGET_DATA : LINK_TARGET_ANOTHER;
}

enum link_target link_address_target(const struct link_address *address) {
    if (address->is_odd) {
        return LINK_TARGET_ANOTHER;
    }
    if (address->delimiter == ':') {
        return target_of_scheme(address);
    }
    if (address->length == 0 && is_slash(address->delimiter)) {
        return is_slash(address->next) ? LINK_TARGET_ANOTHER : LINK_TARGET_PATH;
    }
    return is_slash(address->delimiter) && is_text(address, "..") ? LINK_TARGET_PATH
                                                                  : LINK_TARGET_INSIDE;
}
