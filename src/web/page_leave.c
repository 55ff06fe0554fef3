/* SPDX-License-Identifier: EUPL-1.2 */
/* Leaving the mailings by the link in their header and at their foot (RFC 8058). Mail programs
 * send the POST by themselves, with no cookie, no form token and no origin; what they send it to
 * can end the news and do nothing else. Looking changes nothing and reads nothing, and the answer
 * is the same whatever the token. */

#include "core/news.h"
#include "page_views.h"
#include "routes.h"
#include "web/frame.h"

static err show(struct app *ap, req *rq, reply *out, bool is_done)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    f->title = lang_text(pc.a, f->l, MSG_LEAVE_TITLE, NULL, 0);
    f->is_private = true;
    html_out o = page_reply(&pc, out, 200);
    if (is_done)
        view_own_left(&pc.view, &o);
    else
        view_own_leave(&pc.view, &o, url_leave_post(pc.a, f->code, req_segment(rq, 1)));
    return OK;
}

err page_leave(struct app *ap, req *rq, reply *out)
{
    return show(ap, rq, out, false);
}

err page_leave_post(struct app *ap, req *rq, reply *out)
{
    TRY(news_leave(&ap->core, req_segment(rq, 1), req_segment(rq, 0), req_now_ms(rq)));
    return show(ap, rq, out, true);
}
