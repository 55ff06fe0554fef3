/* SPDX-License-Identifier: EUPL-1.2 */
/* By cairo and pango, in points: A4 is 595 by 842. */

#include "draw/key_sheet.h"

#include "draw/leak_check.h"
#include "draw/qr.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <fcntl.h>
#include <pango/pangocairo.h>
#include <unistd.h>

enum { WIDTH = 595, HEIGHT = 842, MARGIN = 56, QR_SIDE = 200 };

typedef struct drawing {
    arena *a;
    cairo_t *page;
    double y;
    int unknown; /* glyphs that no font has */
} drawing;

static void put_text(drawing *d, const char *font, double gap, str text)
{
    PangoLayout *layout = pango_cairo_create_layout(d->page);
    PangoFontDescription *description = pango_font_description_from_string(font);
    /* One unit is one point, and a key that is broken must not gain a hyphen. */
    pango_cairo_context_set_resolution(pango_layout_get_context(layout), 72);
    PangoAttrList *plain = pango_attr_list_new();
    pango_attr_list_insert(plain, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(layout, plain);
    pango_attr_list_unref(plain);
    pango_layout_set_font_description(layout, description);
    pango_layout_set_width(layout, (WIDTH - 2 * MARGIN) * PANGO_SCALE);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_spacing(layout, 2 * PANGO_SCALE);
    pango_layout_set_text(layout, text.at, (int)text.n);
    int width, height;
    pango_layout_get_pixel_size(layout, &width, &height);
    d->unknown += pango_layout_get_unknown_glyphs_count(layout);
    cairo_move_to(d->page, MARGIN, d->y);
    pango_cairo_show_layout(d->page, layout);
    d->y += height + gap;
    pango_font_description_free(description);
    g_object_unref(layout);
}

static err put_qr(drawing *d, str text, double x)
{
    qr code;
    TRY(qr_make(d->a, text, &code));
    double side = (double)QR_SIDE / code.size;
    for (int row = 0; row < code.size; row++)
        for (int column = 0; column < code.size; column++)
            if (code.is_dark[row * code.size + column])
                cairo_rectangle(d->page, x + column * side, d->y + row * side, side, side);
    cairo_fill(d->page);
    return OK;
}

/* In groups, so that people can type it. */
static str grouped(arena *a, str text)
{
    enum { GROUP = 6 };
    buf b = buf_in(a);
    for (size_t i = 0; i < text.n; i++) {
        if (i && i % GROUP == 0)
            buf_put_char(&b, ' ');
        buf_put_char(&b, text.at[i]);
    }
    return buf_str(&b);
}

static err draw(drawing *d, const key_sheet *sheet)
{
    put_text(d, "Sans Bold 22", 6, sheet->title);
    put_text(d, "Sans 10", 18,
             arena_printf(d->a, "Undersigned · key of an organiser · made on %.*s",
                          STR_FMT(sheet->made)));
    put_text(d, "Sans 12", 14,
             S("Whoever holds this sheet can read the name, the address and every word of each "
               "signer. Whoever loses all such sheets has lost them for ever; the count and its "
               "proofs stay. Keep it locked away, apart from the server and from the sheet of the "
               "other custodian. Do not photograph it, and do not send it."));
    put_text(d, "Sans Bold 12", 2, S("Secret key"));
    put_text(d, "Monospace 14", 2, grouped(d->a, sheet->secret));
    put_text(d, "Sans 10", 6,
             S("The blanks do not belong to it; they only help the eye. The code below holds it "
               "without them."));
    TRY(put_qr(d, sheet->secret, MARGIN - 12));
    d->y += QR_SIDE + 12;
    put_text(d, "Sans Bold 12", 2, S("Public key (may be told to anybody)"));
    put_text(d, "Monospace 10", 14, sheet->recipient);
    put_text(d, "Sans Bold 12", 2, S("To open records"));
    put_text(d, "Sans 12", 6,
             S("On a machine that stays off the network: put the secret key, in one line, into a "
               "text file key.txt, and bring the file that the server exported. Then"));
    put_text(d, "Monospace 10", 6, S("undersigned open --key key.txt records.tar names.csv"));
    put_text(
        d, "Sans 12", 14,
        S("or, with any other program for the age format, open the files in records.tar one by "
          "one: age -d -i key.txt FILE."));
    put_text(d, "Sans Bold 12", 2, S("Custodian, place, date"));
    return OK;
}

static err render(arena *a, const char *path, const key_sheet *sheet)
{
    leak_check_excuse_fonts();
    cairo_surface_t *surface = cairo_pdf_surface_create(path, WIDTH, HEIGHT);
    drawing d = {.a = a, .page = cairo_create(surface), .y = MARGIN};
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, arena_cstr(a, sheet->title));
    err e = draw(&d, sheet);
    cairo_move_to(d.page, MARGIN, d.y + 28);
    cairo_line_to(d.page, WIDTH - MARGIN, d.y + 28);
    cairo_set_line_width(d.page, 0.5);
    cairo_stroke(d.page);
    cairo_show_page(d.page);
    cairo_destroy(d.page);
    cairo_surface_finish(surface);
    if (e == OK && d.unknown)
        e = ERR_INVALID;
    if (e == OK && cairo_surface_status(surface) != CAIRO_STATUS_SUCCESS)
        e = ERR_IO;
    cairo_surface_destroy(surface);
    return e;
}

err key_sheet_write(arena *a, const char *path, const key_sheet *sheet)
{
    /* Made by us, so that nobody else may read it at any moment. */
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    close(fd);
    err e = render(a, path, sheet);
    if (e != OK)
        unlink(path);
    return e;
}
