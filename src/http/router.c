/* SPDX-License-Identifier: EUPL-1.2 */
/* The dispatcher: everything that must be decided the same way for every page.
 *
 * Invariant: a handler of a POST route runs only with a decoded form, a genuine token (or faults
 * that say it is stale) and an acceptable origin; a handler of a cached route cannot read anything
 * of the request that is not part of the cache key. */

#include "http/router.h"

#include "base/clock.h"
#include "base/log.h"
#include "http/cache_entry.h"
#include "http/match.h"
#include "http/request.h"
#include "http/token.h"

_Static_assert((int)MATCH_SEGMENTS_MOST == (int)SEGMENTS_MOST, "one number of parameters");

int router_status(err e)
{
    switch (e) {
    case OK:
        return 200;
    case ERR_NOT_FOUND:
        return 404;
    case ERR_CONFLICT:
        return 409;
    case ERR_DENIED:
        return 403;
    case ERR_INVALID:
        return 400;
    case ERR_LIMIT:
        return 429;
    case ERR_BUSY:
    case ERR_UNCERTAIN:
    case ERR_IO:
        return 503;
    }
    return 500;
}

enum { RETRY_AFTER_DEFAULT_S = 5 };

/* What a script of another site may ask for and see: no credentials, nothing that changes. */
static void share(reply *out)
{
    reply_header(out, S("Access-Control-Allow-Origin"), S("*"));
    reply_header(out, S("Access-Control-Expose-Headers"),
                 S("ETag, RateLimit, RateLimit-Policy, Retry-After"));
}

/* An old address for ever leads to the new one; a form keeps its method. */
static bool is_moved(const router *r, req *rq, reply *out)
{
    str location = r->moved ? r->moved(r->app, rq) : (str){"", 0};
    if (location.n == 0)
        return false;
    bool is_read = rq->head->method == HTTP_GET || rq->head->method == HTTP_HEAD;
    (void)reply_moved(out, is_read ? 301 : 308, location);
    reply_cache_control(out, S("public, max-age=3600"));
    return true;
}

static err refuse(const router *r, req *rq, reply *out, int status)
{
    reply_reset(out);
    out->class = CACHE_NEVER;
    if (status == 404 && is_moved(r, rq, out))
        return OK;
    if (r->error_page)
        r->error_page(r->app, rq, out, status);
    if (!out->is_set)
        buf_printf(reply_body(out, status, S("text/plain; charset=utf-8")), "%d %.*s\n", status,
                   STR_FMT(reply_reason(status)));
    out->class = CACHE_NEVER;
    if (rq->route && rq->route->is_shared)
        share(out);
    return OK;
}

static err refuse_for_now(const router *r, req *rq, reply *out, int status, int retry_after_s)
{
    TRY(refuse(r, rq, out, status));
    reply_retry_after(out, retry_after_s);
    return OK;
}

static str allow_list(arena *a, unsigned methods)
{
    buf list = buf_in(a);
    if (methods & 1u << HTTP_GET)
        buf_put(&list, S("GET, HEAD, "));
    if (methods & 1u << HTTP_POST)
        buf_put(&list, S("POST, "));
    buf_put(&list, S("OPTIONS"));
    return buf_str(&list);
}

static err answer_options(const router *r, req *rq, reply *out, unsigned methods)
{
    if (rq->head->is_asterisk)
        methods = 1u << HTTP_GET | 1u << HTTP_POST;
    reply_body(out, 204, S("text/plain"));
    reply_header(out, S("Allow"), allow_list(rq->a, methods));
    const route *read = rq->head->is_asterisk ? NULL : match_route(r, HTTP_GET, rq->path).route;
    if (read && read->is_shared) {
        share(out);
        reply_header(out, S("Access-Control-Allow-Methods"), S("GET, HEAD"));
        reply_header(out, S("Access-Control-Allow-Headers"), S("If-None-Match"));
        reply_header(out, S("Access-Control-Max-Age"), S("86400"));
    }
    return OK;
}

/* No such page; but a known one with a slash behind is moved to where it is. */
static err answer_unknown(const router *r, req *rq, reply *out)
{
    bool is_read = rq->head->method == HTTP_GET || rq->head->method == HTTP_HEAD;
    if (is_read && rq->path.n > 1 && str_ends(rq->path, S("/"))) {
        str bare = str_head(rq->path, rq->path.n - 1);
        if (match_route(r, HTTP_GET, bare).route) {
            buf location = buf_in(rq->a);
            url_put_rest(&location, str_skip(bare, 1));
            str target = arena_printf(rq->a, "/%.*s%s%.*s", STR_FMT(buf_str(&location)),
                                      rq->head->query.n ? "?" : "", (int)rq->head->query.n,
                                      rq->head->query.n ? rq->head->query.at : "");
            return reply_moved(out, 301, target);
        }
    }
    return refuse(r, rq, out, 404);
}

