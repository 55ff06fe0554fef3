/* SPDX-License-Identifier: EUPL-1.2 */
/* The sign form, and what happens when it is sent.
 *
 * The answer is the same whether the address is new or has signed before, so that nobody can probe
 * who signed (decision 0009): the mail is the only place where the two cases differ. A robot that
 * fills the trap gets that answer, too, and nothing is stored. */

#include "web/page_sign.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/random.h"
#include "page_views.h"
#include "routes.h"
#include "web/embed.h"
#include "web/kind.h"
#include "web/partners.h"
#include "web/place_choice.h"
#include "web/share.h"

enum { TROUBLE_RETRY_S = 30, FALSE_RECEIPT_BYTES = 132 };

static str words(const page_context *pc, msg m)
{
    return lang_text(pc->a, pc->frame.l, m, NULL, 0);
}

static str form_title(const page_context *pc, const declaration *d)
{
    return words(pc, d->is_light ? MSG_SIGN_TITLE_LIGHT : MSG_SIGN_TITLE);
}

static signer_kind first_kind(const declaration *d)
{
    signer_kind kind = SIGNER_PERSON;
    while (kind < SIGNER_MANDATE && !declaration_takes(d, kind))
        kind++;
    return kind;
}

/* --- The form --- */

/* The partner goes along when another kind is chosen. */
static str with_partner(arena *a, str url, str slug)
{
    return slug.n ? arena_printf(a, "%.*s?src=%.*s", STR_FMT(url), STR_FMT(slug)) : url;
}

static sign_choice_list choices_of(const page_context *pc, const declaration *d,
                                   signer_kind present, str partner_slug)
{
    static const struct {
        msg name, hint;
        str icon;
    } faces[SIGNER_KINDS] = {
        {MSG_SIGN_KIND_PERSON, MSG_SIGN_KIND_PERSON_HINT, STR_INIT("user")},
        {MSG_SIGN_KIND_ORGANISATION, MSG_SIGN_KIND_ORGANISATION_HINT, STR_INIT("building")},
        {MSG_SIGN_KIND_MANDATE, MSG_SIGN_KIND_MANDATE_HINT, STR_INIT("landmark")},
    };
    sign_choice *all = arena_array(pc->a, sign_choice, SIGNER_KINDS);
    size_t n = 0;
    for (signer_kind kind = SIGNER_PERSON; kind <= SIGNER_MANDATE; kind++) {
        size_t i = (size_t)kind - SIGNER_PERSON;
        if (declaration_takes(d, kind))
            all[n++] = (sign_choice){
                .url = with_partner(pc->a,
                                    kind == first_kind(d) ? url_sign(pc->a, pc->frame.code, d->slug)
                                                          : url_sign_kind(pc->a, pc->frame.code,
                                                                          d->slug, kind_code(kind)),
                                    partner_slug),
                .name = words(pc, faces[i].name),
                .hint = words(pc, faces[i].hint),
                .icon = faces[i].icon,
                .is_present = kind == present,
            };
    }
    return (sign_choice_list){all, n};
}

/* Where the form is sent; the one in a frame stays there. */
static str form_url(const page_context *pc, const declaration *d, signer_kind kind)
{
    const frame *f = &pc->frame;
    if (!f->embed)
        return url_sign_kind(pc->a, f->code, d->slug, kind_code(kind));
    return arena_printf(pc->a, "%.*s%.*s", STR_FMT(url_embed_sign(pc->a, f->code, d->slug)),
                        STR_FMT(f->embed->query));
}

static str sent_url(const page_context *pc, const declaration *d, str receipt)
{
    const frame *f = &pc->frame;
    if (!f->embed)
        return url_sent(pc->a, f->code, d->slug, receipt);
    return arena_printf(pc->a, "%.*s%.*s",
                        STR_FMT(url_embed_sent(pc->a, f->code, d->slug, receipt)),
                        STR_FMT(f->embed->query));
}

