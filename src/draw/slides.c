/* SPDX-License-Identifier: EUPL-1.2 */
/* Five pages: cry, purpose, who may join, the points of the declaration, how to sign. */

#include "draw/appeal.h"
#include "draw/canvas.h"

#include <cairo.h>

static const double wide = 960, high = 540, margin = 64;

static void draw_title(canvas *c, const appeal *p)
{
    double inner = wide - 2 * margin;
    canvas_fill(c, (box){0, 0, wide, high}, INK_DEEP);
    canvas_threads(c, (box){-8, 300, wide + 16, 190}, 3.5);
    canvas_mark(c, margin, 54, 44, INK_WHITE, INK_FLAME);
    canvas_write(c, (box){margin + 60, 62, inner - 60, 32}, (hand){26, 13, true, false, INK_WHITE},
                 p->alliance);
    canvas_write(c, (box){margin, 132, inner, 190}, (hand){62, 26, true, false, INK_WHITE}, p->cry);
    canvas_write(c, (box){margin, high - 56, inner, 26}, (hand){18, 10, true, false, INK_FLAME},
                 p->hashtag);
}

/* The frame of a page: heading on its line, foot. Returns where the text may begin. */
static double draw_page(canvas *c, const appeal *p, str heading)
{
    double inner = wide - 2 * margin;
    canvas_turn_page(c);
    canvas_fill(c, (box){0, 0, wide, high}, INK_WHITE);
    canvas_fill(c, (box){0, 0, 14, high}, INK_DEEP);
    double y = 46 + canvas_write(c, (box){margin, 46, inner, 52},
                                 (hand){40, 20, true, false, INK_DEEP}, heading);
    canvas_fill(c, (box){margin, y + 8, 72, 5}, INK_FLAME);
    canvas_mark(c, margin, high - 44, 20, INK_DEEP, INK_MARK);
    canvas_write(c, (box){margin + 28, high - 42, inner - 28, 18},
                 (hand){12, 8, false, false, INK_SOFT}, p->alliance);
    return y + 36;
}

static void draw_text(canvas *c, const appeal *p, str heading, str text)
{
    double y = draw_page(c, p, heading);
    canvas_write(c, (box){margin, y, wide - 2 * margin, high - 70 - y},
                 (hand){34, 13, false, false, INK_TEXT}, text);
}

/* Numbered, in two columns. */
static void draw_points(canvas *c, const appeal *p)
{
    double y = draw_page(c, p, p->title);
    size_t n = p->points.n < APPEAL_POINTS_MOST ? p->points.n : APPEAL_POINTS_MOST;
    size_t rows = (n + 1) / 2;
    double column = (wide - 2 * margin - 40) / 2;
    double step = rows ? (high - 76 - y) / (double)rows : 0;
    for (size_t i = 0; i < n; i++) {
        double x = margin + (i < rows ? 0 : column + 40);
        double row = y + step * (double)(i % rows);
        canvas_write(c, (box){x, row, 40, step - 6}, (hand){24, 12, true, false, INK_MARK},
                     arena_printf(c->a, "%zu", i + 1));
        canvas_write(c, (box){x + 44, row, column - 44, step - 6},
                     (hand){22, 10, false, false, INK_TEXT}, p->points.at[i]);
    }
}

static err draw_way(canvas *c, const appeal *p)
{
    enum { CODE = 230 };
    double text = wide - 3 * margin - CODE, x = wide - margin - CODE;
    canvas_turn_page(c);
    canvas_fill(c, (box){0, 0, wide, high}, INK_DEEP);
    canvas_threads(c, (box){-8, 322, wide + 16, 150}, 3.5);
    canvas_link(c, p->link);
    err e = canvas_code(c, x, 84, CODE, p->link);
    canvas_link_end(c);
    canvas_write(c, (box){margin, 66, text, 100}, (hand){52, 24, true, false, INK_WHITE}, p->call);
    canvas_write(c, (box){margin, 172, text, 40}, (hand){26, 11, false, false, INK_PALE},
                 p->address);
    if (p->number.n) {
        double y = 226 + canvas_write(c, (box){margin, 226, text, 84},
                                      (hand){66, 30, true, false, INK_WHITE}, p->number);
        canvas_write(c, (box){margin, y, text, 26}, (hand){18, 9, false, false, INK_PALE},
                     arena_printf(c->a, "%.*s · %.*s", STR_FMT(p->caption), STR_FMT(p->as_of)));
    }
    canvas_write(c, (box){margin, high - 60, wide - 2 * margin, 22},
                 (hand){15, 8, false, false, INK_PALE}, p->behind);
    return e;
}

err slides_draw(typeface *t, arena *a, const appeal *p, drawn *out)
{
    canvas c;
    canvas_open_pdf(&c, t, a, p->lang, wide, high);
    canvas_describe(&c, p->title, p->alliance, p->day);
    draw_title(&c, p);
    canvas_warn(&c, wide, 30, margin, p->warning);
    draw_text(&c, p, p->purpose_heading, p->purpose);
    draw_text(&c, p, p->who_heading, p->who);
    if (p->points.n)
        draw_points(&c, p);
    err e = draw_way(&c, p);
    err closed = canvas_close(&c, &out->bytes);
    out->unknown = c.unknown;
    return e == OK ? closed : e;
}
