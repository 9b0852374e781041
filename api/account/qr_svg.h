#ifndef GUICHET_ACCOUNT_QR_SVG_H
#define GUICHET_ACCOUNT_QR_SVG_H
/* A QR code (ISO/IEC 18004) as an SVG picture without style or script. Thread-safe. */
#include "base/arena.h"
#include "base/err.h"

/* ERR_TOO_LARGE where the text does not fit. */
MUST_CHECK enum err qr_svg_render(struct arena *arena, const char *text, const char **svg);

#endif
