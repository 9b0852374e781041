#ifndef GUICHET_HTTP_ACCEPT_H
#define GUICHET_HTTP_ACCEPT_H
/* Lists with qualities: Accept, Accept-Encoding (RFC 9110, section 12.5). Thread-safe. */

/* The quality that the list gives to `name`, in thousandths; 0 where it is not listed. Wildcards
 * are not looked at. `list` may be NULL. */
int accept_quality(const char *list, const char *name);

#endif
