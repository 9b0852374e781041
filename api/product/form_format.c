#include "product/form_format.h"
#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

static bool is_host_byte(unsigned char c) {
    return isalnum(c) || c == '-' || c == '.' || c >= 0x80;
}

/* Letters of the last part of the host; 0 where the host is none. */
static size_t last_part_length(const char *host, size_t length) {
    size_t dots = 0;
    size_t letters = 0;
    for (size_t i = 0; i < length; i++) {
        const unsigned char c = (unsigned char)host[i];
        if (!is_host_byte(c) || (c == '.' && (i == 0 || host[i - 1] == '.'))) {
            return 0;
        }
        dots += c == '.';
        letters = c == '.' ? 0 : letters + (size_t)(isalpha(c) || c >= 0x80);
    }
    return dots > 0 ? letters : 0;
}

bool format_is_web_address(const char *text) {
    const char *rest = strncasecmp(text, "https://", 8) == 0  ? text + 8
                       : strncasecmp(text, "http://", 7) == 0 ? text + 7
                                                              : NULL;
    if (rest == NULL || strpbrk(text, " \t\r\n<>\"\\") != NULL) {
        return false;
    }
    const size_t authority = strcspn(rest, "/?#");
    const char *port = memchr(rest, ':', authority);
    const size_t host = port == NULL ? authority : (size_t)(port - rest);
    if (port != NULL) {
        const size_t digits = strspn(port + 1, "0123456789");
        if (digits < 1 || digits > 5 || host + 1 + digits != authority) {
            return false;
        }
    }
    return last_part_length(rest, host) >= 2;
}

bool format_is_date(const char *text) {
    static const int DAYS[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    for (size_t i = 0; i < 10; i++) {
        if (i != 4 && i != 7 && !isdigit((unsigned char)text[i])) {
            return false;
        }
    }
    const int year =
        (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + text[3] - '0';
    const int month = (text[5] - '0') * 10 + text[6] - '0';
    const int day = (text[8] - '0') * 10 + text[9] - '0';
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return year > 0 && month >= 1 && month <= 12 && day >= 1 &&
           day <= DAYS[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool format_is_blank(const char *text) {
    return text[strspn(text, " \t\r\n")] == '\0';
}

bool format_has_break(const char *text) {
    return strpbrk(text, "\t\r\n") != NULL;
}
