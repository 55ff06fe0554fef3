/* SPDX-License-Identifier: EUPL-1.2 */
/* Reads a request head in two steps: find its end line by line (cheap, can be resumed), then read
 * it in one pass.
 *
 * Invariant: a head that head_read accepts has exactly one meaning for every conforming reader. */

#include "http/head.h"

/* Bits of a byte: may it stand in a token, in a target's path, in a header value. */
enum { IN_TOKEN = 1, IN_PATH = 2, IN_VALUE = 4, IN_HOST = 8 };

static unsigned byte_class(unsigned char c)
{
    unsigned bits = 0;
    bool is_alnum = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (is_alnum || (c && strchr("!#$%&'*+-.^_`|~", c)))
        bits |= IN_TOKEN;
    if (c > 0x20 && c < 0x7f && !strchr("\"#<>\\^`{}", c))
        bits |= IN_PATH;
    if (c == '\t' || (c >= 0x20 && c != 0x7f))
        bits |= IN_VALUE;
    if (is_alnum || (c && strchr("-._~[]:", c)))
        bits |= IN_HOST;
    return bits;
}

static unsigned char class_of[256];

__attribute__((constructor)) static void class_fill(void)
{
    for (unsigned c = 0; c < 256; c++)
        class_of[c] = (unsigned char)byte_class((unsigned char)c);
}

/* Length of the run at the front of s whose bytes all have the bit. */
static size_t run_of(str s, unsigned bit)
{
    size_t i = 0;
    while (i < s.n && (class_of[(unsigned char)s.at[i]] & bit))
        i++;
    return i;
}

bool head_is_token(str s)
{
    return s.n > 0 && run_of(s, IN_TOKEN) == s.n;
}

int head_find(str bytes, size_t bytes_most, head_scan *scan, size_t *out_bytes)
{
    for (;;) {
        str rest = str_skip(bytes, scan->line_at);
        size_t n = str_find(rest, '\n');
        if (scan->lines == 0 && n > TARGET_BYTES_MOST + 64)
            return 414;
        if (scan->line_at + n >= bytes_most)
            return 431;
        if (n == rest.n)
            return HEAD_MORE;
        if (n == 0 || rest.at[n - 1] != '\r')
            return 400;
        if (n == 1) {
            *out_bytes = scan->line_at + 2;
            return scan->lines == 0 ? 400 : HEAD_FOUND;
        }
        if (scan->lines++ > HEAD_LINES_MOST)
            return 431;
        scan->line_at += (uint32_t)n + 1;
    }
}

