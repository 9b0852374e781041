#ifndef GUICHET_MAIL_MAIL_MESSAGE_H
#define GUICHET_MAIL_MAIL_MESSAGE_H
/* Builds the text of a mail: RFC 5322, MIME (RFC 2045 to 2047), CRLF. The text part is 8bit, so that
 * its links stay whole and readable in the file; the HTML part is base64. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "core/ports.h"
#include <stdint.h>

/* An address with an ASCII domain (IDNA), in the arena. ERR_INVALID where it could not be sent as
 * it is: blanks, line breaks, quotes, brackets, several @. */
MUST_CHECK enum err mail_parse_address(struct arena *arena, const char *text, const char **out);
/* The same for the address of "Name <local@domain>" or a bare one. */
MUST_CHECK enum err mail_parse_mailbox(struct arena *arena, const char *text, const char **out);
/* `from`: "Name <local@domain>" or an address. ERR_INVALID where an address is bad or the subject
 * holds a line break. The message is in the arena. */
MUST_CHECK enum err mail_message_build(struct arena *arena, const struct mail *mail,
                                       const char *from, int64_t now_ms, const char **out);

#endif
