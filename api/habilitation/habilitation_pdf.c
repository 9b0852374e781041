#include "habilitation/habilitation_pdf.h"
#include "base/buf.h"
#include "base/utf8.h"
#include <hpdf.h>
#include <qrencode.h>
#include <string.h>

enum { WORD_BYTES_MAX = 400, SHOWN_BYTES_MAX = 200 * 1024 };

/* Points, from the lower left corner of an A4 page. */
static const float PAGE_TOP = 790;
static const float PAGE_BOTTOM = 60;
static const float LEFT = 60;
static const float RIGHT = 535;
static const float QR_SIZE = 96;

struct press {
    struct arena *arena;
    HPDF_Doc pdf;
    HPDF_Page page;
    HPDF_Font plain;
    HPDF_Font bold;
    float y;
    int pages_count;
    const char *footer;
};

/* What the font can print: characters of the basic plane. Marks of text direction, which would reverse a
 * line, are left out; other characters become U+FFFD. */
static const char *printable(struct arena *arena, const char *text) {
    struct buf out;
    buf_init(&out, arena, SHOWN_BYTES_MAX);
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0';) {
        const size_t step = utf8_sequence(c, strlen((const char *)c));
        if (step == 0) {
            break;
        }
        const bool is_direction =
            step == 3 && c[0] == 0xe2 &&
            ((c[1] == 0x80 && ((c[2] >= 0x8b && c[2] <= 0x8f) || (c[2] >= 0xaa && c[2] <= 0xae))) ||
             (c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9));
        if (step == 4) {
            buf_puts(&out, "\xef\xbf\xbd");
        } else if (!is_direction) {
            buf_append(&out, c, step);
        }
        c += step;
    }
    return buf_text(&out);
}

static void start_page(struct press *press) {
    press->page = HPDF_AddPage(press->pdf);
    HPDF_Page_SetSize(press->page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT);
    press->y = PAGE_TOP;
    HPDF_Page_BeginText(press->page);
    HPDF_Page_SetFontAndSize(press->page, press->plain, 8);
    HPDF_Page_TextOut(
        press->page, LEFT, 36,
        arena_printf(press->arena, "%s – page %d", press->footer, ++press->pages_count));
    HPDF_Page_EndText(press->page);
}

static void put_line(struct press *press, HPDF_Font font, float size, float indent,
                     const char *line) {
    if (press->y - size < PAGE_BOTTOM) {
        start_page(press);
    }
    press->y -= size * 1.4F;
    HPDF_Page_BeginText(press->page);
    HPDF_Page_SetFontAndSize(press->page, font, size);
    HPDF_Page_TextOut(press->page, LEFT + indent, press->y, line);
    HPDF_Page_EndText(press->page);
}

static float width_of(struct press *press, HPDF_Font font, float size, const char *text) {
    HPDF_Page_SetFontAndSize(press->page, font, size);
    return HPDF_Page_TextWidth(press->page, text);
}

/* How many bytes of a word fit into the width `room`; at least one character. */
static size_t fitting(struct press *press, HPDF_Font font, float size, float room, const char *word,
                      size_t length) {
    size_t fit = 0;
    while (fit < length) {
        const size_t step = utf8_sequence((const unsigned char *)word + fit, length - fit);
        const char *start = arena_strndup(press->arena, word, fit + step);
        if (fit > 0 && width_of(press, font, size, start) > room) {
            break;
        }
        fit += step;
    }
    return fit;
}

/* One paragraph, broken between words; a word that is too long is cut. */
static void put_paragraph(struct press *press, HPDF_Font font, float size, float indent,
                          const char *text, size_t length) {
    const float room = RIGHT - LEFT - indent;
    const float blank = width_of(press, font, size, " ");
    struct buf line;
    float used = 0;
    buf_init(&line, press->arena, SHOWN_BYTES_MAX);
    for (size_t at = 0; at < length;) {
        const size_t blanks = strspn(text + at, " \t\r");
        at += blanks < length - at ? blanks : length - at;
        size_t word = strcspn(text + at, " \t\r\n");
        word = word < length - at ? word : length - at;
        word = word < WORD_BYTES_MAX ? word : WORD_BYTES_MAX;
        if (word == 0) {
            break;
        }
        word = fitting(press, font, size, room, text + at, word);
        const char *piece = arena_strndup(press->arena, text + at, word);
        const float width = width_of(press, font, size, piece);
        if (used > 0 && used + blank + width > room) {
            put_line(press, font, size, indent, buf_text(&line));
            buf_init(&line, press->arena, SHOWN_BYTES_MAX);
            used = 0;
        }
        buf_printf(&line, "%s%s", used > 0 ? " " : "", piece);
        used += (used > 0 ? blank : 0) + width;
        at += word;
    }
    put_line(press, font, size, indent, buf_text(&line));
}

