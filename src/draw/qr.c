/* SPDX-License-Identifier: EUPL-1.2 */
/* libqrencode makes the matrix; here it becomes a path. */

#include "draw/qr.h"

#include <qrencode.h>

/* Rows of runs: the low bit of each module is its colour. */
static str path_of(arena *a, const QRcode *code)
{
    buf b = buf_in(a);
    for (int y = 0; y < code->width; y++) {
        const unsigned char *row = code->data + (size_t)y * (size_t)code->width;
        for (int x = 0; x < code->width; x++) {
            int begin = x;
            while (x < code->width && row[x] & 1)
                x++;
            if (x > begin)
                buf_printf(&b, "M%d %dh%dv1h-%dz", begin + QR_QUIET_MODULES, y + QR_QUIET_MODULES,
                           x - begin, x - begin);
        }
    }
    return buf_str(&b);
}

static const bool *modules_of(arena *a, const QRcode *code, size_t size)
{
    bool *is_dark = arena_array(a, bool, size *size);
    size_t width = (size_t)code->width;
    for (size_t i = 0; i < width * width; i++)
        is_dark[(i / width + QR_QUIET_MODULES) * size + i % width + QR_QUIET_MODULES] =
            code->data[i] & 1;
    return is_dark;
}

err qr_make(arena *a, str text, qr *out_qr)
{
    if (text.n > QR_TEXT_BYTES_MOST)
        return ERR_LIMIT;
    if (text.n == 0 || memchr(text.at, '\0', text.n))
        return ERR_INVALID;
    QRcode *code = QRcode_encodeString8bit(arena_cstr(a, text), 0, QR_ECLEVEL_M);
    BUG_IF(!code); /* version 40 holds far more */
    int size = code->width + 2 * QR_QUIET_MODULES;
    *out_qr = (qr){size, path_of(a, code), modules_of(a, code, (size_t)size)};
    QRcode_free(code);
    return OK;
}
