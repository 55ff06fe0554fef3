/* SPDX-License-Identifier: EUPL-1.2 */
/* The own page in its states. Nothing changes by looking: mail filters and previews open links, so
 * every act is a button with a form token behind it, and may be pressed again without harm. */

#include "web/page_own.h"

#include "page_views.h"
#include "routes.h"
#include "web/kind.h"
#include "web/partners.h"

static str words(const own_context *own, msg m)
{
    return lang_text(own->pc.a, own->pc.frame.l, m, NULL, 0);
}

static err reply_unknown(page_context *pc, reply *out)
{
    pc->frame.title = lang_text(pc->a, pc->frame.l, MSG_OWN_UNKNOWN_TITLE, NULL, 0);
    html_out o = page_reply(pc, out, 404);
    view_own_unknown(&pc->view, &o, url_link(pc->a, pc->frame.code));
    return OK;
}

static err begin(struct app *ap, req *rq, own_context *own)
{
    page_context *pc = &own->pc;
    own->token = req_segment(rq, 1);
    TRY(signer_open(&ap->core, pc->a, own->token, pc->frame.now_ms, &own->view));
    own->d = alliance_declaration_by_id(pc->frame.ed->al, own->view.declaration);
    return own->d ? OK : ERR_NOT_FOUND;
}

err own_answer(struct app *ap, req *rq, reply *out, own_act *act)
{
    own_context own = {.token = {0}};
    TRY(page_begin(ap, rq, &own.pc));
    own.pc.frame.is_private = true;
    err e = begin(ap, rq, &own);
    if (e == OK)
        e = act(&own, rq, out);
    return e == ERR_NOT_FOUND ? reply_unknown(&own.pc, out) : e;
}

err own_see(const own_context *own, reply *out, const char *query)
{
    str url = url_own(own->pc.a, own->pc.frame.code, own->token);
    return reply_see_other(
        out, arena_printf(own->pc.a, "%.*s%s%s", STR_FMT(url), *query ? "?" : "", query));
}

bool own_is_outdated(const own_context *own)
{
    return own->view.text_version < own->d->version &&
           declaration_is_open(own->d, own->pc.frame.now_ms);
}

/* --- Pending: the one button --- */

static err show_pending(own_context *own, req *rq, reply *out)
{
    page_context *pc = &own->pc;
    if (!declaration_is_open(own->d, pc->frame.now_ms))
        return sign_reply_closed(pc, out, own->d, true);
    pc->frame.title = words(own, MSG_OWN_CONFIRM_TITLE);
    own_page p = {
        .own = own,
        .facts = own_facts(own),
        .tokens = {.confirm = token_own_confirm(rq)},
    };
    html_out o = page_reply(pc, out, 200);
    view_own_confirm(&pc->view, &o, &p);
    return OK;
}

/* Another signature of the same signer counts, or the mailbox has its number of signers. */
static err reply_refused(own_context *own, reply *out, confirm_outcome outcome)
{
    page_context *pc = &own->pc;
    bool is_full = outcome == CONFIRM_FULL;
    pc->frame.title = words(own, is_full ? MSG_OWN_FULL_TITLE : MSG_OWN_ALREADY_TITLE);
    html_out o = page_reply(pc, out, 409);
    view_own_refused(&pc->view, &o, own->d, is_full);
    return OK;
}

/* Confirming reads no more than it must: the transaction itself finds the signature, and the page
 * that comes next shows it. */
err page_own_confirm(struct app *ap, req *rq, reply *out)
{
    own_context own = {.token = req_segment(rq, 1)};
    confirm_outcome outcome;
    TRY(page_begin(ap, rq, &own.pc));
    own.pc.frame.is_private = true;
    if (req_faults(rq)->n > 0) /* the page stood open too long: it comes again, with its button */
        return own_see(&own, out, "");
    err e =
        signature_confirm(&ap->core, own.token, own.pc.frame.now_ms, own.pc.frame.ed->al, &outcome);
    if (e == OK && (outcome == CONFIRM_DONE || outcome == CONFIRM_BEFORE))
        return own_see(&own, out, "");
    if (e == OK)
        e = begin(ap, rq, &own);
    if (e == OK)
        return outcome == CONFIRM_CLOSED ? sign_reply_closed(&own.pc, out, own.d, true)
                                         : reply_refused(&own, out, outcome);
    return e == ERR_NOT_FOUND ? reply_unknown(&own.pc, out) : e;
}

/* --- Confirmed --- */

static err find_halt(const own_context *own, bool *out_is_halted)
{
    log_trouble trouble;
    TRY(log_trouble_get(&own->pc.frame.app->core, own->pc.a, own->d->slug, &trouble));
    *out_is_halted = trouble.is_refused;
    return OK;
}