/* Where the reply to this request is kept: path and declared query names, in one spelling. */
static str cache_key(req *rq)
{
    buf key = buf_in(rq->a);
    buf_put_char(&key, '/');
    url_put_rest(&key, str_skip(rq->path, 1));
    char separator = '?';
    for (const str *name = rq->route->queries; name && name->n; name++) {
        str value = req_query(rq, *name);
        if (value.n == 0)
            continue;
        buf_put_char(&key, separator);
        separator = '&';
        buf_put(&key, *name);
        buf_put_char(&key, '=');
        urlencode_put(&key, value);
    }
    return buf_str(&key);
}

/* True when the reply stands already: fresh, or stale while somebody else regenerates it. */
static bool is_answered_by_cache(req *rq, reply *out)
{
    cache_entry *e = cache_find(rq->pages, out->cache_key);
    if (!e)
        return false;
    bool is_good =
        cache_is_fresh(rq->pages, e) || (!rq->is_refresh && !cache_claim(e, clock_steady_ms()));
    if (!is_good) {
        rq->is_refresh = true;
        cache_give_back(e);
        return false;
    }
    if (rq->is_refresh)
        cache_unclaim(e);
    out->is_set = true;
    out->status = 200;
    out->entry = e;
    return true;
}

/* Gives up a claim to regenerate, for the next who asks. */
static void unclaim(const req *rq, const reply *out)
{
    cache_entry *e = rq->is_refresh ? cache_find(rq->pages, out->cache_key) : NULL;
    if (!e)
        return;
    cache_unclaim(e);
    cache_give_back(e);
}

/* After a failed regeneration the old page is better than an error. */
static err answer_stale(const router *r, req *rq, reply *out, int status)
{
    cache_entry *old = rq->pages && out->cache_key.n ? cache_find(rq->pages, out->cache_key) : NULL;
    if (!old)
        return refuse_for_now(r, rq, out, status, RETRY_AFTER_DEFAULT_S);
    reply_reset(out);
    out->is_set = true;
    out->status = 200;
    out->entry = old;
    return OK;
}

static str origin_of(str url)
{
    size_t scheme = str_find_str(url, S("://"));
    if (scheme == url.n)
        return url;
    str rest = str_skip(url, scheme + 3);
    return str_head(url, scheme + 3 + str_find(rest, '/'));
}

/* Whether a POST may come from where it says it comes from. Each header that is there must agree;
 * when all three are absent, the form token alone decides (old or odd clients). */
static bool is_own_origin(const router *r, req *rq)
{
    str site = req_header(rq, S("sec-fetch-site"));
    if (site.n && !str_eq(site, S("same-origin")) && !str_eq(site, S("none")))
        return false;
    str origin = req_header(rq, S("origin"));
    if (origin.n)
        return str_eq_nocase(origin, r->origin);
    str referer = req_header(rq, S("referer"));
    return site.n || !referer.n || str_eq_nocase(origin_of(referer), r->origin);
}

static bool is_body_type(req *rq)
{
    str parameters = {0};
    str type = str_trim(str_cut(req_header(rq, S("content-type")), ';', &parameters));
    str wanted =
        rq->route->is_json ? S("application/json") : S("application/x-www-form-urlencoded");
    if (!str_eq_nocase(type, wanted))
        return false;
    parameters = str_trim(parameters);
    return parameters.n == 0 || str_eq_nocase(parameters, S("charset=utf-8")) ||
           str_eq_nocase(parameters, S("charset=\"utf-8\""));
}

static int least_age(const router *r, const route *taken)
{
    return taken->age_least_ms > 0 && r->form_age_ms ? *r->form_age_ms : taken->age_least_ms;
}

/* 0, or the status to refuse with. */
static int read_form(const router *r, req *rq)
{
    const route *taken = rq->route;
    str token = {0};
    rq->form = arena_alloc(rq->a, taken->form->size_bytes);
    err e = taken->is_open
                ? form_read(rq->a, taken->form, rq->body, rq->form, &rq->faults)
                : form_read_signed(rq->a, taken->form, rq->body, rq->form, &rq->faults, &token);
    if (e != OK && rq->faults.n == 0)
        return 400;
    if (taken->is_open)
        return 0;
    switch (form_token_check(rq->a, r->form_key, taken->name, token, rq->now_ms,
                             least_age(r, taken), &rq->form_age_ms)) {
    case TOKEN_FORGED:
        return 403;
    case TOKEN_STALE:
        rq->faults.is_stale = true;
        rq->faults.n++;
        return 0;
    case TOKEN_EARLY:
        rq->faults.is_early = true;
        rq->faults.n++;
        return 0;
    case TOKEN_FRESH:
        return 0;
    }
    return 403;
}

