#include "account/qr_svg.h"
#include "base/buf.h"
#include <qrencode.h>

enum { QUIET_ZONE = 4, SVG_BYTES_MAX = 512 * 1024 };

/* One path: a unit square for each dark module. */
static void draw(struct buf *out, const QRcode *code) {
    for (int y = 0; y < code->width; y++) {
        for (int x = 0; x < code->width; x++) {
            if ((code->data[y * code->width + x] & 1) != 0) {
                buf_printf(out, "M%d %dh1v1h-1z", x + QUIET_ZONE, y + QUIET_ZONE);
            }
        }
    }
}

enum err qr_svg_render(struct arena *arena, const char *text, const char **svg) {
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    struct buf out;
    if (code == NULL) {
        return ERR_TOO_LARGE;
    }
    const int side = code->width + 2 * QUIET_ZONE;
    buf_init(&out, arena, SVG_BYTES_MAX);
    buf_printf(&out,
               "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"240\" "
               "height=\"240\"><path fill=\"#fff\" d=\"M0 0h%dv%dH0z\"/><path d=\"",
               side, side, side, side);
    draw(&out, code);
    buf_puts(&out, "\"/></svg>");
    QRcode_free(code);
    *svg = buf_text(&out);
    return out.overflowed ? ERR_TOO_LARGE : ERR_NONE;
}
