#include "mail/mail_message.h"
#include "base/buf.h"
#include "base/utf8.h"
#include "security/base64url.h"
#include <idn2.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum {
    MESSAGE_BYTES_MAX = 4 * 1024 * 1024,
    PLAIN_HEADER_BYTES_MAX = 200,
    ENCODED_CHUNK_BYTES = 42, /* 56 characters of base64, 68 with the frame: RFC 2047 allows 75 */
    LINE_BYTES_MAX = 990,     /* RFC 5322 allows 998 */
    BASE64_LINE_BYTES = 57,   /* 76 characters */
    QUOTED_LINE_BYTES = 75,   /* and the "=" of a line that goes on */
    ADDRESS_BYTES_MAX = 254,
};

static bool is_plain_ascii(const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        if (*c < 0x20 || *c >= 0x7f) {
            return false;
        }
    }
    return true;
}

enum err mail_parse_address(struct arena *arena, const char *text, const char **out) {
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || strpbrk(text, " \t\r\n\"<>()[]\\,;:") != NULL ||
        strchr(at + 1, '@') != NULL) {
        return ERR_INVALID;
    }
    char *domain = NULL;
    if (idn2_to_ascii_8z(at + 1, &domain, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) {
        return ERR_INVALID;
    }
    *out = arena_printf(arena, "%.*s@%s", (int)(at - text), text, domain);
    idn2_free(domain);
    return is_plain_ascii(*out) && strlen(*out) <= ADDRESS_BYTES_MAX ? ERR_NONE : ERR_INVALID;
}

enum err mail_parse_mailbox(struct arena *arena, const char *text, const char **out) {
    const char *open = strrchr(text, '<');
    if (open == NULL) {
        return mail_parse_address(arena, text, out);
    }
    const size_t length = strlen(open);
    if (open[length - 1] != '>' || strpbrk(text, "\r\n") != NULL) {
        return ERR_INVALID;
    }
    return mail_parse_address(arena, arena_strndup(arena, open + 1, length - 2), out);
}

/* RFC 2047: words of base64, cut between characters, folded. */
static void append_encoded_words(struct buf *buf, struct arena *arena, const char *text) {
    const unsigned char *c = (const unsigned char *)text;
    size_t left = strlen(text);
    const char *separator = "";
    while (left > 0) {
        size_t chunk = 0;
        size_t step = 0;
        while (chunk < left && (step = utf8_sequence(c + chunk, left - chunk)) > 0 &&
               chunk + step <= ENCODED_CHUNK_BYTES) {
            chunk += step;
        }
        chunk = chunk == 0 ? 1 : chunk;
        buf_printf(buf, "%s=?UTF-8?B?%s?=", separator, base64_encode(arena, c, chunk));
        separator = "\r\n ";
        c += chunk;
        left -= chunk;
    }
}

static void append_header_text(struct buf *buf, struct arena *arena, const char *text) {
    if (is_plain_ascii(text) && strlen(text) <= PLAIN_HEADER_BYTES_MAX &&
        strstr(text, "=?") == NULL) {
        buf_puts(buf, text);
    } else {
        append_encoded_words(buf, arena, text);
    }
}

/* "Name <address>" with the name quoted or encoded as it needs. */
static void append_mailbox(struct buf *buf, struct arena *arena, const char *mailbox,
                           const char *address) {
    const char *open = strrchr(mailbox, '<');
    size_t length = open == NULL ? 0 : (size_t)(open - mailbox);
    while (length > 0 && mailbox[length - 1] == ' ') {
        length--;
    }
    const char *name = arena_strndup(arena, mailbox, length);
    if (length == 0) {
        buf_puts(buf, address);
        return;
    }
    if (is_plain_ascii(name) && strpbrk(name, "\"\\") == NULL && length <= PLAIN_HEADER_BYTES_MAX) {
        buf_printf(buf, "\"%s\"", name);
    } else {
        append_encoded_words(buf, arena, name);
    }
    buf_printf(buf, " <%s>", address);
}

