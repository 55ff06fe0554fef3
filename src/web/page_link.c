/* SPDX-License-Identifier: EUPL-1.2 */
/* Signers have no account: whoever has lost the link asks for it with the address that signed. The
 * answer is the same for every address; only its mailbox learns whether there is a signature. */

#include "web/page_link.h"

#include "core/letter.h"
#include "page_views.h"
#include "routes.h"

static const field link_fields[] = {
    {"email", FIELD_EMAIL, offsetof(sign_form, email), 3, 254, true, NULL},
    {0},
};
const form link_form = {"link", link_fields, sizeof(sign_form)};

static err show(struct app *ap, req *rq, reply *out, int status, const form_faults *faults)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    frame *f = &pc.frame;
    link_page p = {.token = token_link_post(rq), .url = url_link(pc.a, f->code)};
    sign_fields_fill(pc.a, f->l, SIGNER_PERSON, &link_form, faults ? req_form(rq) : NULL, faults,
                     &p.fields);
    p.fields.email.described = p.fields.email.fault.n ? S("email-error") : S("");
    f->title = lang_text(pc.a, f->l, MSG_LINK_TITLE, NULL, 0);
    f->has_faults = p.fields.faults.n > 0;
    html_out o = page_reply(&pc, out, status);
    view_own_link(&pc.view, &o, &p);
    return OK;
}

err page_link(struct app *ap, req *rq, reply *out)
{
    return show(ap, rq, out, 200, NULL);
}

err page_link_post(struct app *ap, req *rq, reply *out)
{
    arena *a = req_arena(rq);
    const sign_form *sent = req_form(rq);
    form_faults *faults = req_faults(rq);
    str code = req_segment(rq, 0);
    if (faults->n > 0)
        return show(ap, rq, out, 422, faults);
    err e = letter_ask_link(&ap->core, a, sent->email, code, req_now_ms(rq));
    if (e == ERR_INVALID) {
        form_fault_set(&link_form, faults, S("email"), FAULT_NOT_EMAIL);
        return show(ap, rq, out, 422, faults);
    }
    TRY(e);
    return reply_see_other(out, url_link_sent(a, code));
}

err page_link_sent(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    pc.frame.title = lang_text(pc.a, pc.frame.l, MSG_SENT_TITLE, NULL, 0);
    pc.frame.is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_own_link_sent(&pc.view, &o, url_link(pc.a, pc.frame.code));
    return OK;
}
