/* SPDX-License-Identifier: EUPL-1.2 */
/* The mark and the threads, as static/marks.svg and tools/threads.py draw them. */

#include "draw/canvas.h"

#include <math.h>

typedef struct stroke {
    double x1, y1, x2, y2;
    bool is_second;
} stroke;

/* Three threads woven with three; each gap is where one goes under. */
static const stroke strokes[] = {
    {12, 4, 12, 7, false},   {12, 17, 12, 44, false}, {24, 4, 24, 19, false},
    {24, 29, 24, 44, false}, {36, 4, 36, 7, false},   {36, 17, 36, 31, false},
    {36, 41, 36, 44, false}, {4, 24, 7, 24, false},   {17, 24, 31, 24, false},
    {41, 24, 44, 24, false}, {4, 12, 19, 12, true},   {29, 12, 44, 12, true},
    {4, 36, 7, 36, true},    {17, 36, 31, 36, true},  {41, 36, 44, 36, true},
};

void canvas_mark(canvas *c, double x, double y, double side, int ink, int second)
{
    cairo_save(c->at);
    cairo_translate(c->at, x, y);
    cairo_scale(c->at, side / 48, side / 48);
    cairo_set_line_width(c->at, 5.5);
    cairo_set_line_cap(c->at, CAIRO_LINE_CAP_ROUND);
    for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++) {
        const stroke *s = &strokes[i];
        canvas_ink(c, s->is_second ? second : ink);
        cairo_move_to(c->at, s->x1, s->y1);
        cairo_line_to(c->at, s->x2, s->y2);
        cairo_stroke(c->at);
    }
    cairo_restore(c->at);
}

enum { STRANDS = 7, POINTS = 32 };

static double smooth(double t)
{
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return t * t * t * (t * (6 * t - 15) + 10);
}

/* Of a strand, in parts of the height, where the cord is complete at 0.72 of the width. */
static double height_of(int strand, double x)
{
    double start = 0.10 + 0.80 * strand / (STRANDS - 1) + 0.04 * sin(x * 9.6 + strand * 1.9);
    double cord = 0.5 + 0.16 * sin(x * 18.5 + 2 * M_PI * strand / STRANDS);
    double t = smooth(x / 0.72);
    return (1 - t) * start + t * cord;
}

static void draw_strand(canvas *c, box b, int strand)
{
    double step = 1.0 / POINTS;
    cairo_move_to(c->at, b.x, b.y + b.h * height_of(strand, 0));
    for (int i = 0; i < POINTS; i++) {
        double x = i * step;
        double y0 = height_of(strand, x - step), y1 = height_of(strand, x);
        double y2 = height_of(strand, x + step), y3 = height_of(strand, x + 2 * step);
        cairo_curve_to(c->at, b.x + b.w * (x + step / 3), b.y + b.h * (y1 + (y2 - y0) / 6),
                       b.x + b.w * (x + step * 2 / 3), b.y + b.h * (y2 - (y3 - y1) / 6),
                       b.x + b.w * (x + step), b.y + b.h * y2);
    }
    cairo_stroke(c->at);
}

void canvas_threads(canvas *c, box b, double thickness)
{
    static const int shades[STRANDS] = {0x2b7880, 0x1f6670, 0xff8255, 0x2b7880,
                                        0x1f6670, 0x3b8b91, 0x1f6670};
    static const int order[STRANDS] = {0, 1, 3, 4, 5, 6, 2}; /* the bright one lies on top */
    cairo_save(c->at);
    cairo_set_line_width(c->at, thickness);
    for (int i = 0; i < STRANDS; i++) {
        canvas_ink(c, shades[order[i]]);
        draw_strand(c, b, order[i]);
    }
    cairo_restore(c->at);
}