/* RFC 5322 section 3.3, in UTC; names of days and months must not follow the locale. */
static void append_date(struct buf *buf, int64_t now_ms) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t seconds = (time_t)(now_ms / 1000);
    struct tm utc;
    (void)gmtime_r(&seconds, &utc);
    buf_printf(buf, "Date: %s, %02d %s %d %02d:%02d:%02d +0000\r\n", days[utc.tm_wday], utc.tm_mday,
               months[utc.tm_mon], utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

/* Where to cut a line that is too long: behind its last blank within the limit, else between two
 * characters. */
static size_t find_cut(const char *line, size_t length) {
    if (length <= LINE_BYTES_MAX) {
        return length;
    }
    for (size_t i = LINE_BYTES_MAX; i > LINE_BYTES_MAX / 2; i--) {
        if (line[i - 1] == ' ') {
            return i;
        }
    }
    size_t cut = LINE_BYTES_MAX;
    while (cut > 1 && ((unsigned char)line[cut] & 0xc0) == 0x80) {
        cut--;
    }
    return cut;
}

/* The end of a line, which may be written in three ways. */
static size_t line_end_bytes(const char *end) {
    return end[0] == '\r' && end[1] == '\n' ? 2 : *end == '\0' ? 0 : 1;
}

static void append_8bit_line(struct buf *buf, const char *line, size_t length) {
    for (size_t done = 0; done < length;) {
        const size_t cut = find_cut(line + done, length - done);
        buf_append(buf, line + done, cut);
        done += cut;
        if (done < length) {
            buf_puts(buf, "\r\n");
        }
    }
}

/* RFC 2045, 6.7. A blank at the end of a line would be lost; so might "." and "From " at its beginning (RFC 2049, 3). */
static bool is_quoted(const char *line, size_t length, size_t at) {
    const unsigned char c = (unsigned char)line[at];
    if (c == ' ' || c == '\t') {
        return at + 1 == length;
    }
    return c < 0x20 || c >= 0x7f || c == '=' ||
           (at == 0 && (c == '.' || strncmp(line, "From ", 5) == 0));
}

static void append_quoted_line(struct buf *buf, const char *line, size_t length) {
    size_t used = 0;
    for (size_t i = 0; i < length; i++) {
        const bool quoted = is_quoted(line, length, i);
        const size_t room = quoted ? 3 : 1;
        /* The last character of a line needs no room for the "=". */
        const size_t most = QUOTED_LINE_BYTES + (i + 1 == length ? 1 : 0);
        if (used + room > most) {
            buf_puts(buf, "=\r\n");
            used = 0;
        }
        if (quoted) {
            buf_printf(buf, "=%02X", (unsigned)(unsigned char)line[i]);
        } else {
            buf_putc(buf, line[i]);
        }
        used += room;
    }
}

/* The text with CRLF line ends, and no line longer than mail allows. */
static void append_lines(struct buf *buf, const char *text, enum mail_encoding encoding) {
    const char *line = text;
    while (*line != '\0') {
        const size_t length = strcspn(line, "\r\n");
        if (encoding == MAIL_8BIT) {
            append_8bit_line(buf, line, length);
        } else {
            append_quoted_line(buf, line, length);
        }
        buf_puts(buf, "\r\n");
        line += length + line_end_bytes(line + length);
    }
}

static void append_base64_lines(struct buf *buf, struct arena *arena, const char *text) {
    size_t left = strlen(text);
    while (left > 0) {
        const size_t chunk = left < BASE64_LINE_BYTES ? left : BASE64_LINE_BYTES;
        buf_printf(buf, "%s\r\n", base64_encode(arena, text, chunk));
        text += chunk;
        left -= chunk;
    }
}

static void append_list_headers(struct buf *buf, const char *unsubscribe_url) {
    if (unsubscribe_url != NULL && is_plain_ascii(unsubscribe_url) &&
        strpbrk(unsubscribe_url, " <>") == NULL) {
        buf_printf(buf, "List-Unsubscribe: <%s>\r\n", unsubscribe_url);
        buf_puts(buf, "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"); /* RFC 8058 */
    }
}

static void append_bodies(struct buf *buf, struct arena *arena, const struct mail *mail,
                          enum mail_encoding encoding) {
    /* "=_" is in neither base64 nor quoted-printable, and a text part in 8bit could only contain the boundary by
     * knowing the id beforehand. */
    const char *boundary = arena_printf(arena, "=_guichet_%s", mail->id);
    buf_printf(buf,
               "MIME-Version: 1.0\r\n"
               "Content-Type: multipart/alternative;\r\n boundary=\"%s\"\r\n"
               "\r\n--%s\r\n"
               "Content-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: %s\r\n\r\n",
               boundary, boundary, encoding == MAIL_8BIT ? "8bit" : "quoted-printable");
    append_lines(buf, mail->text, encoding);
    buf_printf(buf,
               "\r\n--%s\r\n"
               "Content-Type: text/html; charset=utf-8\r\n"
               "Content-Transfer-Encoding: base64\r\n\r\n",
               boundary);
    append_base64_lines(buf, arena, mail->html);
    buf_printf(buf, "\r\n--%s--\r\n", boundary);
}

enum err mail_message_build(struct arena *arena, const struct mail *mail,
                            enum mail_encoding encoding, const char *from, int64_t now_ms,
                            const char **out) {
    const char *sender = NULL;
    const char *recipient = NULL;
    TRY(mail_parse_mailbox(arena, from, &sender));
    TRY(mail_parse_address(arena, mail->recipient, &recipient));
    if (strpbrk(mail->subject, "\r\n") != NULL || !is_plain_ascii(mail->id)) {
        return ERR_INVALID;
    }
    struct buf buf;
    buf_init(&buf, arena, MESSAGE_BYTES_MAX);
    append_date(&buf, now_ms);
    buf_puts(&buf, "From: ");
    append_mailbox(&buf, arena, from, sender);
    buf_printf(&buf, "\r\nTo: %s\r\nSubject: ", recipient);
    append_header_text(&buf, arena, mail->subject);
    buf_printf(&buf, "\r\nMessage-ID: <%s@%s>\r\n", mail->id, strchr(sender, '@') + 1);
    buf_puts(&buf, "Auto-Submitted: auto-generated\r\n"); /* RFC 3834: no vacation replies */
    append_list_headers(&buf, mail->unsubscribe_url);
    append_bodies(&buf, arena, mail, encoding);
    *out = buf_text(&buf);
    return buf.overflowed ? ERR_TOO_LARGE : ERR_NONE;
}
