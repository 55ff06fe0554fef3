/* SPDX-License-Identifier: EUPL-1.2 */
/* Access and portability: all that is held about a signature, as one file for its signer. Keys are
 * English and stay as they are, so that other programs can read it; empty facts are left out. */

#include "base/clock.h"
#include "core/holding.h"
#include "routes.h"
#include "web/page_own.h"

enum { DAY_MS = 86400000 };

static void put_name(buf *b, const char *name)
{
    buf_printf(b, "%s  \"%s\": ", b->n > 2 ? ",\n" : "", name);
}

static void put_text(buf *b, const char *name, str value)
{
    if (value.n == 0)
        return;
    put_name(b, name);
    buf_put_json(b, value);
}

static void put_flag(buf *b, const char *name, bool is_true)
{
    put_name(b, name);
    buf_put(b, is_true ? S("true") : S("false"));
}

static void put_time_value(buf *b, int64_t at_ms)
{
    char stamp[32];
    clock_iso8601(at_ms, stamp);
    buf_printf(b, "\"%s\"", stamp);
}

static void put_time(buf *b, const char *name, int64_t at_ms)
{
    if (at_ms == 0)
        return;
    put_name(b, name);
    put_time_value(b, at_ms);
}

static void put_hex(buf *b, const char *name, const void *bytes, size_t n)
{
    if (n == 0)
        return;
    put_name(b, name);
    buf_put_char(b, '"');
    buf_put_hex(b, bytes, n);
    buf_put_char(b, '"');
}

static void put_day_value(buf *b, int64_t day)
{
    char stamp[32];
    clock_iso8601(day * DAY_MS, stamp);
    buf_printf(b, "\"%.10s\"", stamp);
}

static void put_text_signed(buf *b, const own_context *own)
{
    const signer_view *v = &own->view;
    const declaration_text *read = declaration_text_in(own->d, v->text_version, v->lang);
    put_text(b, "declaration", own->d->slug);
    if (read)
        put_text(b, "text_title", read->title);
    put_name(b, "text_version");
    buf_put_int(b, v->text_version);
    put_text(b, "text_sha256", v->record.text_hash);
    put_text(b, "language", v->lang);
    put_text(b, "came_through_partner", v->source);
}

static void put_signer(buf *b, const signer_view *v)
{
    const record *r = &v->record;
    static const char *const kinds[] = {"person", "organisation", "mandate holder"};
    put_text(b, "kind", str_of(kinds[r->kind - SIGNER_PERSON]));
    put_text(b, "name", personal_text(r->name));
    put_text(b, "organisation", r->organisation);
    put_text(b, "role", r->function);
    put_text(b, "type", r->type);
    put_text(b, "website", r->website);
    put_text(b, "political_group", r->group);
    put_text(b, "authority", r->authority);
    put_text(b, "country", r->country);
    put_text(b, "place", r->region);
    put_text(b, "nuts_region", v->nuts);
    put_text(b, "email", personal_text(r->mail));
    put_text(b, "reason", r->reason);
}

static void put_state(buf *b, const signer_view *v, bool is_browser)
{
    static const char *const states[] = {
        [SIGNATURE_PENDING] = "not confirmed", [SIGNATURE_CONFIRMED] = "counts",
        [SIGNATURE_WITHDRAWN] = "withdrawn",   [SIGNATURE_ERASED] = "erased",
        [SIGNATURE_HELD] = "being checked",    [SIGNATURE_INVALID] = "taken out"};
    put_text(b, "state", str_of(states[v->state]));
    put_time(b, "signed_at", v->created_ms);
    put_time(b, "confirmed_at", v->confirmed_ms);
    put_time(b, "withdrawn_at", v->withdrawn_ms);
    put_time(b, "checked_until", v->held_until_ms);
    put_time(b, "taken_out_at", v->decided_ms);
    put_text(b, "taken_out_because", v->decided_why);
    put_flag(b, "shown_in_public_list", v->is_listed && v->state == SIGNATURE_CONFIRMED);
    put_flag(b, "sample", v->is_sample);
    if (v->leaf >= 0) {
        put_name(b, "log_position");
        buf_put_int(b, v->leaf);
    }
    put_hex(b, "log_commitment", v->commitment.at, sizeof v->commitment.at);
    if (v->has_record)
        put_hex(b, "commitment_seed", v->record.seed.at, sizeof v->record.seed.at);
    else
        put_text(b, "record",
                 is_browser
                     ? S("sealed in the signer's browser: opens with the organiser's key; the "
                         "signer may have saved a copy")
                     : S("sealed: opens with the organiser's key, or through the link in the "
                         "first e-mail as long as that link works"));
    put_hex(b, "address_tag", v->record.mailbox.at, sizeof v->record.mailbox.at);
}

