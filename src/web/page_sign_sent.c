/* SPDX-License-Identifier: EUPL-1.2 */
/* "Check your e-mail": the page behind the form. It knows nothing but the receipt in its address,
 * and it looks the same for every receipt, genuine or not, whether or not the address has signed
 * before; but it tells when the letter did not arrive. */

#include "web/page_sign.h"

#include "page_views.h"
#include "routes.h"
#include "web/embed.h"

/* A form that only carries its token. */
typedef struct press {
    bool is_pressed;
} press;
static const field press_fields[] = {{0}};
const form press_form = {"press", press_fields, sizeof(press)};

static err show(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    const declaration *d;
    TRY(page_begin(ap, rq, &pc));
    TRY(page_declaration(&pc, req_segment(rq, 1), &d));
    frame *f = &pc.frame;
    str receipt = req_segment(rq, 2);
    sign_sent_page p = {
        .d = d,
        .url = url_sent(pc.a, f->code, d->slug, receipt),
        .form_url = url_sign(pc.a, f->code, d->slug),
        .token = token_sent_again(rq),
        .days = PENDING_DAYS,
        .is_again = req_query(rq, S("again")).n > 0,
    };
    TRY(signature_undelivered(&ap->core, pc.a, receipt, &p.why));
    msg title = p.why == UNDELIVERED_NOT ? MSG_SENT_TITLE : MSG_SENT_WRONG;
    f->title = lang_text(pc.a, f->l, title, NULL, 0);
    f->is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_sign_sent(&pc.view, &o, &p);
    return OK;
}

err page_sent(struct app *ap, req *rq, reply *out)
{
    return show(ap, rq, out);
}

/* A press on a page that stood open too long shows the page anew, with a fresh token. */
err page_sent_again(struct app *ap, req *rq, reply *out)
{
    arena *a = req_arena(rq);
    str receipt = req_segment(rq, 2);
    str url = url_sent(a, req_segment(rq, 0), req_segment(rq, 1), receipt);
    if (req_faults(rq)->n > 0)
        return reply_see_other(out, url);
    TRY(signature_mail_again(&ap->core, a, receipt, req_now_ms(rq)));
    return reply_see_other(out, arena_printf(a, "%.*s?again=1", STR_FMT(url)));
}

/* In a frame: no way to ask again but on the whole page, in a window of its own. */
err embed_sent(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    embed e;
    TRY(embed_begin(ap, rq, &pc, &e));
    pc.frame.title = lang_text(pc.a, pc.frame.l, MSG_SENT_TITLE, NULL, 0);
    pc.frame.is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_embed_sent(&pc.view, &o, &e,
                    url_sent(pc.a, pc.frame.code, e.figure.d->slug, req_segment(rq, 2)),
                    PENDING_DAYS);
    return OK;
}