static str token_of(const page_context *pc, req *rq, signer_kind kind)
{
    if (pc->frame.embed)
        return token_embed_sign_post(rq);
    switch (kind) {
    case SIGNER_ORGANISATION:
        return token_sign_organisation(rq);
    case SIGNER_MANDATE:
        return token_sign_mandate(rq);
    case SIGNER_PERSON:
        break;
    }
    return token_sign_person(rq);
}

/* What was sent, and why it comes back; values NULL: an empty form. */
typedef struct sent_form {
    const sign_form *values;
    const form_faults *faults;
    sign_notice notice;
} sent_form;

static err show_form(page_context *pc, req *rq, reply *out, int status, const declaration *d,
                     signer_kind kind, sent_form why)
{
    frame *f = &pc->frame;
    const declaration_text *text = declaration_text_in(d, d->version, f->code);
    if (!text)
        return ERR_NOT_FOUND;
    sign_page p = {
        .d = d,
        .kind = kind,
        .text = text,
        .is_foreign = !str_eq(text->lang, f->code),
        .is_machine = str_eq(text->state, S("machine")),
        .body = shown_text(pc->a, f->code, text->body, 4),
        .url = form_url(pc, d, kind),
        .text_url = url_declaration(pc->a, f->code, d->slug),
        .privacy_url = url_text(pc->a, f->code, S("privacy")),
        .work_url = url_challenge(pc->a, d->slug),
        .token = token_of(pc, rq, kind),
        .partner = why.values ? why.values->partner : req_query(rq, S("src")),
        .notice = why.notice,
    };
    p.partner_title = partner_title(pc, p.partner);
    if (p.partner_title.n == 0)
        p.partner = (str){"", 0};
    p.partner_news = partner_with_news(pc, p.partner);
    p.without_url = kind == first_kind(d) ? url_sign(pc->a, f->code, d->slug) : p.url;
    p.kinds = choices_of(pc, d, kind, p.partner);
    const record known = {.text_hash = hex_make(pc->a, hash_str(&text->hash)),
                          .lang = f->code,
                          .kind = kind,
                          .mail = {S("")},
                          .day = clock_day(f->now_ms)};
    p.seal = sign_seal_of(pc->a, d, &known);
    f->carried = with_partner(pc->a, (str){"", 0}, p.partner);
    sign_fields_fill(pc->a, f->l, kind, sign_form_of(kind), why.values, why.faults, &p.fields);
    frame_note_text(f, text->lang, text->state);
    f->title = form_title(pc, d);
    f->title = arena_printf(pc->a, "%.*s: %.*s", STR_FMT(f->title),
                            STR_FMT(p.kinds.n > 1 ? words(pc, kind_message(kind)) : text->title));
    f->description = text->summary;
    frame_show(pc, d);
    f->has_faults = p.fields.faults.n > 0 || why.notice != SIGN_FINE;
    html_out o = page_reply(pc, out, status);
    if (!why.values) /* nothing of a person stands on it */
        reply_compress(out);
    if (why.notice == SIGN_TROUBLE || why.notice == SIGN_UNCERTAIN)
        reply_retry_after(out, TROUBLE_RETRY_S);
    if (f->embed)
        view_embed_sign(&pc->view, &o, f->embed, &p);
    else
        view_sign_form(&pc->view, &o, &p);
    return OK;
}

err sign_reply_closed(page_context *pc, reply *out, const declaration *d, bool is_unconfirmed)
{
    frame *f = &pc->frame;
    const published *counts = edition_counts(f->ed, d);
    sign_closed_page p = {
        .d = d,
        .count = log_counts_total(&counts->counts),
        .is_early = f->now_ms < d->opens_ms,
        .is_unconfirmed = is_unconfirmed,
        .text_url = url_declaration(pc->a, f->code, d->slug),
        .list_url = url_signatories(pc->a, f->code, d->slug),
        .act_url = url_actions(pc->a, f->code),
    };
    f->title = words(pc, p.is_early ? MSG_EARLY_TITLE : MSG_CLOSED_TITLE);
    html_out o = page_reply(pc, out, 410);
    if (f->embed)
        view_embed_count(&pc->view, &o, f->embed); /* says that it is closed */
    else
        view_sign_closed(&pc->view, &o, &p);
    return OK;
}

