#ifndef GUICHET_HABILITATION_HABILITATION_PDF_H
#define GUICHET_HABILITATION_HABILITATION_PDF_H
/* The document of a habilitation, fit to be filed: PDF with its fonts embedded and a QR code that
 * leads to the public confirmation. The only includer of libhpdf. Thread-safe. */
#include "habilitation/habilitation.h"

/* `font_folder` holds DejaVuSans.ttf and DejaVuSans-Bold.ttf. The bytes are in the arena.
 * ERR_UNAVAILABLE where a font is missing, ERR_INTERNAL where the library fails. */
MUST_CHECK enum err habilitation_pdf_render(struct arena *arena, const char *font_folder,
                                            const struct habilitation_paper *paper,
                                            const unsigned char **bytes, size_t *length);

#endif
