/* SPDX-License-Identifier: EUPL-1.2 */
/* As the poster: the cry above on the dark ground, the count below on white. Everything in units of
 * a hundredth of the root of the area, so that one drawing serves wide, square and tall pictures.
 */

#include "draw/appeal.h"
#include "draw/canvas.h"

#include <cairo.h>
#include <math.h>

typedef struct plan {
    double w, h;
    double u; /* a hundredth */
    double margin;
    double top, edge, bottom; /* of the words, of the white part, of the words again */
} plan;

static plan plan_of(int w, int h)
{
    double u = sqrt((double)w * h) / 100;
    bool is_tall = h > w + w / 2;
    /* Stories lay their own controls over the uppermost and lowest eighth. */
    double apart = is_tall ? h / 8.0 : 6 * u;
    double bottom = h - apart;
    return (plan){w, h, u, 6.5 * u, apart, bottom - (w > h ? 18 : 28) * u, bottom};
}

static void draw_cry(canvas *c, const appeal *p, const plan *g)
{
    double u = g->u, inner = g->w - 2 * g->margin;
    double threads = (g->w > g->h ? 11 : g->h > 1.5 * g->w ? 30 : 20) * u;
    double from = g->top + (g->w > g->h ? 10 : 14) * u;
    canvas_fill(c, (box){0, 0, g->w, g->edge}, INK_DEEP);
    canvas_threads(c, (box){-u, g->edge - threads - 1.5 * u, g->w + 2 * u, threads}, 0.45 * u);
    canvas_mark(c, g->margin, g->top, 6 * u, INK_WHITE, INK_FLAME);
    canvas_write(c, (box){g->margin + 8 * u, g->top + 0.9 * u, inner - 8 * u, 5 * u},
                 (hand){3.4 * u, 0, true, false, INK_WHITE}, p->alliance);
    canvas_write(c, (box){g->margin, from, inner, g->edge - threads - 2 * u - from},
                 (hand){(g->w > g->h ? 11 : 12.5) * u, 3 * u, true, false, INK_WHITE}, p->cry);
}

/* Number to the left; where to sign to the right, or below. */
static void draw_count(canvas *c, const appeal *p, const plan *g)
{
    double u = g->u, inner = g->w - 2 * g->margin, y = g->edge + 3.5 * u;
    bool is_wide = g->w > g->h;
    double half = is_wide ? inner * 0.5 : inner;
    canvas_fill(c, (box){0, g->edge, g->w, g->h - g->edge}, INK_WHITE);
    if (p->number.n) {
        canvas_write(c, (box){g->margin, y, half, 12 * u}, (hand){11 * u, 0, true, false, INK_TEXT},
                     p->number);
        canvas_write(c, (box){g->margin, y + 12 * u, half, 4.5 * u},
                     (hand){3.4 * u, 0, false, false, INK_SOFT}, p->caption);
    } else {
        canvas_write(c, (box){g->margin, y + 1.5 * u, half, 15 * u},
                     (hand){4.6 * u, 0, true, false, INK_TEXT}, p->summary);
    }
    box way = {is_wide ? g->margin + half : g->margin, y + (is_wide ? 12 : 22.5) * u,
               is_wide ? inner - half : inner, 5 * u};
    canvas_write(c, way, (hand){3.2 * u, 0, false, is_wide, INK_SOFT}, p->address);
    way.y -= 5 * u;
    canvas_write(c, way, (hand){3.6 * u, 0, true, is_wide, INK_MARK}, p->hashtag);
}

err picture_draw(typeface *t, arena *a, const appeal *p, int w, int h, drawn *out)
{
    canvas c;
    plan g = plan_of(w, h);
    canvas_open_png(&c, t, a, p->lang, w, h, false);
    draw_cry(&c, p, &g);
    draw_count(&c, p, &g);
    canvas_warn(&c, w, 4.6 * g.u, g.margin, p->warning);
    err e = canvas_close(&c, &out->bytes);
    out->unknown = c.unknown;
    return e;
}
