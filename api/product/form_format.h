#ifndef GUICHET_PRODUCT_FORM_FORMAT_H
#define GUICHET_PRODUCT_FORM_FORMAT_H
/* The formats of the form's members. Thread-safe. */
#include <stdbool.h>

/* http or https, a host name with a dot and a last part of two letters at least (or a port behind
 * it), no user name, no blank: what may be shown as a link. */
bool format_is_web_address(const char *text);
/* YYYY-MM-DD, a day of the calendar (RFC 3339, full-date). */
bool format_is_date(const char *text);
/* Nothing but blanks. */
bool format_is_blank(const char *text);
/* Tabs and line breaks, which a short text may not hold. */
bool format_has_break(const char *text);

#endif
