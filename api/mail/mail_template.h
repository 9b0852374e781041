#ifndef GUICHET_MAIL_MAIL_TEMPLATE_H
#define GUICHET_MAIL_MAIL_TEMPLATE_H
/* Renders mails. One source, templates/<name>.txt, gives the subject, the text part and the HTML part,
 * so that the parts never differ. The README describes the marks of a template. What people typed is
 * escaped in the HTML part and never becomes a mark, a link or a header. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"
#include "base/value.h"

struct mail_template {
    const char *name;
    const char *text;
};
/* Embedded at build; ends with a row of NULLs. */
extern const struct mail_template MAIL_TEMPLATES[];

struct rendered_mail {
    const char *subject;
    const char *text;
    const char *html;
};

/* Renders a template into texts in the arena. `data` and `globals` are objects; `data` takes
 * precedence. ERR_NOT_FOUND where no template has this name, ERR_INTERNAL where it is malformed (a
 * test renders them all). */
MUST_CHECK enum err mail_template_render(struct arena *arena, const char *name,
                                         const struct value *data, const struct value *globals,
                                         struct rendered_mail *out);

#endif
