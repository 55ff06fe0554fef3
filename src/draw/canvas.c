/* SPDX-License-Identifier: EUPL-1.2 */
/* By cairo and pango. Nothing is hinted: a word is as wide in a PNG as in a PDF. */

#include "draw/canvas.h"

#include "base/log.h"
#include "draw/png_out.h"
#include "draw/qr.h"
#include "draw/typeface_inside.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>

static cairo_status_t take_bytes(void *closure, const unsigned char *bytes, unsigned n)
{
    buf_put(closure, (str){(const char *)bytes, n});
    return CAIRO_STATUS_SUCCESS;
}

static void open_on(canvas *c, cairo_surface_t *surface)
{
    cairo_font_options_t *options = cairo_font_options_create();
    c->surface = surface;
    c->at = cairo_create(surface);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_set_font_options(c->at, options);
    cairo_font_options_destroy(options);
}

static void begin(canvas *c, typeface *letters, arena *a, str lang)
{
    *c = (canvas){.letters = letters, .a = a, .lang = lang, .bytes = buf_in(a)};
    typeface_take(letters);
}

void canvas_open_pdf(canvas *c, typeface *letters, arena *a, str lang, double w, double h)
{
    begin(c, letters, a, lang);
    open_on(c, cairo_pdf_surface_create_for_stream(take_bytes, &c->bytes, w, h));
}

void canvas_open_svg(canvas *c, typeface *letters, arena *a, str lang, double w, double h)
{
    begin(c, letters, a, lang);
    open_on(c, cairo_svg_surface_create_for_stream(take_bytes, &c->bytes, w, h));
    cairo_svg_surface_set_document_unit(c->surface, CAIRO_SVG_UNIT_PX);
}

void canvas_open_png(canvas *c, typeface *letters, arena *a, str lang, int w, int h, bool is_clear)
{
    begin(c, letters, a, lang);
    open_on(c,
            cairo_image_surface_create(is_clear ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, w, h));
}

void canvas_describe(canvas *c, str title, str author, str day)
{
    const char *at = arena_cstr(c->a, arena_printf(c->a, "%.*sT00:00:00Z", STR_FMT(day)));
    cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_TITLE, arena_cstr(c->a, title));
    cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_AUTHOR, arena_cstr(c->a, author));
    cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_CREATE_DATE, at);
    cairo_pdf_surface_set_metadata(c->surface, CAIRO_PDF_METADATA_MOD_DATE, at);
}

void canvas_turn_page(canvas *c)
{
    cairo_show_page(c->at);
}

static cairo_status_t write_picture(canvas *c)
{
    if (cairo_image_surface_get_format(c->surface) == CAIRO_FORMAT_RGB24)
        return png_put(&c->bytes, c->surface) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
    return cairo_surface_write_to_png_stream(c->surface, take_bytes, &c->bytes);
}

