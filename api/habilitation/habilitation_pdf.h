#ifndef GUICHET_HABILITATION_HABILITATION_PDF_H
#define GUICHET_HABILITATION_HABILITATION_PDF_H
/* The printed document of a habilitation: a PDF with embedded fonts, to be archived, and a QR code that leads
 * to the public confirmation. The only includer of libhpdf. Thread-safe. */
#include "habilitation/habilitation.h"

/* `font_folder` holds DejaVuSans.ttf and DejaVuSans-Bold.ttf. `*bytes` is in the arena.
 * ERR_UNAVAILABLE where a font is missing, ERR_INTERNAL where the library fails. */
MUST_CHECK enum err habilitation_pdf_render(struct arena *arena, const char *font_folder,
                                            const struct habilitation_paper *paper,
                                            const unsigned char **bytes, size_t *length);

#endif
