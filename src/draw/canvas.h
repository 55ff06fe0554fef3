/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What posters, pictures and slides are drawn with. For draw/ only: it shows cairo. Lengths are
 * those of the surface: points in a PDF, pixels in a PNG. */

#include "draw/typeface.h"

#include <cairo.h>

typedef struct canvas {
    typeface *letters;
    arena *a;
    cairo_surface_t *surface;
    cairo_t *at;
    str lang;    /* of the words */
    buf bytes;   /* of the file */
    int unknown; /* letters that the typeface lacks; a box stands in their place */
} canvas;

typedef struct box {
    double x, y, w, h;
} box;

/* 0xRRGGBB. docs/look.md names them; these are the ones of static/site.css. */
enum {
    INK_DEEP = 0x0b3f47,
    INK_DEEPER = 0x08323a,
    INK_TEXT = 0x0c2b30,
    INK_SOFT = 0x4a6266,
    INK_LINE = 0xc8d7d5,
    INK_PALE = 0xcfe3e0,
    INK_WHITE = 0xffffff,
    INK_FLAME = 0xff8255,
    INK_MARK = 0xc93a10,
};

typedef struct hand {
    double size;  /* of the letters; they shrink when the words do not fit, */
    double least; /* down to this; then the words are cut off with an ellipsis. 0: half of size */
    bool is_bold;
    bool is_right; /* aligned to the right edge */
    int ink;
} hand;

/* Only one canvas of a typeface is open at a time: others wait here. */
void canvas_open_pdf(canvas *c, typeface *letters, arena *a, str lang, double w, double h);
void canvas_open_svg(canvas *c, typeface *letters, arena *a, str lang, double w, double h);
void canvas_open_png(canvas *c, typeface *letters, arena *a, str lang, int w, int h, bool is_clear);
/* Shown by readers of PDF. day: "2026-11-26". */
void canvas_describe(canvas *c, str title, str author, str day);
/* Ends a page of a PDF and begins the next. */
void canvas_turn_page(canvas *c);
/* The file, in the arena. ERR_IO: cairo failed (logged). */
MUST_USE err canvas_close(canvas *c, str *out_bytes);

/* The height that the words took. */
double canvas_write(canvas *c, box b, hand h, str words);
/* The width of one line of them. */
double canvas_width(canvas *c, hand h, str words);
void canvas_ink(canvas *c, int ink); /* of what follows by cairo itself */
void canvas_fill(canvas *c, box b, int ink);
/* Seven threads that weave into one cord, as on the site. */
void canvas_threads(canvas *c, box b, double thickness);
/* A strip across the top with a warning; nothing when there is none. */
void canvas_warn(canvas *c, double w, double h, double margin, str warning);
/* The mark of the alliance, square; threads of the second kind in the second ink. */
void canvas_mark(canvas *c, double x, double y, double side, int ink, int second);
/* The dark square of a QR code; its light margin, a seventh of the side or less, lies around it. */
MUST_USE err canvas_code(canvas *c, double x, double y, double side, str text);
/* What is drawn between leads to the address, in a PDF. */
void canvas_link(canvas *c, str address);
void canvas_link_end(canvas *c);
