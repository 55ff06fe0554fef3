/* SPDX-License-Identifier: EUPL-1.2 */
/* Handlers of the test site. */

#include "http/server_test_app.h"

#include "base/number.h"
#include "server_test_routes.h"

#include <stddef.h>
#include <time.h>

typedef struct sign_values {
    person_name name;
    email_address email;
    str kind;
    bool listed;
} sign_values;

static const char *const kinds[] = {"person", "organisation", NULL};
static const field sign_fields[] = {
    {"name", FIELD_NAME, offsetof(sign_values, name), 2, 60, true, NULL},
    {"email", FIELD_EMAIL, offsetof(sign_values, email), 3, 254, true, NULL},
    {"kind", FIELD_CHOICE, offsetof(sign_values, kind), 0, 0, false, kinds},
    {"listed", FIELD_CHECK, offsetof(sign_values, listed), 0, 0, false, NULL},
    {0},
};
const form test_sign_form = {"sign", sign_fields, sizeof(sign_values)};

static const field hook_fields[] = {{"text", FIELD_PARAGRAPH, 0, 0, 100000, true, NULL}, {0}};
const form test_hook_form = {"hook", hook_fields, sizeof(str)};

err test_home(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    (void)rq;
    buf *b = reply_body(out, 200, S("text/html; charset=utf-8"));
    for (int i = 0; i < 200; i++)
        buf_put(b, S("<p>We, the undersigned.</p>\n"));
    return OK;
}

err test_redirect(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    return reply_see_other(out, url_page(req_arena(rq), S("da"), S("a b/c")));
}

err test_page(struct app *ap, req *rq, reply *out)
{
    atomic_fetch_add(&ap->renders, 1);
    buf *b = reply_body(out, 200, S("text/html; charset=utf-8"));
    buf_printf(b, "<h1>%.*s</h1><p>count=%d</p><p>sort=%.*s</p>", STR_FMT(req_segment(rq, 1)),
               atomic_load(&ap->counter), STR_FMT(req_query(rq, S("sort"))));
    for (int i = 0; i < 100; i++)
        buf_put(b, S("<p>The same line, again and again.</p>"));
    return OK;
}

err test_slow(struct app *ap, req *rq, reply *out)
{
    (void)rq;
    atomic_fetch_add(&ap->started, 1);
    for (int i = 0; i < 2000 && (i < 10 || atomic_load(&ap->is_holding)); i++)
        nanosleep(&(struct timespec){0, 10 * 1000 * 1000}, NULL);
    buf_put(reply_body(out, 200, S("text/plain")), S("slow"));
    return OK;
}

err test_failing(struct app *ap, req *rq, reply *out)
{
    (void)rq;
    if (atomic_load(&ap->is_failing))
        return ERR_IO;
    buf_printf(reply_body(out, 200, S("text/plain")), "good %d", atomic_load(&ap->counter));
    return OK;
}

err test_large(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    (void)rq;
    buf *b = reply_body(out, 200, S("application/octet-stream"));
    buf_reserve(b, 16 << 20);
    for (int i = 0; i < 16 << 16; i++)
        buf_put(b, S("0123456789abcdef"));
    return OK;
}

typedef struct parts {
    struct app *ap;
    int made, n;
} parts;

/* Parts of PART_BYTES; every third call has nothing to say yet. */
static err next_part(void *of, arena *part, buf *to, bool *out_is_last)
{
    parts *p = of;
    int most = atomic_load(&p->ap->parts_most);
    for (int i = 0; i < 1000 && most && p->made >= most && atomic_load(&p->ap->is_holding); i++)
        (void)nanosleep(&(struct timespec){0, 10 * 1000 * 1000}, NULL);
    if (p->made + 1 == atomic_load(&p->ap->parts_fail))
        return ERR_IO;
    char *bytes = arena_alloc(part, PART_BYTES);
    memset(bytes, 'a' + p->made % 26, PART_BYTES);
    if (p->made % 3 != 2)
        buf_put(to, (str){bytes, PART_BYTES});
    atomic_fetch_add(&p->ap->parts_made, 1);
    *out_is_last = ++p->made == p->n;
    return OK;
}

