/* SPDX-License-Identifier: EUPL-1.2 */
#include "draw/appeal.h"
#include "draw/canvas.h"

/* The mark with a quarter of its side of air around it; the name beside. */
err logo_draw(typeface *t, arena *a, const appeal *p, logo_form form, bool is_light, drawn *out)
{
    enum { AIR = 30, MARK = LOGO_HEIGHT - 2 * AIR, LETTERS = 92, WIDEST = 4000 };
    int ink = is_light ? INK_WHITE : INK_DEEP, second = is_light ? INK_FLAME : INK_MARK;
    hand h = {LETTERS, 0, true, false, ink};
    canvas c;
    canvas_open_svg(&c, t, a, p->lang, 1, 1);
    double name = canvas_width(&c, h, p->alliance);
    TRY(canvas_close(&c, &out->bytes)); /* only to measure by */
    double w = MARK + 3.5 * AIR + name + AIR;
    w = w > WIDEST ? WIDEST : w;
    if (form == LOGO_SVG)
        canvas_open_svg(&c, t, a, p->lang, w, LOGO_HEIGHT);
    else
        canvas_open_png(&c, t, a, p->lang, (int)w, LOGO_HEIGHT, true);
    canvas_mark(&c, AIR, AIR, MARK, ink, second);
    canvas_write(&c, (box){MARK + 2.5 * AIR, (LOGO_HEIGHT - LETTERS * 1.25) / 2, name + AIR, 200},
                 h, p->alliance);
    err e = canvas_close(&c, &out->bytes);
    out->unknown = c.unknown;
    return e;
}