static err show_empty(page_context *pc, req *rq, reply *out, str kind_segment)
{
    const declaration *d;
    TRY(page_declaration(pc, req_segment(rq, 1), &d));
    signer_kind kind = first_kind(d);
    if (kind_segment.n)
        TRY(kind_by_code(kind_segment, &kind));
    if (!declaration_takes(d, kind))
        return ERR_NOT_FOUND;
    str source = req_query(rq, S("src"));
    if (share_source_is_known(pc->frame.ed, source) && kind_segment.n == 0)
        sources_note(pc->frame.app->visits, source, pc->frame.now_ms);
    if (!declaration_is_open(d, pc->frame.now_ms))
        return sign_reply_closed(pc, out, d, false);
    return show_form(pc, rq, out, 200, d, kind, (sent_form){NULL, NULL, SIGN_FINE});
}

err page_sign(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    return show_empty(&pc, rq, out, S(""));
}

err page_sign_kind(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    return show_empty(&pc, rq, out, req_segment(rq, 2));
}

err embed_sign(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    embed e;
    TRY(embed_begin(ap, rq, &pc, &e));
    if (!declaration_takes(e.figure.d, SIGNER_PERSON)) {
        html_out o = page_reply(&pc, out, 200);
        view_embed_count(&pc.view, &o, &e); /* its button leads to the whole form */
        return OK;
    }
    return show_empty(&pc, rq, out, S(""));
}

/* --- The form sent --- */

signing sign_signing(const page_context *pc, const declaration *d, signer_kind kind,
                     const sign_form *sent)
{
    const frame *f = &pc->frame;
    bool has_partner = partner_title(pc, sent->partner).n > 0;
    bool wants_news = sent->wants_partner && partner_with_news(pc, sent->partner).n;
    str nuts;
    if (d->is_light || !sign_place_settle(pc->a, sent, &nuts))
        nuts = S("");
    bool is_greece = str_eq(sent->country, S("EL")); /* as NUTS writes it */
    return (signing){
        .kind = kind,
        .name = sent->name,
        .organisation = sent->organisation,
        .type = sent->type,
        .function = sent->role,
        .authority = sent->authority,
        .mail = sent->email,
        .country = is_greece ? S("GR") : sent->country,
        .region = d->is_light ? S("") : sent->place,
        .nuts = nuts,
        .reason = d->is_light ? S("") : sent->reason,
        .website = sent->website,
        .group = sent->group,
        .partner = wants_news ? sent->partner : S(""),
        .source = has_partner ? sent->partner : S(""),
        .lang = f->code,
        .person = sent->person,
        .is_listed = sent->is_listed,
        .wants_news = sent->wants_news,
    };
}

/* As long as the receipt of a usual address. */
static str false_receipt(arena *a)
{
    unsigned char bytes[FALSE_RECEIPT_BYTES];
    random_fill(bytes, sizeof bytes);
    return base64url_make(a, (str){(const char *)bytes, sizeof bytes});
}

static sign_notice notice_of(const declaration *d, const sign_form *sent, const form_faults *faults,
                             fault_kind version_fault)
{
    if (faults->is_stale)
        return SIGN_STALE;
    if (faults->is_early)
        return SIGN_EARLY;
    return version_fault != FAULT_NONE || sent->version != d->version ? SIGN_CHANGED : SIGN_FINE;
}

/* The same page as for everybody, and nothing written; but the network is remembered. */
static err answer_trapped(page_context *pc, req *rq, reply *out, const declaration *d)
{
    struct app *ap = pc->frame.app;
    int retry_after_s;
    LOG_EVENT(LOG_INFO, "sign.trap");
    err e = rate_take(ap->rates, RATE_TRAP, ap->limits[RATE_TRAP], req_client(rq), req_now_ms(rq),
                      &retry_after_s);
    (void)e;
    return reply_see_other(out, sent_url(pc, d, false_receipt(pc->a)));
}

