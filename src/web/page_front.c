/* SPDX-License-Identifier: EUPL-1.2 */
/* The addresses without a language: the front door leads to the reader's own, and asks when the
 * browser does not say it. */

#include "web/frame.h"

#include "page_views.h"
#include "routes.h"

static err show_languages(page_context *pc, reply *out)
{
    frame *f = &pc->frame;
    f->title = lang_text(pc->a, f->l, MSG_COMMON_LANGUAGES, NULL, 0);
    html_out o = page_reply(pc, out, 200);
    view_page_languages(&pc->view, &o);
    return OK;
}

err page_front(struct app *ap, req *rq, reply *out)
{
    lang l;
    if (lang_negotiate(req_header(rq, S("accept-language")), &l)) {
        TRY(reply_moved(out, 302, url_home(req_arena(rq), lang_code(l))));
        reply_header(out, S("Vary"), S("Accept-Language"));
        return OK;
    }
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    pc.frame.canonical = url_front(pc.a);
    TRY(show_languages(&pc, out));
    reply_header(out, S("Vary"), S("Accept-Language"));
    return OK;
}

err page_languages(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    return show_languages(&pc, out);
}

err page_office(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    f->title = lang_text(pc.a, f->l, MSG_OFFICE_TITLE, NULL, 0);
    f->robots = S("noindex");
    html_out o = page_reply(&pc, out, 200);
    view_page_office(&pc.view, &o);
    return OK;
}
