/* SPDX-License-Identifier: EUPL-1.2 */
/* Signing from the site of a partner: the fields and rules of the forms, by a key. The answer is
 * the same whether the address is new or has signed before, and only its owner can confirm. */

#include "base/random.h"
#include "core/api_key.h"
#include "http/members.h"
#include "routes.h"
#include "web/api.h"
#include "web/data.h"
#include "web/kind.h"
#include "web/page_sign.h"

enum { NAME_LEAST = 8, NAME_MOST = 128 };

/* Members that are not the form's. */
static const str others[] = {STR_INIT("kind"), STR_INIT("lang"), {0}};

/* Fields of the forms that only a page has. */
static const str hidden[] = {
    STR_INIT("subject"), STR_INIT("work"), STR_INIT("partner"), STR_INIT("partner_news"), {0}};

typedef struct sending_site {
    int64_t key;
    client_ip client; /* of the key, for its limits */
} sending_site;

static str bearer_of(req *rq)
{
    str value = req_header(rq, S("authorization")), key;
    str scheme = str_cut(value, ' ', &key);
    return str_eq_nocase(scheme, S("bearer")) ? str_trim(key) : (str){"", 0};
}

/* Each key has buckets of its own, wherever it is used from. */
static client_ip client_of(str key)
{
    hash32 hash = hash_sha256(key);
    client_ip c;
    memcpy(c.private_bytes, hash.at, sizeof c.private_bytes);
    return c;
}

/* Out: whether a reply stands already. */
static err enter(struct app *ap, req *rq, reply *out, sending_site *out_site, bool *out_is_answered)
{
    str partner, key = bearer_of(rq);
    int retry_after_s = 0;
    *out_is_answered = true;
    err e = api_key_check(&ap->core, req_arena(rq), key, &out_site->key, &partner);
    if (e == ERR_DENIED) {
        e = api_problem(rq, out, 401, (str){"", 0});
        reply_header(out, S("WWW-Authenticate"), S("Bearer"));
        return e;
    }
    TRY(e);
    out_site->client = client_of(key);
    if (rate_take(ap->rates, RATE_KEY, ap->limits[RATE_KEY], out_site->client, req_now_ms(rq),
                  &retry_after_s) != OK) {
        e = api_problem(rq, out, 429, (str){"", 0});
        reply_retry_after(out, retry_after_s);
        api_rate_headers(ap, rq, out, RATE_KEY, "key", out_site->client);
        return e;
    }
    *out_is_answered = false;
    return OK;
}

static bool is_attempt_name(str name)
{
    for (size_t i = 0; i < name.n; i++)
        if (name.at[i] < 0x20 || name.at[i] > 0x7e)
            return false;
    return name.n >= NAME_LEAST && name.n <= NAME_MOST;
}

/* One member that cannot be read. */
static err refuse_member(req *rq, reply *out, str name, const char *detail)
{
    buf *b = reply_body(out, 422, S("application/problem+json"));
    reply_no_store(out);
    buf_put(b, S("{\"type\":\"about:blank\",\"title\":\"Not acceptable values\",\"status\":422,"
                 "\"detail\":\"A value cannot be taken.\",\"errors\":[{"));
    api_put(b, "pointer", arena_printf(req_arena(rq), "#/%.*s", STR_FMT(name)));
    api_put(b, "detail", str_of(detail));
    buf_put(b, S("}]}\n"));
    return OK;
}

/* The words that the page would show, in the signer's language. */
static err refuse_faults(const page_context *pc, reply *out, signer_kind kind,
                         const sign_form *sent, const form_faults *faults)
{
    sign_fields fields;
    sign_fields_fill(pc->a, pc->frame.l, kind, sign_form_of(kind), sent, faults, &fields);
    buf *b = reply_body(out, 422, S("application/problem+json"));
    reply_no_store(out);
    reply_header(out, S("Content-Language"), pc->frame.code);
    buf_put(b, S("{\"type\":\"about:blank\",\"title\":\"Not acceptable values\",\"status\":422,"
                 "\"detail\":\"Show each of these beside its field.\",\"errors\":["));
    for (size_t i = 0; i < fields.faults.n; i++) {
        const sign_fault *one = &fields.faults.at[i];
        buf_put(b, i ? S(",{") : S("{"));
        api_put(b, "pointer", arena_printf(pc->a, "#/%.*s", STR_FMT(str_skip(one->target, 1))));
        api_put(b, "detail", one->words);
        buf_put_char(b, '}');
    }
    buf_put(b, S("]}\n"));
    return OK;
}

/* Its network is the partner's, and says nothing: each has one of its own. Domains count. */
static sending sending_of_site(void)
{
    sending how = {.is_hurried = false};
    random_fill(how.client.private_bytes, sizeof how.client.private_bytes);
    return how;
}