static err submit(page_context *pc, req *rq, reply *out, const declaration *d, signer_kind kind,
                  const sign_form *sent, form_faults *faults)
{
    frame *f = &pc->frame;
    signing what = sign_signing(pc, d, kind, sent);
    sending how = sign_sending(f->app, rq, d, sent);
    what.how = &how;
    submitted done;
    browser_seal seal;
    bool is_browser = d->records == RECORDS_BROWSER;
    if (is_browser && sign_seal_read(pc->a, sent, &seal) == OK)
        what.seal = &seal;
    err e = signature_submit(&f->app->core, pc->a, d, &what, f->now_ms, &done);
    if (e == OK)
        return reply_see_other(out, sent_url(pc, d, done.receipt));
    if (e == ERR_INVALID) {
        form_fault_set(sign_form_of(kind), faults, S("email"), FAULT_NOT_EMAIL);
        return show_form(pc, rq, out, 422, d, kind, (sent_form){sent, faults, SIGN_FINE});
    }
    if (e == ERR_CONFLICT && is_browser)
        return show_form(pc, rq, out, 422, d, kind, (sent_form){sent, NULL, SIGN_UNSEALED});
    if (e == ERR_BUSY || e == ERR_IO || e == ERR_UNCERTAIN) {
        sign_notice notice = e == ERR_UNCERTAIN ? SIGN_UNCERTAIN : SIGN_TROUBLE;
        return show_form(pc, rq, out, 503, d, kind, (sent_form){sent, NULL, notice});
    }
    return e;
}

static err take_form(page_context *pc, req *rq, reply *out, signer_kind kind)
{
    const declaration *d;
    TRY(page_declaration(pc, req_segment(rq, 1), &d));
    if (!declaration_takes(d, kind))
        return ERR_NOT_FOUND;
    if (!declaration_is_open(d, pc->frame.now_ms))
        return sign_reply_closed(pc, out, d, false);
    const form *declared = sign_form_of(kind);
    sign_form form_sent = *(const sign_form *)req_form(rq);
    const sign_form *sent = &form_sent;
    form_faults *faults = req_faults(rq);
    if (sent->trap.n)
        return answer_trapped(pc, rq, out, d);
    if (d->records == RECORDS_BROWSER)
        sign_seal_admit(declared, &form_sent, faults);
    fault_kind version_fault = form_fault(declared, faults, S("version"));
    sign_notice notice = notice_of(d, sent, faults, version_fault);
    sign_fields_check(pc->a, declared, sent, faults);
    if (faults->n > (version_fault != FAULT_NONE))
        return show_form(pc, rq, out, 422, d, kind, (sent_form){sent, faults, notice});
    if (notice == SIGN_CHANGED)
        return show_form(pc, rq, out, 409, d, kind, (sent_form){sent, NULL, notice});
    return submit(pc, rq, out, d, kind, sent, faults);
}

static err take(struct app *ap, req *rq, reply *out, signer_kind kind)
{
    page_context pc;
    TRY(page_begin(ap, rq, &pc));
    return take_form(&pc, rq, out, kind);
}

err page_sign_person(struct app *ap, req *rq, reply *out)
{
    return take(ap, rq, out, SIGNER_PERSON);
}

err page_sign_organisation(struct app *ap, req *rq, reply *out)
{
    return take(ap, rq, out, SIGNER_ORGANISATION);
}

err page_sign_mandate(struct app *ap, req *rq, reply *out)
{
    return take(ap, rq, out, SIGNER_MANDATE);
}

err embed_sign_post(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    embed e;
    TRY(embed_begin(ap, rq, &pc, &e));
    return take_form(&pc, rq, out, SIGNER_PERSON);
}
