/* SPDX-License-Identifier: EUPL-1.2 */
/* Explanation and checker. The policy of the site lets a page ask its own origin only, so the page
 * counts this log or a copy on the reader's disk; the saved file has no policy and counts any log.
 */

#include "web/page_proof.h"

#include "page_views.h"
#include "routes.h"
#include "static/assets.h"

static void show_stamp(page_context *pc, const declaration *d, proof_page *out)
{
    out->stamp = edition_stamp(pc->frame.ed, d);
    long long size = (long long)out->stamp->size;
    out->stamped_url =
        url_log(pc->a, d->slug, arena_printf(pc->a, "timestamps/%lld.checkpoint", size));
    out->stamp_url = url_log(pc->a, d->slug, arena_printf(pc->a, "timestamps/%lld.tsr", size));
}

static err begin(struct app *ap, req *rq, page_context *pc, proof_page *out)
{
    const declaration *d;
    TRY(page_begin(ap, rq, pc));
    TRY(page_declaration(pc, req_segment(rq, 1), &d));
    frame *f = &pc->frame;
    str checkpoint = url_log(pc->a, d->slug, S("checkpoint"));
    str folder = str_head(checkpoint, checkpoint.n - sizeof "/checkpoint" + 1);
    *out = (proof_page){
        .figure = figure_of(pc, d),
        .log_url = arena_printf(pc->a, "%.*s%.*s", STR_FMT(ap->origin), STR_FMT(folder)),
        .read_from = folder,
        .checkpoint_url = checkpoint,
        .manifest_url = url_log(pc->a, d->slug, S("manifest")),
        .checker_url = url_checker(pc->a, f->code, d->slug),
        .script_url = ASSET_PROOF_PAGE_JS,
        .witnesses = declaration_witnesses(pc->a, d),
    };
    show_stamp(pc, d, out);
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (text) {
        out->title = text->title;
        out->title_lang = str_eq(text->lang, f->code) ? (str){"", 0} : text->lang;
    }
    str words = lang_text(pc->a, f->l, MSG_PROOF_TITLE, NULL, 0);
    f->title = out->title.n ? arena_printf(pc->a, "%.*s: %.*s", STR_FMT(words), STR_FMT(out->title))
                            : words;
    f->current = "proof";
    return OK;
}

err page_proof(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    proof_page p;
    TRY(begin(ap, rq, &pc, &p));
    frame *f = &pc.frame;
    f->description = lang_text(pc.a, f->l, MSG_PROOF_LEAD, NULL, 0);
    html_out o = page_reply(&pc, out, 200);
    view_page_proof(&pc.view, &o, &p);
    return OK;
}

/* The short address, for print. */
err page_checker(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    proof_page p;
    TRY(begin(ap, rq, &pc, &p));
    p.is_checker = true;
    p.read_from = p.log_url;
    p.style = html_inline_style(pc.a, asset_find(ASSET_PROOF_CHECKER_CSS)->identity);
    p.script = html_inline_script(pc.a, asset_find(ASSET_PROOF_PAGE_JS)->identity);
    pc.frame.robots = S("noindex");
    html_out o = page_reply(&pc, out, 200);
    reply_header(out, S("Content-Disposition"),
                 arena_printf(pc.a, "attachment; filename=\"checker-%.*s.html\"",
                              STR_FMT(p.figure.d->slug)));
    view_page_checker(&pc.view, &o, &p);
    return OK;
}