err canvas_close(canvas *c, str *out_bytes)
{
    bool is_picture = cairo_surface_get_type(c->surface) == CAIRO_SURFACE_TYPE_IMAGE;
    cairo_status_t status = cairo_status(c->at);
    cairo_destroy(c->at);
    if (is_picture && status == CAIRO_STATUS_SUCCESS)
        status = write_picture(c);
    cairo_surface_finish(c->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(c->surface);
    cairo_surface_destroy(c->surface);
    typeface_give_back(c->letters);
    *out_bytes = buf_str(&c->bytes);
    if (status == CAIRO_STATUS_SUCCESS)
        return OK;
    LOG(LOG_ERROR, "canvas.failed", log_str("reason", str_of(cairo_status_to_string(status))));
    return ERR_IO;
}

void canvas_ink(canvas *c, int ink)
{
    cairo_set_source_rgb(c->at, (ink >> 16 & 255) / 255.0, (ink >> 8 & 255) / 255.0,
                         (ink & 255) / 255.0);
}

/* --- Words --- */

enum { WORDS_BYTES_MOST = 5000 };

/* No box holds more; to lay it out again and again would take long. */
static str no_more(str words)
{
    size_t n = words.n < WORDS_BYTES_MOST ? words.n : WORDS_BYTES_MOST;
    while (n < words.n && n > 0 && ((unsigned char)words.at[n] & 0xC0) == 0x80)
        n--;
    return str_head(words, n);
}

static PangoLayout *layout_of(canvas *c, hand h, str words)
{
    words = no_more(words);
    PangoContext *context = pango_font_map_create_context(typeface_fonts(c->letters));
    pango_cairo_update_context(c->at, context);
    pango_context_set_language(context, pango_language_from_string(arena_cstr(c->a, c->lang)));
    PangoLayout *layout = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_from_string("Commissioner");
    pango_font_description_set_weight(font, h.is_bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_font_description_set_absolute_size(font, h.size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    g_object_unref(context);
    pango_layout_set_text(layout, words.at, (int)words.n);
    pango_layout_set_line_spacing(layout, h.is_bold ? 0.88F : 1.02F);
    pango_layout_set_alignment(layout, h.is_right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    return layout;
}

static void resize(PangoLayout *layout, double size)
{
    PangoFontDescription *font =
        pango_font_description_copy(pango_layout_get_font_description(layout));
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
}

/* A word that is wider than the box stands over its edge, which shows in the extents. */
static bool fits(PangoLayout *layout, box b)
{
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    return logical.width <= b.w * PANGO_SCALE && logical.height <= b.h * PANGO_SCALE;
}

double canvas_write(canvas *c, box b, hand h, str words)
{
    PangoLayout *layout = layout_of(c, h, words);
    double least = h.least > 0 ? h.least : h.size / 2;
    pango_layout_set_width(layout, (int)(b.w * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    while (!fits(layout, b) && h.size > least) {
        h.size = h.size * 0.96 > least ? h.size * 0.96 : least;
        resize(layout, h.size);
    }
    if (!fits(layout, b)) {
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
        pango_layout_set_height(layout, (int)(b.h * PANGO_SCALE));
        pango_layout_set_ellipsize(layout, PANGO_ELLIPSIZE_END);
    }
    c->unknown += pango_layout_get_unknown_glyphs_count(layout);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    canvas_ink(c, h.ink);
    cairo_move_to(c->at, b.x, b.y);
    pango_cairo_show_layout(c->at, layout);
    g_object_unref(layout);
    return (double)logical.height / PANGO_SCALE;
}

double canvas_width(canvas *c, hand h, str words)
{
    PangoLayout *layout = layout_of(c, h, words);
    PangoRectangle logical;
    pango_layout_get_extents(layout, NULL, &logical);
    g_object_unref(layout);
    return (double)logical.width / PANGO_SCALE;
}

/* --- Shapes --- */

void canvas_fill(canvas *c, box b, int ink)
{
    canvas_ink(c, ink);
    cairo_rectangle(c->at, b.x, b.y, b.w, b.h);
    cairo_fill(c->at);
}

void canvas_warn(canvas *c, double w, double h, double margin, str warning)
{
    if (warning.n == 0)
        return;
    canvas_fill(c, (box){0, 0, w, h}, INK_FLAME);
    canvas_write(c, (box){margin, h * 0.18, w - 2 * margin, h * 0.7},
                 (hand){h * 0.5, h * 0.2, true, false, INK_TEXT}, warning);
}

err canvas_code(canvas *c, double x, double y, double side, str text)
{
    qr code;
    TRY(qr_make(c->a, text, &code));
    double module = side / (code.size - 2 * QR_QUIET_MODULES), quiet = module * QR_QUIET_MODULES;
    canvas_fill(c, (box){x - quiet, y - quiet, side + 2 * quiet, side + 2 * quiet}, INK_WHITE);
    cairo_save(c->at);
    cairo_translate(c->at, x - quiet, y - quiet);
    cairo_scale(c->at, module, module);
    canvas_ink(c, INK_TEXT);
    for (int row = 0; row < code.size; row++)
        for (int from = 0, to; from < code.size; from = to + 1) {
            const bool *dark = code.is_dark + (size_t)row * (size_t)code.size;
            for (to = from; to < code.size && dark[to];)
                to++;
            if (to > from)
                cairo_rectangle(c->at, from, row, to - from, 1);
        }
    cairo_fill(c->at);
    cairo_restore(c->at);
    return OK;
}

void canvas_link(canvas *c, str address)
{
    if (cairo_surface_get_type(c->surface) == CAIRO_SURFACE_TYPE_PDF)
        cairo_tag_begin(c->at, CAIRO_TAG_LINK,
                        arena_cstr(c->a, arena_printf(c->a, "uri='%.*s'", STR_FMT(address))));
}

void canvas_link_end(canvas *c)
{
    if (cairo_surface_get_type(c->surface) == CAIRO_SURFACE_TYPE_PDF)
        cairo_tag_end(c->at, CAIRO_TAG_LINK);
}
