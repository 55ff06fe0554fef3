/* SPDX-License-Identifier: EUPL-1.2 */
/* Colours come as attributes, because a picture may carry no style sheet under our own policy.
 * Nobody knows the reader's font, so a line that may be too long is given the length it must have.
 */

#include "html/count_image.h"

#include "base/utf8.h"

enum { MARGIN = 20, ROOM = COUNT_IMAGE_WIDTH - 2 * MARGIN, BAR_Y = 108 };

#define RAW(o, literal) html_raw_literal((o), literal, sizeof(literal) - 1)

static void put_attribute(html_out *o, const char *name, str value)
{
    RAW(o, " ");
    html_raw_literal(o, name, strlen(name));
    RAW(o, "=\"");
    html_attribute(o, value);
    RAW(o, "\"");
}

static void put_number(html_out *o, const char *name, int64_t value)
{
    put_attribute(o, name, arena_printf(o->to->home, "%lld", (long long)value));
}

static void put_line(html_out *o, str text, int y, int size, const char *weight, str colour)
{
    RAW(o, "<text");
    put_number(o, "x", MARGIN);
    put_number(o, "y", y);
    put_number(o, "font-size", size);
    put_attribute(o, "font-weight", str_of(weight));
    put_attribute(o, "fill", colour);
    /* Bold letters of usual fonts are rarely wider than 0.62 of their height on average. */
    if ((int64_t)utf8_length(text) * size * 62 > ROOM * 100) {
        put_number(o, "textLength", ROOM);
        put_attribute(o, "lengthAdjust", S("spacingAndGlyphs"));
    }
    RAW(o, ">");
    html_text(o, text);
    RAW(o, "</text>\n");
}

static void put_bar(html_out *o, int64_t width, str colour)
{
    RAW(o, "<rect rx=\"4\" height=\"8\"");
    put_number(o, "x", MARGIN);
    put_number(o, "y", BAR_Y);
    put_number(o, "width", width);
    put_attribute(o, "fill", colour);
    RAW(o, "/>\n");
}

void count_image_put(html_out *o, const count_image *image)
{
    str label = arena_printf(o->to->home, "%.*s: %.*s %.*s", STR_FMT(image->title),
                             STR_FMT(image->number), STR_FMT(image->caption));
    int64_t done = image->goal > 0 ? image->count * ROOM / image->goal : 0;
    RAW(o, "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" "
           "font-family=\"system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif\"");
    put_number(o, "width", COUNT_IMAGE_WIDTH);
    put_number(o, "height", COUNT_IMAGE_HEIGHT);
    put_attribute(o, "viewBox",
                  arena_printf(o->to->home, "0 0 %d %d", COUNT_IMAGE_WIDTH, COUNT_IMAGE_HEIGHT));
    RAW(o, ">\n<title>");
    html_text(o, label);
    RAW(o, "</title>\n<rect x=\"0.5\" y=\"0.5\" rx=\"6\"");
    put_number(o, "width", COUNT_IMAGE_WIDTH - 1);
    put_number(o, "height", COUNT_IMAGE_HEIGHT - 1);
    put_attribute(o, "fill", image->paper);
    put_attribute(o, "stroke", image->line);
    RAW(o, "/>\n");
    put_line(o, image->title, 32, 15, "600", image->ink);
    if (image->number.n) {
        put_line(o, image->number, 74, 40, "700", image->accent_text);
        put_line(o, image->caption, 96, 14, "400", image->soft);
    } else {
        put_line(o, image->caption, 74, 24, "700", image->accent_text);
    }
    put_bar(o, ROOM, image->line);
    if (done > 0)
        put_bar(o, done < 8 ? 8 : done > ROOM ? ROOM : done, image->accent);
    RAW(o, "</svg>\n");
}