static err submit(page_context *pc, req *rq, reply *out, const declaration *d, signer_kind kind,
                  const sign_form *sent, form_faults *faults, const api_attempt *attempt)
{
    struct app *ap = pc->frame.app;
    signing what = sign_signing(pc, d, kind, sent);
    sending how = sending_of_site();
    submitted done;
    what.how = &how;
    what.attempt = attempt;
    err e = signature_submit(&ap->core, pc->a, d, &what, pc->frame.now_ms, &done);
    if (e == ERR_INVALID) {
        form_fault_set(sign_form_of(kind), faults, S("email"), FAULT_NOT_EMAIL);
        return refuse_faults(pc, out, kind, sent, faults);
    }
    if (e == ERR_CONFLICT)
        return api_problem(rq, out, 422, S("This Idempotency-Key was sent with another body."));
    TRY(e);
    buf *b = reply_body(out, 202, S("application/json"));
    buf_put_char(b, '{');
    api_put(b, "declaration", d->slug);
    api_put(b, "state", S("pending"));
    api_put_int(b, "expires_days", PENDING_DAYS);
    buf_put(b, S("}\n"));
    return OK;
}

/* With a body that is an object, of a kind that the declaration takes. */
static err take(page_context *pc, req *rq, reply *out, const declaration *d, signer_kind kind,
                const members *m, const api_attempt *attempt)
{
    sign_form sent;
    form_faults faults;
    str name;
    for (const str *h = hidden; h->n; h++)
        for (size_t i = 0; i < m->n; i++)
            if (str_eq(m->at[i].name, *h))
                return refuse_member(rq, out, *h, "There is no such member.");
    const form *declared = sign_form_of(kind);
    err e = form_read_members(pc->a, declared, m, others, &sent, &faults, &name);
    if (e == ERR_NOT_FOUND)
        return refuse_member(rq, out, name, "There is no such member.");
    if (e == ERR_CONFLICT)
        return refuse_member(rq, out, name, "The value is of the wrong type.");
    if (e != OK && faults.n == 0)
        return e;
    if (form_fault(declared, &faults, S("version")) != FAULT_NONE)
        return refuse_member(rq, out, S("version"), "Say which version of the text was shown.");
    sign_fields_check(pc->a, declared, &sent, &faults);
    if (faults.n)
        return refuse_faults(pc, out, kind, &sent, &faults);
    if (sent.version != d->version)
        return api_problem(rq, out, 409, S("The text has another version now. Show it first."));
    return submit(pc, rq, out, d, kind, &sent, &faults, attempt);
}

/* Language and kind come first: they say which words and which form. */
static err read_body(struct app *ap, req *rq, reply *out, const declaration *d,
                     const sending_site *site)
{
    page_context pc;
    members m;
    signer_kind kind;
    str why, name = req_header(rq, S("idempotency-key"));
    TRY(page_begin(ap, rq, &pc));
    if (!is_attempt_name(name))
        return api_problem(rq, out, 400, S("Send an Idempotency-Key of 8 to 128 characters."));
    if (members_read(pc.a, req_body(rq), &m, &why) != OK)
        return api_problem(rq, out, 400, why);
    if (lang_by_code(members_text(&m, S("lang")), &pc.frame.l) != OK)
        return refuse_member(rq, out, S("lang"), "Say one of the 24 languages.");
    pc.frame.code = lang_code(pc.frame.l);
    if (kind_by_code(members_text(&m, S("kind")), &kind) != OK || !declaration_takes(d, kind))
        return refuse_member(rq, out, S("kind"), "This declaration does not take that kind.");
    if (!declaration_is_open(d, pc.frame.now_ms))
        return api_problem(rq, out, 410, S("This declaration is not open for signing."));
    if (d->records == RECORDS_BROWSER)
        return api_problem(rq, out, 409,
                           S("What signers of this declaration write is sealed in their own "
                             "browser: lead them to its sign page."));
    api_attempt attempt = api_attempt_of(
        &ap->core.keys, site->key, arena_printf(pc.a, "%.*s %.*s", STR_FMT(d->slug), STR_FMT(name)),
        req_body(rq));
    return take(&pc, rq, out, d, kind, &m, &attempt);
}

err api_sign(struct app *ap, req *rq, reply *out)
{
    const declaration *d;
    const published *p;
    sending_site site;
    bool is_answered;
    TRY(data_find(ap, rq, &d, &p));
    TRY(enter(ap, rq, out, &site, &is_answered));
    if (is_answered)
        return OK;
    TRY(read_body(ap, rq, out, d, &site));
    api_rate_headers(ap, rq, out, RATE_KEY, "key", site.client);
    return OK;
}
