/* SPDX-License-Identifier: EUPL-1.2 */
/* The page of a declaration: the very text whose hash a signature stores. */

#include "web/page_declaration.h"

#include "page_views.h"
#include "web/shown.h"

err page_declaration_shown(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    const declaration_text *text = declaration_text_in(d, d->version, pc.frame.code);
    if (!text)
        return ERR_NOT_FOUND;
    frame *f = &pc.frame;
    frame_note_text(f, text->lang, text->state);
    buf hash = buf_in(pc.a);
    buf_put_hex(&hash, text->hash.at, 8);
    declaration_page p = {
        .figure = figure_of(&pc, d),
        .text = text,
        .is_foreign = !str_eq(text->lang, f->code),
        .body = shown_text(pc.a, pc.frame.code, text->body, 2),
        .hash_prefix = buf_str(&hash),
        .original =
            str_eq(text->lang, d->original_lang) ? (str){"", 0} : shown_language(d->original_lang),
    };
    TRY(share_make(&pc, d, text->title, text->title, (str){"", 0}, (str){"", 0}, &p.share));
    f->title = text->title;
    f->description = text->summary;
    f->current = "declaration";
    frame_show(&pc, d);
    html_out o = page_reply(&pc, out, 200);
    view_page_declaration(&pc.view, &o, &p);
    return OK;
}
