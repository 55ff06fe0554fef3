/* SPDX-License-Identifier: EUPL-1.2 */
/* Changing and withdrawing. Each act ends on the own page, which shows what stands now; a press on
 * a page that stood open too long changes nothing and ends there, too. */

#include "web/page_own.h"

#include "base/clock.h"
#include "page_views.h"
#include "routes.h"
#include "web/kind.h"
#include "web/place_choice.h"

typedef struct own_choices {
    bool is_listed, wants_news, wants_partner;
} own_choices;

static const field choices_fields[] = {
    {"listed", FIELD_CHECK, offsetof(own_choices, is_listed), 0, 1, false, NULL},
    {"news", FIELD_CHECK, offsetof(own_choices, wants_news), 0, 1, false, NULL},
    {"partner_news", FIELD_CHECK, offsetof(own_choices, wants_partner), 0, 1, false, NULL},
    {0},
};
const form own_choices_form = {"own_choices", choices_fields, sizeof(own_choices)};

static bool is_standing(const own_context *own)
{
    return own->view.state == SIGNATURE_CONFIRMED;
}

static err change_choices(own_context *own, req *rq, reply *out)
{
    const frame *f = &own->pc.frame;
    const own_choices *c = req_form(rq);
    if (!is_standing(own) || req_faults(rq)->n > 0)
        return own_see(own, out, "");
    err e = signer_set_consents(&f->app->core, own->pc.a, own->token, c->is_listed, c->wants_news,
                                f->code, f->now_ms);
    if (e == ERR_CONFLICT) /* to be listed needs what this link does not open: the page says so */
        return own_see(own, out, "");
    TRY(e);
    TRY(signer_set_partner(&f->app->core, own->token, c->wants_partner, f->code, f->now_ms));
    return own_see(own, out, "saved=1");
}

err page_own_choices(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, change_choices);
}

/* --- Correcting --- */

/* A correction is another line in the log, which takes none once collecting has ended. */
static bool may_correct(const own_context *own)
{
    return is_standing(own) && own->pc.frame.now_ms < own->d->closes_ms;
}

/* What the browser seals: of the text that was signed or, where the box says so, of the one that is
 * signed now. */
static sign_seal seal_of(const own_context *own)
{
    const frame *f = &own->pc.frame;
    arena *a = own->pc.a;
    sign_seal seal = sign_seal_of(a, own->d, &own->view.record);
    const declaration_text *text = declaration_text_in(own->d, own->d->version, f->code);
    if (!seal.is_on || !text || !own_is_outdated(own))
        return seal;
    seal.new_text = hex_make(a, hash_str(&text->hash));
    seal.new_language = f->code;
    seal.new_day = arena_printf(a, "%lld", (long long)clock_day(f->now_ms));
    return seal;
}

static err show_correction(own_context *own, req *rq, reply *out, int status,
                           const sign_form *values, const form_faults *faults, sign_notice notice)
{
    page_context *pc = &own->pc;
    frame *f = &pc->frame;
    own_correct_page p = {.own = own,
                          .token = token_own_correct_post(rq),
                          .seal = seal_of(own),
                          .notice = notice,
                          .may_renew = !own->view.has_record && own_is_outdated(own),
                          .is_renewed = values->is_renewed};
    sign_fields_fill(pc->a, f->l, own->view.kind, &own_correct_form, values, faults, &p.fields);
    if (own->view.has_record) /* these stay as they are */
        p.fields.type.id = p.fields.authority.id = NULL;
    f->title = lang_text(pc->a, f->l, MSG_OWN_CORRECT, NULL, 0);
    f->has_faults = p.fields.faults.n > 0 || notice != SIGN_FINE;
    html_out o = page_reply(pc, out, status);
    view_own_correct(&pc->view, &o, &p);
    return OK;
}

static err begin_correction(own_context *own, req *rq, reply *out)
{
    const record *r = &own->view.record;
    if (!may_correct(own))
        return own_see(own, out, "");
    sign_form now = {
        .name = r->name,
        .organisation = r->organisation,
        .role = r->function,
        .type = r->type,
        .authority = r->authority,
        .country = r->country,
        .place = r->region,
        .region = own->view.nuts,
        .reason = r->reason,
        .website = r->website,
        .group = r->group,
        .is_listed = own->view.is_listed,
    };
    return show_correction(own, rq, out, 200, &now, NULL, SIGN_FINE);
}

err page_own_correct(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, begin_correction);
}

/* What the kind needs and the declared form, which serves all kinds, cannot ask for. */
static void check_correction(const own_context *own, const sign_form *sent, form_faults *faults)
{
    sign_fields_check(own->pc.a, &own_correct_form, sent, faults);
    if (own->view.kind == SIGNER_PERSON)
        return;
    if (sent->organisation.n == 0)
        form_fault_set(&own_correct_form, faults, S("organisation"), FAULT_MISSING);
    if (sent->role.n == 0)
        form_fault_set(&own_correct_form, faults, S("role"), FAULT_MISSING);
    if (own->view.has_record)
        return;
    if (sent->type.n == 0)
        form_fault_set(&own_correct_form, faults, S("type"), FAULT_MISSING);
    else if (kind_type_name(own->pc.a, own->pc.frame.l, own->view.kind, sent->type).n == 0)
        form_fault_set(&own_correct_form, faults, S("type"), FAULT_NOT_A_CHOICE);
}