static err show_confirmed(own_context *own, req *rq, reply *out)
{
    page_context *pc = &own->pc;
    frame *f = &pc->frame;
    const signer_view *v = &own->view;
    const declaration_text *text = declaration_text_in(own->d, own->d->version, f->code);
    str title = text ? text->title : own->d->slug;
    own_page p = {
        .own = own,
        .name =
            v->kind == SIGNER_ORGANISATION ? v->record.organisation : personal_text(v->record.name),
        .facts = own_facts(own),
        .tokens = {.choices = token_own_choices(rq), .renew = token_own_renew(rq)},
        .figure = figure_of(pc, own->d),
        .is_included =
            v->leaf >= 0 && v->leaf<v->log_size, .is_saved = req_query(rq, S("saved")).n> 0,
        .log_url = url_log(pc->a, own->d->slug, S("checkpoint")),
        .proof_url = url_proof(pc->a, f->code, own->d->slug),
        .actions_url = url_actions(pc->a, f->code),
        .actions = shown_items(pc, S("action"), 3),
    };
    TRY(share_make(pc, own->d, title, req_query(rq, S("words")), req_query(rq, S("server")),
                   (str){"", 0}, &p.share));
    p.share.form_url =
        arena_printf(pc->a, "%.*s#share", STR_FMT(url_own(pc->a, f->code, own->token)));
    p.partner_name = v->partner.n ? partner_with_news(pc, v->partner) : (str){"", 0};
    str promise;
    p.commitment = hex_make(pc->a, hash_str(&v->commitment));
    p.mailbox =
        hex_make(pc->a, (str){(const char *)v->record.mailbox.at, sizeof v->record.mailbox.at});
    p.has_opening = v->has_record;
    p.has_promise = !p.is_included && own_promise_text(own, &promise) == OK;
    p.log_place =
        arena_printf(pc->a, "%.*s/log/%.*s", STR_FMT(f->app->origin), STR_FMT(own->d->slug));
    p.receipt_name = own_file_name(own, "receipt", "tlog-proof");
    p.opening_name = own_file_name(own, "opening", "txt");
    if (!p.is_included)
        TRY(find_halt(own, &p.is_halted));
    p.is_counted = v->leaf >= 0 && v->leaf < p.figure.counts->size;
    p.is_outdated = own_is_outdated(own);
    p.may_correct = f->now_ms < own->d->closes_ms;
    p.is_first = p.is_counted && p.figure.count == 1;
    f->title = words(own, MSG_OWN_TITLE);
    html_out o = page_reply(pc, out, 200);
    view_own_page(&pc->view, &o, &p);
    return OK;
}

/* --- Confirmed, and yet not counted --- */

static str signer_name(const signer_view *v)
{
    return v->kind == SIGNER_ORGANISATION ? v->record.organisation : personal_text(v->record.name);
}

static err show_held(own_context *own, reply *out)
{
    own_page p = {.own = own, .name = signer_name(&own->view), .facts = own_facts(own)};
    own->pc.frame.title = words(own, MSG_HELD_TITLE);
    html_out o = page_reply(&own->pc, out, 200);
    view_own_held(&own->pc.view, &o, &p);
    return OK;
}

static err show_taken(own_context *own, reply *out)
{
    own_page p = {.own = own, .facts = own_facts(own)};
    own->pc.frame.title = words(own, MSG_TAKEN_TITLE);
    html_out o = page_reply(&own->pc, out, 200);
    view_own_taken(&own->pc.view, &o, &p);
    return OK;
}

/* --- Withdrawn --- */

static err show_withdrawn(own_context *own, req *rq, reply *out)
{
    page_context *pc = &own->pc;
    pc->frame.title = words(own, MSG_OWN_WITHDRAWN_TITLE);
    own_page p = {.own = own, .tokens = {.undo = token_own_undo(rq)}};
    html_out o = page_reply(pc, out, 200);
    view_own_withdrawn(&pc->view, &o, &p);
    return OK;
}

static err show(own_context *own, req *rq, reply *out)
{
    switch (own->view.state) {
    case SIGNATURE_PENDING:
        return show_pending(own, rq, out);
    case SIGNATURE_CONFIRMED:
        return show_confirmed(own, rq, out);
    case SIGNATURE_WITHDRAWN:
        return show_withdrawn(own, rq, out);
    case SIGNATURE_HELD:
        return show_held(own, out);
    case SIGNATURE_INVALID:
        return show_taken(own, out);
    case SIGNATURE_ERASED:
        break;
    }
    return ERR_NOT_FOUND;
}

err page_own(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, show);
}
