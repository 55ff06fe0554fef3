/* SPDX-License-Identifier: EUPL-1.2 */
/* The form is the organisation's part of the sign form with a message, and is handled as that one:
 * a robot that fills the trap gets the usual answer, and nothing is stored. */

#include "web/page_join.h"

#include "base/log.h"
#include "page_views.h"
#include "routes.h"

enum { TROUBLE_RETRY_S = 30, FACTS_MOST = 6 };

#define AT(member) offsetof(sign_form, member)

static const field join_fields[] = {
    {"organisation", FIELD_TEXT, AT(organisation), 1, 255, true, NULL},
    {"country", FIELD_TEXT, AT(country), 2, 2, true, NULL},
    {"website", FIELD_TEXT, AT(website), 1, 200, false, NULL},
    {"name", FIELD_NAME, AT(name), 1, 255, true, NULL},
    {"role", FIELD_TEXT, AT(role), 1, 255, true, NULL},
    {"email", FIELD_EMAIL, AT(email), 3, 254, true, NULL},
    {"message", FIELD_PARAGRAPH, AT(reason), 1, JOIN_MESSAGE_MOST, false, NULL},
    {"agree", FIELD_CHECK, AT(is_consented), 0, 1, true, NULL},
    {"subject", FIELD_PARAGRAPH, AT(trap), 0, 2000, false, NULL},
    {0},
};
const form join_form = {"join", join_fields, sizeof(sign_form)};