static err correct(own_context *own, req *rq, reply *out)
{
    const frame *f = &own->pc.frame;
    sign_form form_sent = *(const sign_form *)req_form(rq);
    const sign_form *sent = &form_sent;
    form_faults *faults = req_faults(rq);
    bool is_browser = own->d->records == RECORDS_BROWSER;
    bool is_person = own->view.kind == SIGNER_PERSON;
    if (!may_correct(own) || faults->is_stale)
        return own_see(own, out, "");
    check_correction(own, sent, faults);
    if (is_browser)
        sign_seal_admit(&own_correct_form, &form_sent, faults);
    if (faults->n > 0)
        return show_correction(own, rq, out, 422, sent, faults, SIGN_FINE);
    str nuts;
    if (own->d->is_light || !sign_place_settle(own->pc.a, sent, &nuts))
        nuts = S("");
    correction fix = {
        .name = sent->name,
        .organisation = is_person ? S("") : sent->organisation,
        .function = is_person ? S("") : sent->role,
        .country = sent->country,
        .region = own->d->is_light ? S("") : sent->place,
        .nuts = nuts,
        .reason = own->d->is_light ? S("") : sent->reason,
        .type = is_person ? S("") : sent->type,
        .authority = own->view.kind == SIGNER_ORGANISATION ? sent->authority : S(""),
        .website = own->view.kind == SIGNER_ORGANISATION ? sent->website : S(""),
        .group = own->view.kind == SIGNER_MANDATE ? sent->group : S(""),
        .is_listed = sent->is_listed,
    };
    browser_seal seal;
    if (is_browser && sign_seal_read(own->pc.a, sent, &seal) == OK)
        fix.seal = &seal;
    bool renews = sent->is_renewed && own_is_outdated(own);
    err e = renews ? signer_renew(&f->app->core, own->pc.a, own->d, own->token, &fix, f->code,
                                  f->now_ms)
                   : signer_correct(&f->app->core, own->pc.a, own->d, own->token, &fix, f->now_ms);
    if (e == ERR_CONFLICT && is_browser)
        return show_correction(own, rq, out, 422, sent, NULL, SIGN_UNSEALED);
    if (e == ERR_CONFLICT) {
        str distinguishing = own->view.kind == SIGNER_ORGANISATION ? S("organisation") : S("name");
        form_fault_set(&own_correct_form, faults, distinguishing, FAULT_RULE);
        return show_correction(own, rq, out, 409, sent, faults, SIGN_FINE);
    }
    TRY(e);
    return own_see(own, out, "saved=1");
}

err page_own_correct_post(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, correct);
}

/* --- A new version of the text --- */

static err renew(own_context *own, req *rq, reply *out)
{
    const frame *f = &own->pc.frame;
    if (req_faults(rq)->n > 0)
        return own_see(own, out, "");
    err e = signer_renew(&f->app->core, own->pc.a, own->d, own->token, NULL, f->code, f->now_ms);
    if (e == ERR_CONFLICT) /* closed meanwhile, or not with this link: the page shows it */
        return own_see(own, out, "");
    TRY(e);
    return own_see(own, out, "saved=1");
}

err page_own_renew(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, renew);
}

/* --- Withdrawing --- */

static err ask_withdrawal(own_context *own, req *rq, reply *out)
{
    page_context *pc = &own->pc;
    if (!is_standing(own) && own->view.state != SIGNATURE_HELD)
        return own_see(own, out, "");
    own_page p = {.own = own, .tokens = {.withdraw = token_own_withdraw_post(rq)}};
    pc->frame.title = lang_text(pc->a, pc->frame.l, MSG_OWN_WITHDRAW, NULL, 0);
    html_out o = page_reply(pc, out, 200);
    view_own_withdraw(&pc->view, &o, &p);
    return OK;
}

err page_own_withdraw(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, ask_withdrawal);
}

static err withdraw(own_context *own, req *rq, reply *out)
{
    const frame *f = &own->pc.frame;
    if (req_faults(rq)->n == 0) {
        err e = signer_withdraw(&f->app->core, own->token, f->now_ms);
        if (e != ERR_CONFLICT) /* of a signature that is not confirmed: the page shows it */
            TRY(e);
    }
    return own_see(own, out, "");
}

err page_own_withdraw_post(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, withdraw);
}

static err undo(own_context *own, req *rq, reply *out)
{
    const frame *f = &own->pc.frame;
    if (req_faults(rq)->n == 0) {
        err e = signer_undo(&f->app->core, own->token, f->now_ms);
        if (e != ERR_CONFLICT) /* too late, or done before: the page shows which */
            TRY(e);
    }
    return own_see(own, out, "");
}

err page_own_undo(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, undo);
}
