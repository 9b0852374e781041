#ifndef GUICHET_MAIL_MAIL_MESSAGE_H
#define GUICHET_MAIL_MAIL_MESSAGE_H
/* Builds the text of a mail: RFC 5322, MIME (RFC 2045 to 2047), CRLF. The HTML part is base64. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "core/ports.h"
#include <stdint.h>

enum mail_encoding {
    MAIL_QUOTED_PRINTABLE, /* for every mail server: no byte above 127, no line above 76 characters */
    MAIL_8BIT,             /* for files: links whole, text readable as it is */
};

/* An address with an ASCII domain (IDNA), in the arena. ERR_INVALID where it could not be sent as
 * it is: blanks, line breaks, quotes, brackets, several @. */
MUST_CHECK enum err mail_parse_address(struct arena *arena, const char *text, const char **out);
/* The same for the address of "Name <local@domain>" or a bare one. */
MUST_CHECK enum err mail_parse_mailbox(struct arena *arena, const char *text, const char **out);
/* `encoding` is that of the text part. `from`: "Name <local@domain>" or an address. ERR_INVALID where an address is bad or the subject
 * holds a line break. The message is in the arena. */
MUST_CHECK enum err mail_message_build(struct arena *arena, const struct mail *mail,
                                       enum mail_encoding encoding, const char *from,
                                       int64_t now_ms, const char **out);

#endif