static str words(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static err show_form(page_context *pc, req *rq, reply *out, int status, const sign_form *values,
                     const form_faults *faults, sign_notice notice)
{
    frame *f = &pc->frame;
    join_page p = {.url = url_join(pc->a, f->code),
                   .privacy_url = url_text(pc->a, f->code, S("privacy")),
                   .token = token_join_post(rq),
                   .notice = notice};
    sign_fields_fill(pc->a, f->l, SIGNER_ORGANISATION, &join_form, values, faults, &p.fields);
    f->title = words(pc, MSG_JOIN_TITLE);
    f->description = words(pc, MSG_JOIN_LEAD);
    f->has_faults = p.fields.faults.n > 0 || notice != SIGN_FINE;
    html_out o = page_reply(pc, out, status);
    if (status == 503)
        reply_retry_after(out, TROUBLE_RETRY_S);
    view_join_form(&pc->view, &o, &p);
    return OK;
}

err page_join(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    return show_form(&pc, rq, out, 200, NULL, NULL, SIGN_FINE);
}

static joining_words words_of(const sign_form *sent)
{
    return (joining_words){
        .organisation = sent->organisation,
        .country = str_eq(sent->country, S("EL")) ? S("GR") : sent->country, /* as NUTS writes it */
        .website = sent->website,
        .contact = sent->name,
        .role = sent->role,
        .mail = sent->email,
        .message = sent->reason,
    };
}

static err submit(page_context *pc, req *rq, reply *out, const sign_form *sent, form_faults *faults)
{
    frame *f = &pc->frame;
    joining_words what = words_of(sent);
    err e = joining_submit(&f->app->core, pc->a, &what, f->code, f->now_ms);
    if (e == OK)
        return reply_see_other(out, url_join_sent(pc->a, f->code));
    if (e == ERR_INVALID) {
        form_fault_set(&join_form, faults, S("email"), FAULT_NOT_EMAIL);
        return show_form(pc, rq, out, 422, sent, faults, SIGN_FINE);
    }
    if (e == ERR_BUSY || e == ERR_IO || e == ERR_UNCERTAIN)
        return show_form(pc, rq, out, 503, sent, NULL,
                         e == ERR_UNCERTAIN ? SIGN_UNCERTAIN : SIGN_TROUBLE);
    return e;
}

err page_join_post(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    const sign_form *sent = req_form(rq);
    form_faults *faults = req_faults(rq);
    if (sent->trap.n) {
        LOG_EVENT(LOG_INFO, "join.trap");
        return reply_see_other(out, url_join_sent(pc.a, pc.frame.code));
    }
    sign_fields_check(pc.a, &join_form, sent, faults);
    sign_notice notice = faults->is_stale ? SIGN_STALE : faults->is_early ? SIGN_EARLY : SIGN_FINE;
    if (faults->n > 0)
        return show_form(&pc, rq, out, 422, sent, faults, notice);
    return submit(&pc, rq, out, sent, faults);
}

err page_join_sent(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    pc.frame.title = words(&pc, MSG_SENT_TITLE);
    pc.frame.is_private = true;
    html_out o = page_reply(&pc, out, 200);
    view_join_sent(&pc.view, &o, url_join(pc.a, pc.frame.code));
    return OK;
}

/* --- Behind the mailed link --- */

static err show_nothing(page_context *pc, reply *out, int status, msg title, msg text)
{
    pc->frame.title = words(pc, title);
    html_out o = page_reply(pc, out, status);
    view_join_nothing(&pc->view, &o, words(pc, text), url_join(pc->a, pc->frame.code));
    return OK;
}

static void add(const page_context *pc, own_fact *all, size_t *n, msg label, str value)
{
    BUG_IF(*n == FACTS_MOST);
    if (value.n)
        all[(*n)++] = (own_fact){words(pc, label), value, {"", 0}};
}

static own_fact_list facts_of(const page_context *pc, const joining_words *w)
{
    own_fact *all = arena_array(pc->a, own_fact, FACTS_MOST);
    size_t n = 0;
    add(pc, all, &n, MSG_SIGN_ORGANISATION, w->organisation);
    add(pc, all, &n, MSG_SIGN_COUNTRY, lang_country(pc->frame.l, w->country));
    add(pc, all, &n, MSG_SIGN_WEBSITE, w->website);
    add(pc, all, &n, MSG_SIGN_CONTACT, personal_text(w->contact));
    add(pc, all, &n, MSG_SIGN_ROLE, w->role);
    add(pc, all, &n, MSG_JOIN_MESSAGE, w->message);
    return (own_fact_list){all, n};
}

err page_join_own(struct app *ap, req *rq, reply *out)
{
    static const msg titles[] = {[JOINING_SENT] = MSG_JOIN_CONFIRM_TITLE,
                                 [JOINING_WAITS] = MSG_JOIN_WAITS_TITLE,
                                 [JOINING_ACCEPTED] = MSG_JOIN_ACCEPTED,
                                 [JOINING_REFUSED] = MSG_JOIN_REFUSED};
    page_context pc;
    join_own_page p = {.request = {.number = 0}};
    str token = req_segment(rq, 1);
    TRY(page_begin(ap, rq, &pc));
    pc.frame.is_private = true;
    err e = joining_open(&ap->core, pc.a, token, &p.request);
    if (e == ERR_NOT_FOUND)
        return show_nothing(&pc, out, 404, MSG_OWN_UNKNOWN_TITLE, MSG_JOIN_UNKNOWN);
    TRY(e);
    p.facts = facts_of(&pc, &p.request.words);
    p.confirm_url = url_join_confirm(pc.a, pc.frame.code, token);
    p.confirm_token = token_join_confirm(rq);
    p.back_url = url_join_take_back(pc.a, pc.frame.code, token);
    p.back_token = token_join_take_back(rq);
    p.partners_url = url_partners(pc.a, pc.frame.code);
    pc.frame.title = words(&pc, titles[p.request.state]);
    html_out o = page_reply(&pc, out, 200);
    view_join_own(&pc.view, &o, &p);
    return OK;
}

/* A press on a page that stood open too long shows the page anew, with a fresh token. */
err page_join_confirm(struct app *ap, req *rq, reply *out)
{
    str code = req_segment(rq, 0), token = req_segment(rq, 1);
    if (req_faults(rq)->n == 0) {
        err e = joining_confirm(&ap->core, token);
        if (e != ERR_NOT_FOUND) /* the page says so */
            TRY(e);
    }
    return reply_see_other(out, url_join_own(req_arena(rq), code, token));
}

err page_join_take_back(struct app *ap, req *rq, reply *out)
{
    str code = req_segment(rq, 0), token = req_segment(rq, 1);
    if (req_faults(rq)->n > 0)
        return reply_see_other(out, url_join_own(req_arena(rq), code, token));
    TRY(joining_take_back(&ap->core, token));
    return reply_see_other(out, url_join_gone(req_arena(rq), code));
}

err page_join_gone(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    pc.frame.is_private = true;
    return show_nothing(&pc, out, 200, MSG_OWN_ERASED_TITLE, MSG_JOIN_GONE);
}
