/* SPDX-License-Identifier: EUPL-1.2 */
/* Requests by hand. */

#include "test_visit.h"

#include "http/cache_entry.h"
#include "http/request.h"
#include "http/token.h"

#include <unistd.h>

enum { REQUEST_BYTES = 64 << 20, USUAL_AGE_MS = 60000 };

visit *visit_open(void **state)
{
    fixture f = fixture_open(state);
    visit *v = arena_new(f.a, visit);
    v->f = f;
    v->headers = "Origin: https://sign.example\r\nSec-Fetch-Site: same-origin\r\n";
    v->ap = (struct app){
        .core = f.c,
        .pages = cache_open(1 << 20),
        .rates = rate_open(&f.c.keys, 1 << 10),
        .origin = S("https://sign.example"),
        .log_directory_fd = -1,
        .media_directory_fd = -1,
        .form_age_least_ms = 3000,
    };
    for (size_t i = 0; i < RATE_CLASSES; i++)
        v->ap.limits[i] = (rate_limits){1000000, 1000000};
    /* Over the fixture's own: tests take the database from under pages, not from under its thread.
     */
    ASSERT_OK(newsroom_open(&v->f.c, v->ap.pages, &v->ap.news));
    v->r = web_router(&v->ap);
    return v;
}

void visit_close(visit *v)
{
    fixture f = v->f;
    newsroom_close(v->ap.news);
    rate_close(v->ap.rates);
    cache_close(v->ap.pages);
    fixture_close(&f);
}

static seen dispatch(visit *v, str raw, str body)
{
    arena *a = arena_open(REQUEST_BYTES);
    req *rq = arena_new(a, req);
    rq->a = a;
    rq->head = arena_new(a, head);
    assert_int_equal(head_read(raw, rq->head), 0);
    rq->now_ms = v->f.now_ms;
    rq->origin = v->ap.origin;
    rq->body = body;
    rq->out.a = a;
    rq->out.file = -1;
    rq->client = (client_ip){{[10] = 0xff, [11] = 0xff, [12] = 192, [14] = 2, [15] = 7}};
    reply_reset(&rq->out);
    req_read_target(rq);
    ASSERT_OK(router_dispatch(&v->r, rq, &rq->out));
    reply_finish(rq, &rq->out);
    seen s = {.status = rq->out.wire_status,
              .head = arena_copy(v->f.a, rq->out.wire_head),
              .body = arena_copy(v->f.a, rq->out.wire_body)};
    size_t at = str_find_str(s.head, S("Location: "));
    if (at < s.head.n)
        s.location = str_skip(s.head, at + strlen("Location: "));
    s.location = str_head(s.location, str_find(s.location, '\r'));
    if (rq->out.entry)
        cache_give_back(rq->out.entry);
    arena_close(a);
    return s;
}

seen visit_send(visit *v, const char *method, str path, const char *type, str body)
{
    str raw = arena_printf(v->f.a,
                           "%s %.*s HTTP/1.1\r\nHost: sign.example\r\n%s%s%s%sContent-Length: "
                           "%zu\r\n\r\n",
                           method, STR_FMT(path), v->headers, type ? "Content-Type: " : "",
                           type ? type : "", type ? "\r\n" : "", body.n);
    bool has_body = strcmp(method, "POST") == 0;
    if (!has_body)
        raw = arena_printf(v->f.a, "%s %.*s HTTP/1.1\r\nHost: sign.example\r\n%s\r\n", method,
                           STR_FMT(path), v->headers);
    return dispatch(v, raw, body);
}

seen visit_get(visit *v, str path)
{
    return visit_send(v, "GET", path, NULL, S(""));
}

str visit_token(visit *v, const char *name, int64_t age_ms)
{
    return form_token_make(v->f.a, &v->ap.core.keys.form, str_of(name), v->f.now_ms - age_ms);
}

seen visit_post(visit *v, const char *name, str path, str fields)
{
    str body = arena_printf(v->f.a, "token=%.*s%s%.*s", STR_FMT(visit_token(v, name, USUAL_AGE_MS)),
                            fields.n ? "&" : "", STR_FMT(fields));
    return visit_send(v, "POST", path, "application/x-www-form-urlencoded", body);
}

void visit_publish(visit *v, const declaration *d)
{
    fixture *f = &v->f;
    log_state state;
    published before = {.size = 0};
    fixture_sequence(f, d);
    ASSERT_OK(log_state_now(&f->c, f->a, d->id, &state));
    err e = log_published(&f->c, f->a, d->id, &before);
    assert_true(e == OK || e == ERR_NOT_FOUND);
    int64_t size = (int64_t)state.frontier.size;
    if (before.size == size)
        return;
    published now = {.size = size,
                     .root = merkle_root(&state.frontier),
                     .note = S("a note\n"),
                     .counts = state.counts,
                     .breakdown = state.breakdown,
                     .versions = state.versions,
                     .sources = state.sources,
                     .at_ms = f->now_ms};
    ASSERT_OK(log_publish(&f->c, d->id, &now));
    for (int tries = 0; tries < 500; tries++) {
        arena *a = arena_open(1 << 20);
        const edition *ed = newsroom_read(v->ap.news, a);
        const declaration *shown = alliance_declaration(ed->al, d->slug);
        bool is_there = edition_counts(ed, shown)->size == size;
        arena_close(a);
        if (is_there)
            return;
        usleep(10000);
    }
    fail_msg("no new edition");
}

size_t seen_count(const seen *s, const char *text)
{
    size_t n = 0;
    str rest = s->body, part = str_of(text);
    for (size_t at; (at = str_find_str(rest, part)) < rest.n; n++)
        rest = str_skip(rest, at + part.n);
    return n;
}

bool seen_has(const seen *s, const char *text)
{
    return seen_count(s, text) > 0;
}

bool visit_has_stored(visit *v)
{
    q_probe_counts_row n = fixture_counts(&v->f);
    return n.signatures + n.records + n.listings + n.links + n.jobs > 0;
}

str fields_with(visit *v, const char *fields, const char *name, const char *value)
{
    buf b = buf_in(v->f.a);
    str rest = str_of(fields);
    bool is_known = false;
    while (rest.n) {
        str pair = str_cut(rest, '&', &rest), old;
        bool is_it = str_eq(str_cut(pair, '=', &old), str_of(name));
        is_known |= is_it;
        if (is_it && !value)
            continue;
        if (b.n)
            buf_put_char(&b, '&');
        if (is_it)
            buf_printf(&b, "%s=%s", name, value);
        else
            buf_put(&b, pair);
    }
    if (!is_known && value)
        buf_printf(&b, "&%s=%s", name, value);
    return buf_str(&b);
}

const char *visit_words(visit *v, msg m)
{
    buf escaped = buf_in(v->f.a);
    html_out o = {&escaped};
    html_text(&o, lang_text(v->f.a, LANG_EN, m, NULL, 0));
    return arena_cstr(v->f.a, buf_str(&escaped));
}