static int check_post(const router *r, req *rq)
{
    if (!rq->route->is_open && !is_own_origin(r, rq))
        return 403;
    if (rq->body.n > rq->route->body_bytes_most)
        return 413;
    /* A form for machines that has no fields says all by its address: of RFC 8058's body, which may
     * come in either encoding, nothing is read. */
    if (rq->route->is_open && !rq->route->is_json && !rq->route->form->fields[0].name)
        return 0;
    if (!is_body_type(rq))
        return 415;
    return rq->route->is_json ? 0 : read_form(r, rq);
}

static err run_handler(const router *r, req *rq, reply *out)
{
    err e = rq->route->handle(r->app, rq, out);
    if (e == OK) {
        BUG_IF(!out->is_set);
        if (rq->route->is_shared)
            share(out);
        return OK;
    }
    int status = router_status(e);
    rq->outcome = e;
    if (status == 503) {
        LOG(LOG_WARN, "http.handler", log_str("route", rq->route->name),
            log_str("outcome", str_of(err_name(e))));
        return answer_stale(r, rq, out, status);
    }
    return refuse(r, rq, out, status);
}

err router_dispatch(void *router_of_app, req *rq, reply *out)
{
    const router *r = router_of_app;
    rq->router = r;
    if (rq->refused)
        return refuse(r, rq, out, rq->refused);
    match found = match_route(r, rq->head->method, rq->path);
    if (rq->head->method == HTTP_OPTIONS && (found.methods || rq->head->is_asterisk))
        return answer_options(r, rq, out, found.methods);
    if (!found.methods)
        return answer_unknown(r, rq, out);
    if (!found.route) {
        TRY(refuse(r, rq, out, 405));
        reply_header(out, S("Allow"), allow_list(rq->a, found.methods));
        return OK;
    }
    rq->route = found.route;
    memcpy(rq->segment, found.segment, sizeof rq->segment);
    if (rq->route->is_framed)
        rq->policy = rq->policy_framed;
    if (rq->route->who != 0 && !(r->may && r->may(r->app, rq, rq->route->who)))
        return refuse(r, rq, out, 404);
    if (rq->route->cache != CACHE_NEVER && rq->route->method == HTTP_GET) {
        out->class = rq->route->cache;
        out->cache_key = cache_key(rq);
        if (rq->pages) {
            out->generation = cache_generation(rq->pages, out->class);
            if (is_answered_by_cache(rq, out))
                return OK;
        }
    }
    int retry_after_s = RETRY_AFTER_DEFAULT_S;
    if (rq->route->rate && r->rate_check &&
        r->rate_check(r->app, rq, rq->route->rate, &retry_after_s) != OK) {
        unclaim(rq, out); /* who may make it anew is not to wait for who may not */
        return refuse_for_now(r, rq, out, 429, retry_after_s);
    }
    int status = rq->route->method == HTTP_POST ? check_post(r, rq) : 0;
    return status ? refuse(r, rq, out, status) : run_handler(r, rq, out);
}

size_t router_body_most(void *router_of_app, http_method method, str path)
{
    match found = match_route(router_of_app, method, path);
    return found.route ? found.route->body_bytes_most : 64 * 1024;
}

void *req_form(req *rq)
{
    BUG_IF(!rq->form);
    return rq->form;
}

int64_t req_form_age_ms(const req *rq)
{
    return rq->form_age_ms;
}

form_faults *req_faults(req *rq)
{
    return &rq->faults;
}

str req_route(const req *rq)
{
    return rq->route ? rq->route->name : (str){"", 0};
}

str router_token(req *rq, str route_name)
{
    return form_token_make(rq->a, rq->router->form_key, route_name, rq->now_ms);
}

void url_put_segment(buf *b, str segment)
{
    urlencode_put(b, segment);
}

void url_put_rest(buf *b, str rest)
{
    while (rest.n) {
        str after = {0};
        bool has_slash = memchr(rest.at, '/', rest.n) != NULL;
        urlencode_put(b, str_cut(rest, '/', &after));
        if (has_slash)
            buf_put_char(b, '/');
        rest = after;
    }
}
