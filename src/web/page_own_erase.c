/* SPDX-License-Identifier: EUPL-1.2 */
/* Erasing at once: asks once, then everything is gone, the link included. So what follows stands
 * on a page of its own, which names nobody. */

#include "core/erasure.h"
#include "page_views.h"
#include "routes.h"
#include "web/page_own.h"

static err ask(own_context *own, req *rq, reply *out)
{
    page_context *pc = &own->pc;
    own_page p = {.own = own, .tokens = {.erase = token_own_erase_post(rq)}};
    pc->frame.title = lang_text(pc->a, pc->frame.l, MSG_OWN_ERASE, NULL, 0);
    html_out o = page_reply(pc, out, 200);
    view_own_erase(&pc->view, &o, &p);
    return OK;
}

err page_own_erase(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, ask);
}

static err erase(own_context *own, req *rq, reply *out)
{
    const frame *f = &own->pc.frame;
    if (req_faults(rq)->n > 0) /* the page stood open too long: it comes again, with its button */
        return reply_see_other(out, url_own_erase(own->pc.a, f->code, own->token));
    TRY(erasure_by_link(&f->app->core, own->token, f->now_ms));
    return reply_see_other(out, url_own_erased(own->pc.a, f->code));
}

err page_own_erase_post(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, erase);
}

err page_own_erased(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    pc.frame.title = lang_text(pc.a, pc.frame.l, MSG_OWN_ERASED_TITLE, NULL, 0);
    pc.frame.is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_own_erased(&pc.view, &o);
    return OK;
}
