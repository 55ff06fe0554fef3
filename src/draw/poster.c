/* SPDX-License-Identifier: EUPL-1.2 */
/* In points of A4; A3 is the same, larger by the root of two. */

#include "draw/appeal.h"
#include "draw/canvas.h"

#include <cairo.h>

static const double wide = 595.276, high = 841.89, margin = 44, edge = 558;

static void draw_cry(canvas *c, const appeal *p)
{
    double inner = wide - 2 * margin;
    canvas_fill(c, (box){0, 0, wide, edge}, INK_DEEP);
    cairo_save(c->at);
    cairo_rectangle(c->at, 0, 0, wide, edge);
    cairo_clip(c->at);
    canvas_threads(c, (box){-6, edge - 150, wide + 12, 132}, 3);
    cairo_restore(c->at);
    canvas_mark(c, margin, 40, 34, INK_WHITE, INK_FLAME);
    canvas_write(c, (box){margin + 46, 46, inner - 46, 24}, (hand){20, 10, true, false, INK_WHITE},
                 p->alliance);
    double y = 116;
    y += canvas_write(c, (box){margin, y, inner, 216}, (hand){68, 24, true, false, INK_WHITE},
                      p->cry);
    canvas_fill(c, (box){margin, y + 14, 64, 5}, INK_FLAME);
    canvas_write(c, (box){margin, y + 34, inner, edge - 150 - y - 40},
                 (hand){21, 12, false, false, INK_PALE}, p->title);
}

static void draw_count(canvas *c, const appeal *p, double w)
{
    double y = edge + 34;
    if (p->number.n) {
        y += canvas_write(c, (box){margin, y, w, 80}, (hand){72, 30, true, false, INK_TEXT},
                          p->number);
        y += canvas_write(c, (box){margin, y + 2, w, 24}, (hand){19, 10, true, false, INK_TEXT},
                          p->caption);
        canvas_write(c, (box){margin, y + 6, w, 16}, (hand){11, 8, false, false, INK_SOFT},
                     p->as_of);
    } else {
        canvas_write(c, (box){margin, y, w, 110}, (hand){30, 14, true, false, INK_TEXT},
                     p->summary);
    }
    canvas_write(c, (box){margin, edge + 166, w, 28}, (hand){20, 10, true, false, INK_MARK},
                 p->hashtag);
}

static err draw_way(canvas *c, const appeal *p, double side)
{
    double x = wide - margin - side;
    canvas_link(c, p->link);
    err e = canvas_code(c, x, edge + 34, side, p->link);
    canvas_link_end(c);
    double y = edge + 42 + side;
    y += canvas_write(c, (box){x, y, side, 30}, (hand){16, 9, true, false, INK_TEXT}, p->call);
    canvas_write(c, (box){x, y + 1, side, 14}, (hand){11, 6, false, false, INK_SOFT}, p->address);
    return e;
}

static void draw_foot(canvas *c, const appeal *p)
{
    double inner = wide - 2 * margin, y = high - 58;
    canvas_fill(c, (box){margin, y, inner, 0.75}, INK_LINE);
    y += 9 + canvas_write(c, (box){margin, y + 9, inner, 14}, (hand){9.5, 6, true, false, INK_TEXT},
                          p->behind);
    canvas_write(c, (box){margin, y + 2, inner, 14}, (hand){9.5, 6, false, false, INK_SOFT},
                 p->contact);
}

err poster_draw(typeface *t, arena *a, const appeal *p, paper size, drawn *out)
{
    enum { CODE = 136 };
    double scale = size == PAPER_A3 ? 1.41421356 : 1;
    canvas c;
    canvas_open_pdf(&c, t, a, p->lang, wide * scale, high * scale);
    canvas_describe(&c, p->cry, p->alliance, p->day);
    cairo_scale(c.at, scale, scale);
    draw_cry(&c, p);
    canvas_warn(&c, wide, 26, margin, p->warning);
    draw_count(&c, p, wide - 3 * margin - CODE);
    err e = draw_way(&c, p, CODE);
    draw_foot(&c, p);
    err closed = canvas_close(&c, &out->bytes);
    out->unknown = c.unknown;
    return e == OK ? closed : e;
}