static void read_method(str name, head *h)
{
    static const struct {
        str name;
        http_method method;
    } known[] = {{STR_INIT("GET"), HTTP_GET},
                 {STR_INIT("POST"), HTTP_POST},
                 {STR_INIT("HEAD"), HTTP_HEAD},
                 {STR_INIT("OPTIONS"), HTTP_OPTIONS}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (str_eq(name, known[i].name)) {
            h->method = known[i].method;
            h->is_known_method = true;
        }
}

static int read_version(str version, int *out_minor)
{
    if (version.n != 8 || !str_starts(version, S("HTTP/")) || version.at[6] != '.')
        return 400;
    char major = version.at[5];
    char minor = version.at[7];
    if (major < '0' || major > '9' || minor < '0' || minor > '9')
        return 400;
    if (major != '1' || minor > '1')
        return 505;
    *out_minor = minor - '0';
    return 0;
}

/* uri-host [":" port] with at least one byte of host. */
static bool is_host(str host)
{
    if (host.n == 0 || host.n > 255 || run_of(host, IN_HOST) != host.n || host.at[0] == ':')
        return false;
    str name = host;
    if (host.at[0] == '[') {
        size_t end = str_find(host, ']');
        if (end == host.n || end < 3)
            return false;
        name = str_skip(host, end + 1);
        if (name.n == 0)
            return true;
        if (name.at[0] != ':')
            return false;
    } else if (memchr(host.at, '[', host.n) || memchr(host.at, ']', host.n)) {
        return false;
    }
    str port = str_skip(name, str_find(name, ':'));
    if (port.n > 6)
        return false;
    for (size_t i = 1; i < port.n; i++)
        if (port.at[i] < '0' || port.at[i] > '9')
            return false;
    return true;
}

/* Takes "http://authority" off an absolute target. */
static int read_absolute(str *target, str *out_authority)
{
    size_t scheme = str_find_str(*target, S("://"));
    str name = str_head(*target, scheme);
    if (!str_eq_nocase(name, S("http")) && !str_eq_nocase(name, S("https")))
        return 400;
    str rest = str_skip(*target, scheme + 3);
    size_t end = 0;
    while (end < rest.n && rest.at[end] != '/' && rest.at[end] != '?')
        end++;
    *out_authority = str_head(rest, end);
    if (end == rest.n || rest.at[end] == '?' || !is_host(*out_authority))
        return 400;
    *target = str_skip(rest, end);
    return 0;
}

static int read_target(str target, head *h, str *out_authority)
{
    if (target.n > TARGET_BYTES_MOST)
        return 414;
    if (target.n == 0)
        return 400;
    if (str_eq(target, S("*"))) {
        h->is_asterisk = true;
        h->target = h->path = target;
        return h->is_known_method && h->method != HTTP_OPTIONS ? 400 : 0;
    }
    if (target.at[0] != '/') {
        int status = read_absolute(&target, out_authority);
        if (status)
            return status;
    }
    h->target = target;
    size_t path_n = run_of(target, IN_PATH);
    size_t mark = str_find(target, '?');
    if (mark < path_n)
        path_n = mark;
    h->path = str_head(target, path_n);
    str rest = str_skip(target, path_n);
    if (rest.n == 0)
        return 0;
    if (rest.at[0] != '?')
        return 400;
    h->query = str_skip(rest, 1);
    /* Browsers send more bytes raw here than RFC 3986 allows; none of them is ambiguous. */
    for (size_t i = 0; i < h->query.n; i++)
        if (h->query.at[i] <= 0x20 || h->query.at[i] == 0x7f || h->query.at[i] == '#')
            return 400;
    return 0;
}

static int read_request_line(str line, head *h, str *out_authority)
{
    size_t method_n = run_of(line, IN_TOKEN);
    if (method_n == 0 || method_n > 32 || method_n == line.n || line.at[method_n] != ' ')
        return 400;
    read_method(str_head(line, method_n), h);
    str rest = str_skip(line, method_n + 1);
    size_t target_n = str_find(rest, ' ');
    if (target_n == rest.n)
        return 400;
    int status = read_version(str_skip(rest, target_n + 1), &h->minor);
    return status ? status : read_target(str_head(rest, target_n), h, out_authority);
}

static int read_length(str digits, int64_t *out_length)
{
    if (digits.n == 0 || digits.n > 18)
        return 400;
    int64_t length = 0;
    for (size_t i = 0; i < digits.n; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9')
            return 400;
        length = length * 10 + (digits.at[i] - '0');
    }
    *out_length = length;
    return 0;
}

typedef struct framing {
    bool has_host;
    bool is_close;
    bool is_keep_alive;
    str authority;
} framing;

/* The lines that decide where this request ends and where it goes. */
static int read_known(const header *line, head *h, framing *f)
{
    if (line->name.n == 4 && str_eq_nocase(line->name, S("host"))) {
        if (f->has_host || !is_host(line->value))
            return 400;
        f->has_host = true;
        h->host = line->value;
    } else if (line->name.n == 14 && str_eq_nocase(line->name, S("content-length"))) {
        if (h->has_length)
            return 400;
        h->has_length = true;
        return read_length(line->value, &h->length);
    } else if (line->name.n == 17 && str_eq_nocase(line->name, S("transfer-encoding"))) {
        if (h->is_chunked || h->minor == 0 || !str_eq_nocase(line->value, S("chunked")))
            return 400;
        h->is_chunked = true;
    } else if (line->name.n == 10 && str_eq_nocase(line->name, S("connection"))) {
        f->is_close |= head_list_has(line->value, S("close"));
        f->is_keep_alive |= head_list_has(line->value, S("keep-alive"));
    } else if (line->name.n == 6 && str_eq_nocase(line->name, S("expect")) && h->minor == 1) {
        bool is_continue = str_eq_nocase(line->value, S("100-continue"));
        h->expects_continue |= is_continue;
        h->expects_other |= !is_continue;
    }
    return 0;
}

static int read_line(str line, head *h, framing *f)
{
    if (h->n == HEAD_LINES_MOST)
        return 431;
    size_t name_n = run_of(line, IN_TOKEN);
    if (name_n == 0 || name_n == line.n || line.at[name_n] != ':')
        return 400;
    str value = str_skip(line, name_n + 1);
    if (run_of(value, IN_VALUE) != value.n)
        return 400;
    header *slot = &h->lines[h->n++];
    *slot = (header){str_head(line, name_n), str_trim(value)};
    return read_known(slot, h, f);
}

static int check_framing(const head *h, const framing *f)
{
    if (h->is_chunked && h->has_length)
        return 400;
    if (!f->has_host && (h->minor == 1 || f->authority.n))
        return 400;
    if (f->authority.n && !str_eq_nocase(f->authority, h->host))
        return 400;
    if (h->is_known_method && h->method != HTTP_POST && (h->is_chunked || h->length > 0))
        return 400;
    return 0;
}

int head_read(str bytes, head *out_head)
{
    head *h = out_head;
    memset(h, 0, offsetof(head, lines));
    framing f = {0};
    str line = {0};
    str rest = bytes;
    for (bool is_first = true;; is_first = false) {
        size_t n = str_find(rest, '\n');
        if (n == rest.n || n == 0 || rest.at[n - 1] != '\r')
            return 400;
        line = str_head(rest, n - 1);
        rest = str_skip(rest, n + 1);
        if (line.n == 0 && !is_first)
            break;
        int status = is_first ? read_request_line(line, h, &f.authority) : read_line(line, h, &f);
        if (status)
            return status;
    }
    if (rest.n)
        return 400;
    h->keeps_alive = !f.is_close && (h->minor == 1 || f.is_keep_alive);
    return check_framing(h, &f);
}

static void rebase(str *view, const char *from, const char *to)
{
    if (view->at && view->n)
        view->at = to + (view->at - from);
}

void head_rebase(head *h, const char *from, const char *to)
{
    rebase(&h->target, from, to);
    rebase(&h->path, from, to);
    rebase(&h->query, from, to);
    rebase(&h->host, from, to);
    for (size_t i = 0; i < h->n; i++) {
        rebase(&h->lines[i].name, from, to);
        rebase(&h->lines[i].value, from, to);
    }
}

str head_line(const head *h, str name)
{
    for (size_t i = 0; i < h->n; i++)
        if (h->lines[i].name.n == name.n && str_eq_nocase(h->lines[i].name, name))
            return h->lines[i].value;
    return (str){"", 0};
}

bool head_list_has(str list, str token)
{
    while (list.n) {
        str rest = {0};
        if (str_eq_nocase(str_trim(str_cut(list, ',', &rest)), token))
            return true;
        list = rest;
    }
    return false;
}