static void parts_end(void *of)
{
    atomic_fetch_add(&((parts *)of)->ap->parts_ended, 1);
}

err test_parts(struct app *ap, req *rq, reply *out)
{
    parts *p = arena_new(req_arena(rq), parts);
    int64_t n;
    TRY(number_parse(req_segment(rq, 0), 1, 1000, &n));
    *p = (parts){.ap = ap, .n = (int)n};
    arena_defer(req_arena(rq), parts_end, p);
    TRY(reply_stream(out, S("application/octet-stream"), next_part, p));
    reply_header(out, S("X-Parts"), S("yes"));
    return OK;
}

err test_asset(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    if (!str_eq(req_segment(rq, 0), S("site.css")))
        return ERR_NOT_FOUND;
    reply_constant(out, S("text/css"), S("body{color:black}"), S("GZIPPED"), S("BROTLI"));
    return OK;
}

err test_log(struct app *ap, req *rq, reply *out)
{
    return reply_file(out, ap->log_fd, req_segment(rq, 0), S("application/octet-stream"),
                      S("public, max-age=31536000, immutable"));
}

err test_item(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    buf_put(reply_body(out, 200, S("text/plain")), req_segment(rq, 0));
    return OK;
}

err test_who(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    client_ip ip = req_client(rq);
    buf *b = reply_body(out, 200, S("text/plain"));
    buf_put_hex(b, ip.private_bytes, sizeof ip.private_bytes);
    buf_put(b, req_is_https(rq) ? S(" https") : S(" http"));
    return OK;
}

err test_sign(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    buf *b = reply_body(out, 200, S("text/plain"));
    buf_put(b, token_sign_post(rq));
    if (req_header(rq, S("x-long")).n) {
        for (int i = 0; i < 100; i++)
            buf_put(b, S("Sign here, please. "));
        reply_compress(out);
    }
    return OK;
}

err test_signed(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    const sign_values *v = req_form(rq);
    const form_faults *faults = req_faults(rq);
    if (faults->n) {
        buf_printf(
            reply_body(out, 422, S("text/plain")), "stale=%d early=%d name=%d email=%d [%.*s]",
            faults->is_stale, faults->is_early, (int)form_fault(&test_sign_form, faults, S("name")),
            (int)form_fault(&test_sign_form, faults, S("email")), STR_FMT(personal_text(v->name)));
        return OK;
    }
    return reply_see_other(out, S("/thanks"));
}

err test_hook(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    const str *text = req_form(rq);
    buf_printf(reply_body(out, 200, S("text/plain")), "%zu", text->n);
    return OK;
}

err test_tagged(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    if (str_eq(req_segment(rq, 0), S("none")))
        return ERR_NOT_FOUND;
    buf_put(reply_body(out, 200, S("application/json")), S("{}\n"));
    reply_cache_control(out, S("no-cache"));
    reply_tag(out);
    return OK;
}

err test_json(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    buf_put(reply_body(out, 202, S("application/json")), req_body(rq));
    return OK;
}

static err rate_check(struct app *ap, req *rq, int rate, int *out_retry_after_s)
{
    (void)rq;
    if (rate != 2 || !atomic_load(&ap->is_limiting))
        return OK;
    *out_retry_after_s = 17;
    return ERR_LIMIT;
}

static bool is_lang(str code)
{
    return str_eq(code, S("da")) || str_eq(code, S("en"));
}

static void error_page(struct app *ap, req *rq, reply *out, int status)
{
    (void)ap;
    buf_printf(reply_body(out, status, S("text/html; charset=utf-8")), "error page %d %.*s", status,
               STR_FMT(req_id(rq)));
}

router test_router(struct app *ap, cache *pages)
{
    return (router){.routes = routes,
                    .n = routes_n,
                    .app = ap,
                    .form_key = &ap->form_key,
                    .origin = S("https://sign.example"),
                    .pages = pages,
                    .is_lang = is_lang,
                    .rate_check = rate_check,
                    .error_page = error_page};
}