/* Keyed hashes by which forged signatures are told from others. */
static void put_origin(buf *b, const holding *h)
{
    put_hex(b, "mail_domain_tag", h->domain_tag.at, h->domain_tag.n);
    put_hex(b, "network_tag", h->network_tag.at, h->network_tag.n);
    put_hex(b, "wider_network_tag", h->wider_network_tag.at, h->wider_network_tag.n);
}

static void put_consents(buf *b, const holding *h)
{
    put_name(b, "consents");
    buf_put(b, S("["));
    for (size_t i = 0; i < h->consent_count; i++) {
        const held_consent *one = &h->consents[i];
        buf_printf(b, "%s\n    {\"to\": \"%.*s\", \"given\": %s, \"day\": ", i ? "," : "",
                   STR_FMT(one->what), one->is_given ? "true" : "false");
        put_day_value(b, one->day);
        buf_printf(b, ", \"text_version\": %lld, \"language\": ", (long long)one->text_version);
        buf_put_json(b, one->lang);
        buf_put_char(b, '}');
    }
    buf_put(b, S("\n  ]"));
}

static void put_mails(buf *b, const holding *h)
{
    put_name(b, "links_end_at");
    buf_put_char(b, '[');
    for (size_t i = 0; i < h->link_count; i++) {
        buf_put(b, i ? S(", ") : S(""));
        put_time_value(b, h->links[i]);
    }
    buf_put_char(b, ']');
    put_name(b, "asked_to_sign_version");
    buf_put_int(b, h->asked_version);
    put_name(b, "mail_undelivered");
    buf_put(b, h->is_undelivered ? S("true") : S("false"));
    put_name(b, "mails_waiting_until");
    buf_put_char(b, '[');
    for (size_t i = 0; i < h->letter_count; i++) {
        buf_put(b, i ? S(", ") : S(""));
        put_time_value(b, h->letters[i].due_ms);
    }
    buf_put_char(b, ']');
}

static err send_data(own_context *own, req *rq, reply *out)
{
    (void)rq;
    const frame *f = &own->pc.frame;
    holding h;
    TRY(holding_open(&f->app->core, own->pc.a, own->token, f->now_ms, &h));
    buf *b = reply_body(out, 200, S("application/json"));
    reply_header(out, S("Content-Disposition"),
                 arena_printf(own->pc.a, "attachment; filename=\"signature-%.*s.json\"",
                              STR_FMT(own->d->slug)));
    reply_header(out, S("X-Robots-Tag"), S("noindex"));
    buf_put(b, S("{\n"));
    put_text_signed(b, own);
    put_signer(b, &h.view);
    put_state(b, &h.view, own->d->records == RECORDS_BROWSER);
    put_origin(b, &h);
    put_consents(b, &h);
    put_mails(b, &h);
    put_time(b, "as_of", f->now_ms);
    buf_put(b, S("\n}\n"));
    return OK;
}

err page_own_data(struct app *ap, req *rq, reply *out)
{
    return own_answer(ap, rq, out, send_data);
}
