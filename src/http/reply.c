/* SPDX-License-Identifier: EUPL-1.2 */
/* Building replies and giving them their form on the wire.
 *
 * Invariant: every reply, errors and 304 included, carries the security lines, exactly one
 * Cache-Control, and a length unless its status forbids a body. */

#include "crypto/crypto.h"
#include "http/cache_entry.h"
#include "http/date.h"
#include "http/range.h"
#include "http/request.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void reply_reset(reply *out)
{
    if (out->file >= 0)
        close(out->file);
    if (out->entry)
        cache_give_back(out->entry);
    arena_close(out->stream.home);
    *out = (reply){.a = out->a,
                   .file = -1,
                   .body = buf_in(out->a),
                   .lines = buf_in(out->a),
                   .class = out->class,
                   .cache_key = out->cache_key,
                   .generation = out->generation};
}

static void set(reply *out, int status, str content_type)
{
    BUG_IF(status < 200 || status > 599);
    reply_reset(out);
    out->is_set = true;
    out->status = status;
    out->content_type = arena_copy(out->a, content_type);
}

buf *reply_body(reply *out, int status, str content_type)
{
    set(out, status, content_type);
    return &out->body;
}

html_out reply_html(reply *out, int status)
{
    return (html_out){reply_body(out, status, S("text/html; charset=utf-8"))};
}

