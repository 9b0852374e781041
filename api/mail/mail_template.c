#include "mail/mail_template.h"
#include "base/buf.h"
#include "base/text.h"
#include "mail/mail_inert.h"
#include <stdio.h>
#include <string.h>

enum { MAIL_BYTES_MAX = 512 * 1024, NAME_BYTES = 64, SCOPES_MAX = 4 };

enum block { BLOCK_NONE, BLOCK_PARAGRAPH, BLOCK_LIST, BLOCK_QUOTE };

struct renderer {
    struct arena *arena;
    const struct value *scopes[SCOPES_MAX]; /* innermost last */
    size_t scopes_count;
    struct buf text;
    struct buf html;
    enum block block; /* open in the HTML part */
    bool malformed;
};

static const struct value *find(const struct renderer *renderer, const char *name) {
    for (size_t i = renderer->scopes_count; i > 0; i--) {
        const struct value *scope = renderer->scopes[i - 1];
        const struct value *found = strcmp(name, "item") == 0 && !value_is(scope, VALUE_OBJECT)
                                        ? scope
                                        : value_get(scope, name);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static const char *text_of(struct arena *arena, const struct value *value) {
    if (value_is(value, VALUE_STRING)) {
        return value_text_of(value);
    }
    return value_is(value, VALUE_INTEGER)
               ? arena_printf(arena, "%lld", (long long)value_integer_of(value))
               : "";
}

static void escape_html(struct buf *out, const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        switch (*c) {
        case '&':
            buf_puts(out, "&amp;");
            break;
        case '<':
            buf_puts(out, "&lt;");
            break;
        case '>':
            buf_puts(out, "&gt;");
            break;
        case '"':
            buf_puts(out, "&quot;");
            break;
        case '\n':
            buf_puts(out, "<br>\n");
            break;
        default:
            buf_putc(out, *c);
        }
    }
}

/* A value as a sentence shows it. The form of an e-mail address was checked when it came in: it may be copied and
 * answered. */
static const char *shown(struct renderer *renderer, const char *name) {
    const char *text = text_of(renderer->arena, find(renderer, name));
    return text_ends_with(name, "email") ? text : mail_inert(renderer->arena, text);
}

/* Replaces each {{name}} of one line; in a link's address (`is_url`) by what the program put there, as it is. */
static const char *substitute(struct renderer *renderer, bool is_url, const char *line,
                              size_t length) {
    struct buf out;
    buf_init(&out, renderer->arena, MAIL_BYTES_MAX);
    const char *end = line + length;
    while (line < end) {
        const char *open = memmem(line, (size_t)(end - line), "{{", 2);
        const char *close = open == NULL ? NULL : memmem(open, (size_t)(end - open), "}}", 2);
        if (close == NULL) {
            buf_append(&out, line, (size_t)(end - line));
            break;
        }
        buf_append(&out, line, (size_t)(open - line));
        const char *name = arena_strndup(renderer->arena, open + 2, (size_t)(close - open - 2));
        buf_puts(&out,
                 is_url ? text_of(renderer->arena, find(renderer, name)) : shown(renderer, name));
        line = close + 2;
    }
    return buf_text(&out);
}

static void block_set(struct renderer *renderer, enum block block) {
    static const char *const OPEN[] = {"", "<p>", "<ul>\n",
                                       ("<blockquote style=\"margin:0 0 16px;padding:8px 16px;"
                                        "border-left:3px solid #6b7a88\">")};
    static const char *const CLOSE[] = {"", "</p>\n", "</ul>\n", "</blockquote>\n"};
    if (renderer->block == block) {
        return;
    }
    buf_puts(&renderer->html, CLOSE[renderer->block]);
    buf_puts(&renderer->html, OPEN[block]);
    renderer->block = block;
}

/* Each line of a text that a person typed keeps the mark, so that all of it is a quotation. */
static void text_quote(struct buf *out, const char *quoted) {
    buf_puts(out, "> ");
    for (const char *c = quoted; *c != '\0'; c++) {
        buf_putc(out, *c);
        if (*c == '\n') {
            buf_puts(out, "> ");
        }
    }
    buf_putc(out, '\n');
}

static void render_link(struct renderer *renderer, const char *line, size_t length,
                        const char *label_end) {
    const char *label = substitute(renderer, false, line + 1, (size_t)(label_end - line - 1));
    const char *url_start = label_end + 2;
    const char *url = substitute(renderer, true, url_start, (size_t)(line + length - url_start));
    block_set(renderer, BLOCK_NONE);
    buf_printf(&renderer->text, "%s :\n%s\n", label, url);
    buf_puts(&renderer->html, "<p style=\"margin:24px 0\"><a style=\"display:inline-block;"
                              "padding:12px 20px;border-radius:4px;background:#0b5c73;"
                              "color:#ffffff;text-decoration:none;font-weight:600\" href=\"");
    escape_html(&renderer->html, url);
    buf_puts(&renderer->html, "\">");
    escape_html(&renderer->html, label);
    buf_puts(&renderer->html, "</a></p>\n<p style=\"color:#4a5a68;font-size:14px;"
                              "word-break:break-all\">Ou copiez cette adresse : ");
    escape_html(&renderer->html, url);
    buf_puts(&renderer->html, "</p>\n");
}

static void render_line(struct renderer *renderer, const char *line, size_t length) {
    const char *label_end = length > 0 && *line == '[' ? memmem(line, length, "] ", 2) : NULL;
    if (length == 0) {
        block_set(renderer, BLOCK_NONE);
        buf_putc(&renderer->text, '\n');
    } else if (label_end != NULL) {
        render_link(renderer, line, length, label_end);
    } else if (length > 2 && strncmp(line, "- ", 2) == 0) {
        const char *item = substitute(renderer, false, line + 2, length - 2);
        block_set(renderer, BLOCK_LIST);
        buf_printf(&renderer->text, "- %s\n", item);
        buf_puts(&renderer->html, "<li>");
        escape_html(&renderer->html, item);
        buf_puts(&renderer->html, "</li>\n");
    } else if (length > 2 && strncmp(line, "> ", 2) == 0) {
        const char *quoted = substitute(renderer, false, line + 2, length - 2);
        block_set(renderer, BLOCK_NONE);
        block_set(renderer, BLOCK_QUOTE);
        text_quote(&renderer->text, quoted);
        escape_html(&renderer->html, quoted);
    } else {
        const char *sentence = substitute(renderer, false, line, length);
        if (renderer->block == BLOCK_PARAGRAPH) {
            buf_puts(&renderer->html, "<br>\n");
        }
        block_set(renderer, BLOCK_PARAGRAPH);
        buf_printf(&renderer->text, "%s\n", sentence);
        escape_html(&renderer->html, sentence);
    }
}

static bool is_truthy(const struct value *value) {
    if (value == NULL) {
        return false;
    }
    switch (value_kind_of(value)) {
    case VALUE_NULL:
        return false;
    case VALUE_BOOLEAN:
        return value_boolean_of(value);
    case VALUE_INTEGER:
        return value_integer_of(value) != 0;
    case VALUE_NUMBER:
        return true;
    case VALUE_STRING:
        return *value_text_of(value) != '\0';
    case VALUE_ARRAY:
        return value_count(value) > 0;
    case VALUE_OBJECT:
        return true;
    }
    return false;
}

static void render_lines(struct renderer *renderer, const char *start, const char *end);

static void render_section(struct renderer *renderer, bool inverted, const char *name,
                           const char *start, const char *end) {
    const struct value *value = find(renderer, name);
    const bool truthy = is_truthy(value);
    if (inverted ? !truthy : truthy && !value_is(value, VALUE_ARRAY)) {
        render_lines(renderer, start, end);
    } else if (!inverted && renderer->scopes_count < SCOPES_MAX) {
        for (size_t i = 0; i < value_count(value); i++) {
            renderer->scopes[renderer->scopes_count++] = value_item(value, i);
            render_lines(renderer, start, end);
            renderer->scopes_count--;
        }
    }
}

/* The line that closes a section; sections of the same name do not nest. */
static const char *find_close(const char *start, const char *end, const char *name) {
    char mark[NAME_BYTES + 8];
    (void)snprintf(mark, sizeof mark, "{{/%s}}\n", name);
    return memmem(start, (size_t)(end - start), mark, strlen(mark));
}

static void render_lines(struct renderer *renderer, const char *start, const char *end) {
    while (start < end) {
        const char *line_end = memchr(start, '\n', (size_t)(end - start));
        line_end = line_end == NULL ? end : line_end;
        const size_t length = (size_t)(line_end - start);
        const char *next = line_end < end ? line_end + 1 : end;
        const bool opens = length > 5 && strncmp(start, "{{", 2) == 0 &&
                           (start[2] == '#' || start[2] == '^') && length - 5 < NAME_BYTES;
        if (!opens) {
            render_line(renderer, start, length);
            start = next;
            continue;
        }
        const char *name = arena_strndup(renderer->arena, start + 3, length - 5);
        const char *close = find_close(next, end, name);
        if (close == NULL) {
            renderer->malformed = true;
            return;
        }
        render_section(renderer, start[2] == '^', name, next, close);
        start = close + strlen(name) + 6; /* {{/name}} and its line break */
    }
}

static const char HTML_HEAD[] =
    "<!doctype html>\n<html lang=\"fr\"><head><meta charset=\"utf-8\">"
    "<meta name=\"viewport\" content=\"width=device-width\">"
    "<meta name=\"format-detection\" content=\"telephone=no,date=no,address=no,email=no,url=no\">"
    "<title>Guichet</title></head>\n"
    "<body style=\"margin:0;padding:24px;background:#f5f7f9;color:#17222c;"
    "font:17px/1.5 system-ui,sans-serif\">\n<div style=\"max-width:560px;margin:0 "
    "auto;padding:24px;"
    "background:#ffffff;border:1px solid #c9d2da;border-radius:4px\">\n";

static const struct mail_template *find_source(const char *name) {
    for (const struct mail_template *source = MAIL_TEMPLATES; source->name != NULL; source++) {
        if (strcmp(source->name, name) == 0) {
            return source;
        }
    }
    return NULL;
}

/* A header may hold no line break, whatever was typed. */
static const char *one_line(struct arena *arena, const char *text) {
    char *line = arena_strdup(arena, text);
    for (char *c = line; *c != '\0'; c++) {
        if (*c == '\r' || *c == '\n') {
            *c = ' ';
        }
    }
    return line;
}

enum err mail_template_render(struct arena *arena, const char *name, const struct value *data,
                              const struct value *globals, struct rendered_mail *out) {
    static const char SUBJECT[] = "Objet : ";
    const struct mail_template *source = find_source(name);
    if (source == NULL) {
        return ERR_NOT_FOUND;
    }
    const char *subject_end = strstr(source->text, "\n---\n");
    if (strncmp(source->text, SUBJECT, sizeof SUBJECT - 1) != 0 || subject_end == NULL) {
        return err_internal("a mail template has no subject");
    }
    struct renderer renderer = {.arena = arena, .scopes = {globals, data}, .scopes_count = 2};
    buf_init(&renderer.text, arena, MAIL_BYTES_MAX);
    buf_init(&renderer.html, arena, MAIL_BYTES_MAX);
    buf_puts(&renderer.html, HTML_HEAD);
    const char *subject = source->text + sizeof SUBJECT - 1;
    out->subject =
        one_line(arena, substitute(&renderer, false, subject, (size_t)(subject_end - subject)));
    const char *body = subject_end + strlen("\n---\n");
    render_lines(&renderer, body, body + strlen(body));
    block_set(&renderer, BLOCK_NONE);
    buf_puts(&renderer.html, "</div>\n</body></html>\n");
    out->text = buf_text(&renderer.text);
    out->html = buf_text(&renderer.html);
    return renderer.malformed || renderer.text.overflowed || renderer.html.overflowed
               ? err_internal("a mail template is malformed or too large")
               : ERR_NONE;
}
