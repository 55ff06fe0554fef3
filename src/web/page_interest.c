/* SPDX-License-Identifier: EUPL-1.2 */
/* As with signing: the form brings one mail, its link shows a page that changes nothing, and a
 * button there does. The answer on screen is the same for every address. */

#include "web/page_interest.h"

#include "page_views.h"
#include "routes.h"

#define AT(member) offsetof(sign_form, member)

static const field interest_fields[] = {
    {"name", FIELD_NAME, AT(name), 1, 255, false, NULL},
    {"email", FIELD_EMAIL, AT(email), 3, 254, true, NULL},
    {"consent", FIELD_CHECK, AT(is_consented), 0, 1, true, NULL},
    {0},
};
const form interest_form = {"interest", interest_fields, sizeof(sign_form)};

bool interest_is_for(str slug)
{
    return !str_eq(slug, S("petition")) && !str_eq(slug, S("materials"));
}

static str words_of(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

/* Nothing personal outlives the declaration that people came for. */
static int64_t retain_ms(const page_context *pc)
{
    return pc->frame.main ? pc->frame.main->retain_ms : 0;
}

static err begin(struct app *ap, req *rq, page_context *pc, interest_page *p)
{
    str slug = req_segment(rq, 1);
    TRY(page_begin(ap, rq, pc));
    if (!interest_is_for(slug))
        return ERR_NOT_FOUND;
    TRY(shown_item(pc, S("action"), slug, &p->action));
    pc->frame.title = p->action.title;
    pc->frame.current = "actions";
    return OK;
}

/* The box is about something else than signing. */
static void reword_consent(const page_context *pc, sign_fields *fields)
{
    fields->name.described = fields->name.fault.n ? S("name-error") : S("");
    fields->email.described = fields->email.fault.n ? S("email-error") : S("");
    fields->consent.described = fields->consent.fault.n ? S("consent-error") : S("");
    if (fields->consent.fault.n == 0)
        return;
    fields->consent.fault = words_of(pc, MSG_INTEREST_TICK);
    for (size_t i = 0; i < fields->faults.n; i++)
        if (str_eq(fields->faults.at[i].target, S("#consent")))
            fields->faults.at[i].words = fields->consent.fault;
}

static err show(struct app *ap, req *rq, reply *out, int status, const form_faults *faults)
{
    page_context pc;
    interest_page p = {.token = token_interest_post(rq)};
    TRY(begin(ap, rq, &pc, &p));
    sign_fields_fill(pc.a, pc.frame.l, SIGNER_PERSON, &interest_form, faults ? req_form(rq) : NULL,
                     faults, &p.fields);
    reword_consent(&pc, &p.fields);
    p.until = lang_date(pc.a, pc.frame.l, interest_ends_ms(retain_ms(&pc), pc.frame.now_ms));
    pc.frame.title = arena_printf(pc.a, "%.*s: %.*s", STR_FMT(words_of(&pc, MSG_ACTION_ASIDE)),
                                  STR_FMT(p.action.title));
    pc.frame.has_faults = p.fields.faults.n > 0;
    pc.frame.robots = S("noindex");
    html_out o = page_reply(&pc, out, status);
    view_interest_form(&pc.view, &o, &p);
    return OK;
}

err page_interest(struct app *ap, req *rq, reply *out)
{
    return show(ap, rq, out, 200, NULL);
}

err page_interest_post(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    interest_page p = {.token = {0}};
    const sign_form *sent = req_form(rq);
    form_faults *faults = req_faults(rq);
    TRY(begin(ap, rq, &pc, &p));
    if (faults->n > 0)
        return show(ap, rq, out, 422, faults);
    interest_request asks = {.action = p.action.item->slug,
                             .address = sent->email,
                             .name = sent->name,
                             .lang = pc.frame.code,
                             .retain_ms = retain_ms(&pc),
                             .now_ms = pc.frame.now_ms};
    err e = interest_ask(&ap->core, pc.a, &asks);
    if (e == ERR_INVALID) {
        form_fault_set(&interest_form, faults, S("email"), FAULT_NOT_EMAIL);
        return show(ap, rq, out, 422, faults);
    }
    TRY(e);
    return reply_see_other(out, url_interest_sent(pc.a, pc.frame.code, asks.action));
}

err page_interest_sent(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    interest_page p = {.token = {0}};
    TRY(begin(ap, rq, &pc, &p));
    pc.frame.title = words_of(&pc, MSG_SENT_TITLE);
    pc.frame.is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_interest_sent(&pc.view, &o, &p);
    return OK;
}

/* --- Behind the mailed link --- */

static err reply_unknown(page_context *pc, reply *out)
{
    pc->frame.title = words_of(pc, MSG_OWN_UNKNOWN_TITLE);
    html_out o = page_reply(pc, out, 404);
    view_own_unknown(&pc->view, &o, url_actions(pc->a, pc->frame.code));
    return OK;
}

err page_interest_own(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    interest_page p = {.link = req_segment(rq, 1)};
    TRY(page_begin(ap, rq, &pc));
    pc.frame.is_private = true;
    err e = interest_see(&ap->core, pc.a, p.link, pc.frame.now_ms, &p.one);
    if (e == OK)
        e = shown_item(&pc, S("action"), p.one.action, &p.action);
    if (e == ERR_NOT_FOUND)
        return reply_unknown(&pc, out);
    TRY(e);
    int64_t ends_ms =
        p.one.is_confirmed ? p.one.ends_ms : interest_ends_ms(retain_ms(&pc), pc.frame.now_ms);
    p.until = lang_date(pc.a, pc.frame.l, ends_ms);
    p.token = token_interest_confirm(rq);
    p.leave_token = token_interest_leave(rq);
    pc.frame.title = words_of(&pc, p.one.is_confirmed ? MSG_INTEREST_LISTED : MSG_INTEREST_ASK);
    html_out o = page_reply(&pc, out, 200);
    view_interest_own(&pc.view, &o, &p);
    return OK;
}

/* A page that stood open too long comes again, with its button. */
static err answer(struct app *ap, req *rq, reply *out, bool is_leaving)
{
    page_context pc;
    str token = req_segment(rq, 1);
    TRY(page_begin(ap, rq, &pc));
    pc.frame.is_private = true;
    str url = url_interest_own(pc.a, pc.frame.code, token);
    if (req_faults(rq)->n > 0)
        return reply_see_other(out, url);
    err e = is_leaving ? interest_leave(&ap->core, token, pc.frame.now_ms)
                       : interest_confirm(&ap->core, token, retain_ms(&pc), pc.frame.now_ms);
    if (e == ERR_NOT_FOUND)
        return reply_unknown(&pc, out);
    TRY(e);
    return reply_see_other(out, is_leaving ? url_interest_left(pc.a, pc.frame.code) : url);
}

err page_interest_confirm(struct app *ap, req *rq, reply *out)
{
    return answer(ap, rq, out, false);
}

err page_interest_leave(struct app *ap, req *rq, reply *out)
{
    return answer(ap, rq, out, true);
}

err page_interest_left(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    pc.frame.title = words_of(&pc, MSG_INTEREST_LEFT);
    pc.frame.is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_interest_left(&pc.view, &o);
    return OK;
}