static bool is_line_safe(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

void reply_header(reply *out, str name, str value)
{
    BUG_IF(!head_is_token(name) || !is_line_safe(value));
    if (str_eq_nocase(name, S("cache-control"))) {
        reply_cache_control(out, value);
        return;
    }
    buf_put(&out->lines, name);
    buf_put(&out->lines, S(": "));
    buf_put(&out->lines, value);
    buf_put(&out->lines, S("\r\n"));
}

err reply_moved(reply *out, int status, str location)
{
    set(out, status, S("text/plain; charset=utf-8"));
    reply_header(out, S("Location"), location);
    buf_put(&out->body, location);
    buf_put_char(&out->body, '\n');
    return OK;
}

err reply_see_other(reply *out, str location)
{
    return reply_moved(out, 303, location);
}

void reply_retry_after(reply *out, int seconds)
{
    reply_header(out, S("Retry-After"), arena_printf(out->a, "%d", seconds));
}

void reply_cache_control(reply *out, str value)
{
    BUG_IF(!is_line_safe(value));
    out->cache_control = arena_copy(out->a, value);
    out->class = CACHE_NEVER;
}

void reply_no_store(reply *out)
{
    out->class = CACHE_NEVER;
    out->cache_control = (str){0};
}

void reply_compress(reply *out)
{
    out->is_compressed = true;
}

void reply_tag(reply *out)
{
    out->is_tagged = true;
}

void reply_constant(reply *out, str content_type, str body, str gzip, str br)
{
    set(out, 200, content_type);
    out->is_constant = true;
    out->constant[ENCODING_IDENTITY] = body;
    out->constant[ENCODING_GZIP] = gzip;
    out->constant[ENCODING_BR] = br;
}

enum { READ_BYTES_MOST = 64 * 1024 };

/* A small file is read here, a larger one is left to sendfile. */
static err take_file(reply *out, int file, size_t bytes)
{
    if (bytes > READ_BYTES_MOST) {
        out->file = file;
        out->file_bytes = bytes;
        return OK;
    }
    buf_reserve(&out->body, bytes + 1);
    char *to = arena_alloc(out->a, bytes + 1);
    size_t n = 0;
    while (n < bytes) {
        ssize_t got = pread(file, to + n, bytes - n, (off_t)n);
        if (got <= 0)
            break;
        n += (size_t)got;
    }
    close(file);
    if (n != bytes)
        return ERR_IO;
    buf_put(&out->body, (str){to, n});
    return OK;
}

err reply_file(reply *out, int directory_fd, str path, str content_type, str cache_control)
{
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    if (path.n == 0 || path.n > 4096 || memchr(path.at, 0, path.n))
        return ERR_NOT_FOUND;
    int file = (int)syscall(SYS_openat2, directory_fd, arena_cstr(out->a, path), &how, sizeof how);
    if (file < 0)
        return ERR_NOT_FOUND;
    struct stat about;
    if (fstat(file, &about) != 0 || !S_ISREG(about.st_mode)) {
        close(file);
        return ERR_NOT_FOUND;
    }
    set(out, 200, content_type);
    TRY(take_file(out, file, (size_t)about.st_size));
    reply_cache_control(out, cache_control);
    out->modified_s = about.st_mtim.tv_sec;
    return OK;
}

/* --- The wire form --- */

static str class_control(cache_class class)
{
    static const str control[CACHE_CLASSES] = {
        [CACHE_NEVER] = STR_INIT("no-store"),
        [CACHE_COUNTS] =
            STR_INIT("public, max-age=5, stale-while-revalidate=30, stale-if-error=86400"),
        [CACHE_TEXT] =
            STR_INIT("public, max-age=60, stale-while-revalidate=600, stale-if-error=86400"),
        [CACHE_ASSET] = STR_INIT("public, max-age=31536000, immutable"),
    };
    return control[class];
}

static void put_line(buf *b, str name, str value)
{
    buf_put(b, name);
    buf_put(b, S(": "));
    buf_put(b, value);
    buf_put(b, S("\r\n"));
}

static void put_date_line(buf *b, str name, int64_t unix_s)
{
    char date[DATE_BYTES + 1];
    date_write(unix_s, date);
    put_line(b, name, str_of(date));
}

static str identity_body(const reply *out)
{
    return out->is_constant ? out->constant[ENCODING_IDENTITY] : buf_str(&out->body);
}

static cache_entry *entry_make(req *rq, reply *out)
{
    arena *a = rq->a;
    str body = identity_body(out);
    bool helps = encoding_helps(out->content_type);
    cache_parts parts = {.key = out->cache_key,
                         .class = out->class,
                         .generation = out->generation,
                         .modified_s = rq->now_ms / 1000};
    hash32 hash = hash_sha256(body);
    memcpy(parts.body_hash, hash.at, sizeof parts.body_hash);
    for (encoding e = ENCODING_IDENTITY; e < ENCODING_COUNT; e++) {
        if (e == ENCODING_IDENTITY || out->is_constant)
            parts.body[e] = e == ENCODING_IDENTITY ? body : out->constant[e];
        else if (helps && encoding_make(a, e, body, false, &parts.body[e]) != OK)
            parts.body[e] = (str){0};
    }
    /* The time of change survives a regeneration that changed nothing. */
    cache_entry *before = rq->pages ? cache_find(rq->pages, out->cache_key) : NULL;
    if (before) {
        if (memcmp(before->body_hash, parts.body_hash, sizeof parts.body_hash) == 0)
            parts.modified_s = before->modified_s;
        cache_give_back(before);
    }
    buf own = buf_in(a);
    put_line(&own, S("Content-Type"), out->content_type);
    buf_put(&own, buf_str(&out->lines));
    buf shared = buf_in(a);
    put_line(&shared, S("Cache-Control"), class_control(out->class));
    if (helps)
        put_line(&shared, S("Vary"), S("Accept-Encoding"));
    put_date_line(&shared, S("Last-Modified"), parts.modified_s);
    buf_put(&shared, rq->policy);
    parts.own_lines = buf_str(&own);
    parts.lines = buf_str(&shared);
    return cache_build(a, &parts);
}

static void wire_from_entry(req *rq, reply *out)
{
    const cache_variant *v =
        cache_choose(out->entry, encoding_accepted(req_header(rq, S("accept-encoding"))));
    out->wire_body = (str){"", 0};
    out->wire_status = reply_condition(rq->head, v->etag, out->entry->modified_s);
    if (out->wire_status == 304) {
        out->wire_head = v->unchanged_head;
        return;
    }
    out->wire_status = 200;
    out->wire_head = str_head(v->whole, v->head_bytes);
    if (rq->head->method != HTTP_HEAD)
        out->wire_body = str_skip(v->whole, v->head_bytes);
}

/* The coding of a reply that one reader gets, and its body in that coding. */
static encoding code_once(req *rq, const reply *out, str *body)
{
    if (!out->is_compressed || !encoding_helps(out->content_type) || body->n < 1024)
        return ENCODING_IDENTITY;
    unsigned accepted = encoding_accepted(req_header(rq, S("accept-encoding")));
    encoding e = ENCODING_IDENTITY;
    if (accepted & 1u << ENCODING_BR)
        e = ENCODING_BR;
    else if (accepted & 1u << ENCODING_GZIP)
        e = ENCODING_GZIP;
    if (e == ENCODING_IDENTITY || encoding_make(rq->a, e, *body, true, body) != OK)
        return ENCODING_IDENTITY;
    return e;
}

/* The part of a file that is asked for. If-Range names the file by its time, if at all. */
static void choose_range(const req *rq, reply *out, buf *lines)
{
    int64_t since_s = 0, from, n, whole = (int64_t)out->file_bytes;
    str since = head_line(rq->head, S("if-range"));
    bool is_other = since.n && (date_read(since, &since_s) != OK || since_s != out->modified_s);
    str asked = is_other ? (str){"", 0} : head_line(rq->head, S("range"));
    put_line(lines, S("Accept-Ranges"), S("bytes"));
    switch (range_choose(asked, whole, &from, &n)) {
    case RANGE_WHOLE:
        return;
    case RANGE_PART:
        out->wire_status = 206;
        out->file_from = (size_t)from;
        out->file_bytes = (size_t)n;
        put_line(lines, S("Content-Range"),
                 arena_printf(rq->a, "bytes %lld-%lld/%lld", (long long)from,
                              (long long)(from + n - 1), (long long)whole));
        return;
    case RANGE_BEHIND:
        out->wire_status = 416;
        close(out->file);
        out->file = -1;
        put_line(lines, S("Content-Range"), arena_printf(rq->a, "bytes */%lld", (long long)whole));
        return;
    }
}

/* Weak: the same for each coding of the body. */
static str tag_of(arena *a, str body)
{
    enum { TAG_BYTES = 12 };
    hash32 hash = hash_sha256(body);
    str text = base64url_make(a, (str){(const char *)hash.at, TAG_BYTES});
    return arena_printf(a, "W/\"%.*s\"", STR_FMT(text));
}

static void wire_plain(req *rq, reply *out)
{
    str body = identity_body(out);
    str tag = out->is_tagged && out->status == 200 ? tag_of(rq->a, body) : (str){0};
    encoding coding = code_once(rq, out, &body);
    buf lines = buf_in(rq->a);
    buf_reserve(&lines, 512 + rq->policy.n + out->lines.n);
    out->wire_status = out->status;
    if (out->status == 200 && (out->modified_s || tag.n) &&
        reply_condition(rq->head, tag, out->modified_s) == 304)
        out->wire_status = 304;
    if (out->wire_status == 200 && out->file >= 0)
        choose_range(rq, out, &lines);
    size_t body_bytes = out->file >= 0 ? out->file_bytes : body.n;
    bool has_body = out->wire_status != 204 && out->wire_status != 304;
    if (has_body) {
        put_line(&lines, S("Content-Type"), out->content_type);
        if (!out->stream.next)
            put_line(&lines, S("Content-Length"), arena_printf(rq->a, "%zu", body_bytes));
        else if (rq->head->minor > 0)
            put_line(&lines, S("Transfer-Encoding"), S("chunked"));
        if (out->is_compressed)
            put_line(&lines, S("Vary"), S("Accept-Encoding"));
        if (coding != ENCODING_IDENTITY)
            put_line(&lines, S("Content-Encoding"), encoding_name(coding));
    }
    if (tag.n)
        put_line(&lines, S("ETag"), tag);
    if (out->modified_s)
        put_date_line(&lines, S("Last-Modified"), out->modified_s);
    str control = class_control(out->status == 200 ? out->class : CACHE_NEVER);
    put_line(&lines, S("Cache-Control"), out->cache_control.n ? out->cache_control : control);
    buf_put(&lines, buf_str(&out->lines));
    buf_put(&lines, rq->policy);
    buf_put(&lines, S("\r\n"));
    out->wire_head = buf_str(&lines);
    bool sends_body = has_body && rq->head->method != HTTP_HEAD;
    out->wire_body = sends_body && out->file < 0 ? body : (str){"", 0};
    if (!sends_body)
        out->stream.next = NULL;
    if (out->stream.next) {
        out->stream.is_chunked = rq->head->minor > 0;
        out->wire_body = stream_wire(&out->stream);
    }
    if (!sends_body && out->file >= 0) {
        close(out->file);
        out->file = -1;
    }
}

static bool is_kept(const req *rq, const reply *out)
{
    bool is_read = rq->head->method == HTTP_GET || rq->head->method == HTTP_HEAD;
    return is_read && out->status == 200 && out->class != CACHE_NEVER && out->cache_key.n &&
           out->file < 0 && !out->stream.next;
}

void reply_finish(req *rq, reply *out)
{
    if (!out->entry && is_kept(rq, out)) {
        out->entry = entry_make(rq, out);
        if (rq->pages) {
            cache_keep(out->entry);
            cache_put(rq->pages, out->entry);
        }
    }
    if (out->entry)
        wire_from_entry(rq, out);
    else
        wire_plain(rq, out);
}

/* Weak comparison (RFC 9110 13.1.2) of each tag in the list with ours. */
static bool has_tag(str list, str etag)
{
    if (str_eq(str_trim(list), S("*")))
        return true;
    while (list.n) {
        str rest = {0};
        str tag = str_trim(str_cut(list, ',', &rest));
        if (str_starts(tag, S("W/")))
            tag = str_skip(tag, 2);
        if (str_eq(tag, etag))
            return true;
        list = rest;
    }
    return false;
}

int reply_condition(const head *h, str etag, int64_t modified_s)
{
    bool has_match = false;
    for (size_t i = 0; i < h->n && etag.n; i++) {
        if (h->lines[i].name.n != 13 || !str_eq_nocase(h->lines[i].name, S("if-none-match")))
            continue;
        has_match = true;
        if (has_tag(h->lines[i].value, str_starts(etag, S("W/")) ? str_skip(etag, 2) : etag))
            return 304;
    }
    if (has_match || !modified_s)
        return 0;
    str since = head_line(h, S("if-modified-since"));
    int64_t since_s = 0;
    return since.n && date_read(since, &since_s) == OK && modified_s <= since_s ? 304 : 0;
}