static void put_text(struct press *press, HPDF_Font font, float size, float indent,
                     const char *typed) {
    const char *text = printable(press->arena, typed);
    while (*text != '\0') {
        const size_t length = strcspn(text, "\n");
        put_paragraph(press, font, size, indent, text, length);
        text += length + (text[length] == '\n');
    }
}

/* On the next page where no line of text would fit below it. */
static void put_heading(struct press *press, const char *heading) {
    if (press->y - 48 < PAGE_BOTTOM) {
        start_page(press);
    }
    press->y -= 8;
    put_line(press, press->bold, 10.5F, 0, heading);
}

static void put_section(struct press *press, const char *heading, const char *text) {
    if (text == NULL || *text == '\0') {
        return;
    }
    put_heading(press, heading);
    put_text(press, press->plain, 10, 0, text);
}

static void put_list(struct press *press, const char *heading, const struct texts *items) {
    if (items->count == 0) {
        return;
    }
    put_heading(press, heading);
    for (size_t i = 0; i < items->count; i++) {
        put_text(press, press->plain, 10, 8, arena_printf(press->arena, "– %s", items->items[i]));
    }
}

/* The QR code, in the upper right corner of the first page. */
static bool put_code(struct press *press, const char *url) {
    QRcode *code = QRcode_encodeString(url, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (code == NULL) {
        return false;
    }
    const float unit = QR_SIZE / (float)code->width;
    HPDF_Page_SetRGBFill(press->page, 0, 0, 0);
    for (int row = 0; row < code->width; row++) {
        for (int column = 0; column < code->width; column++) {
            if ((code->data[row * code->width + column] & 1) != 0) {
                HPDF_Page_Rectangle(press->page, RIGHT - QR_SIZE + (float)column * unit,
                                    PAGE_TOP - (float)(row + 1) * unit, unit, unit);
            }
        }
    }
    HPDF_Page_Fill(press->page);
    QRcode_free(code);
    return true;
}

static const char *write_conditions(struct arena *arena, const char *terms_version) {
    return arena_printf(
        arena, "%s%s%s%s",
        "Les données ne servent qu’au projet décrit ici, par les seuls destinataires indiqués, et "
        "sont effacées à l’issue de la durée de conservation. Le jeton d’accès est confidentiel. "
        "L’habilitation peut être révoquée à tout moment, avec un motif.",
        terms_version == NULL ? "" : "\nConditions générales d’utilisation acceptées : version ",
        terms_version == NULL ? "" : terms_version, terms_version == NULL ? "" : ".");
}

static void put_content(struct press *press, const struct habilitation_paper *paper) {
    struct arena *arena = press->arena;
    put_line(press, press->bold, 18, 0, arena_printf(arena, "Habilitation %s", paper->number));
    put_line(press, press->plain, 11, 0, paper->product);
    put_line(press, press->plain, 11, 0,
             arena_printf(arena, "Accordée le %s (demande %s)", paper->approved_on,
                          paper->request_number));
    put_line(press, press->bold, 11, 0,
             arena_printf(arena,
                          paper->is_active ? "En vigueur à la date d’édition, le %s"
                                           : "N’est plus en vigueur à la date d’édition, le %s",
                          paper->printed_on));
    press->y = press->y > PAGE_TOP - QR_SIZE - 8 ? PAGE_TOP - QR_SIZE - 8 : press->y;
    put_section(press, "Organisation",
                arena_printf(arena, "%s\nSIRET %s\nDemande portée par %s",
                             paper->organisation == NULL ? "" : paper->organisation, paper->siret,
                             paper->applicant));
    put_section(press, "Responsable du traitement", paper->controller);
    put_section(press, "Délégué à la protection des données", paper->officer);
    put_section(press, "Projet", paper->title);
    put_section(press, "Cas d’usage", paper->use_case);
    put_section(press, "Description", paper->description);
    put_list(press, "Démarches couvertes", &paper->procedures);
    put_section(press, "Mission de service public", paper->mission);
    put_section(press, "Cadre juridique", paper->legal_text);
    put_section(press, "Référence du texte", paper->legal_url);
    put_list(press, "Documents joints à la demande", &paper->files);
    put_list(press, "Données accordées", &paper->scopes);
    put_list(press, "Justification des données sensibles", &paper->justifications);
    put_list(press, "Données demandées et non accordées", &paper->refused_scopes);
    put_section(press, "Destinataires des données", paper->recipients);
    put_section(press, "Durée de conservation",
                arena_printf(arena, "%lld mois", (long long)paper->retention_months));
    put_section(press, "Justification de la durée de conservation", paper->retention_justification);
    put_section(press, "Motif de la décision", paper->reason);
    put_section(press, "Message accompagnant la décision", paper->message);
    put_section(press, "Conditions", write_conditions(arena, paper->terms_version));
    put_section(press, "Vérifier ce document",
                arena_printf(arena,
                             "L’état actuel de cette habilitation se vérifie en lisant le code "
                             "carré, ou à l’adresse %s (code %s).",
                             paper->confirmation_url, paper->confirmation_code));
}

static bool load_fonts(struct press *press, const char *folder) {
    HPDF_UseUTFEncodings(press->pdf);
    HPDF_SetCurrentEncoder(press->pdf, "UTF-8");
    const char *plain = HPDF_LoadTTFontFromFile(
        press->pdf, arena_printf(press->arena, "%s/DejaVuSans.ttf", folder), HPDF_TRUE);
    const char *bold = HPDF_LoadTTFontFromFile(
        press->pdf, arena_printf(press->arena, "%s/DejaVuSans-Bold.ttf", folder), HPDF_TRUE);
    if (plain == NULL || bold == NULL) {
        return false;
    }
    press->plain = HPDF_GetFont(press->pdf, plain, "UTF-8");
    press->bold = HPDF_GetFont(press->pdf, bold, "UTF-8");
    return press->plain != NULL && press->bold != NULL;
}

static enum err save(struct press *press, const unsigned char **bytes, size_t *length) {
    if (HPDF_SaveToStream(press->pdf) != HPDF_OK) {
        return err_internal("libharu does not save");
    }
    HPDF_UINT32 size = HPDF_GetStreamSize(press->pdf);
    unsigned char *copy = arena_alloc(press->arena, size);
    HPDF_ResetStream(press->pdf);
    if (HPDF_ReadFromStream(press->pdf, copy, &size) != HPDF_OK) {
        return err_internal("libharu does not give its bytes");
    }
    *bytes = copy;
    *length = size;
    return ERR_NONE;
}

static enum err print_paper(struct press *press, const char *font_folder,
                            const struct habilitation_paper *paper, const unsigned char **bytes,
                            size_t *length) {
    HPDF_SetCompressionMode(press->pdf, HPDF_COMP_ALL);
    if (!load_fonts(press, font_folder)) {
        return ERR_UNAVAILABLE;
    }
    HPDF_SetInfoAttr(press->pdf, HPDF_INFO_TITLE,
                     arena_printf(press->arena, "Habilitation %s", paper->number));
    HPDF_SetInfoAttr(press->pdf, HPDF_INFO_CREATOR, "Guichet");
    start_page(press);
    if (!put_code(press, paper->confirmation_url)) {
        return err_internal("no code for the confirmation address");
    }
    put_content(press, paper);
    const HPDF_STATUS status = HPDF_GetError(press->pdf);
    if (status != HPDF_OK) {
        return err_internal(
            arena_printf(press->arena, "libharu gives status %lu", (unsigned long)status));
    }
    return save(press, bytes, length);
}

enum err habilitation_pdf_render(struct arena *arena, const char *font_folder,
                                 const struct habilitation_paper *paper,
                                 const unsigned char **bytes, size_t *length) {
    struct press press = {.arena = arena,
                          .pdf = HPDF_New(NULL, NULL),
                          .footer = arena_printf(arena, "Habilitation %s – %s", paper->number,
                                                 paper->confirmation_code)};
    if (press.pdf == NULL) {
        return err_internal("libharu does not start");
    }
    const enum err err = print_paper(&press, font_folder, paper, bytes, length);
    HPDF_Free(press.pdf);
    return err;
}
