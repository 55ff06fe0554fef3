/* SPDX-License-Identifier: EUPL-1.2 */
/* The table is read by whoever starts the program, but what it allows is followed by everybody:
 * what a browser could take for another host is refused by the characters it is made of. */

#include "core/redirect.h"

#include "base/number.h"
#include "base/utf8.h"

#include <stdlib.h>

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* Bytewise, with ASCII letters in lower case. */
static int compare(str a, str b)
{
    size_t n = a.n < b.n ? a.n : b.n;
    for (size_t i = 0; i < n; i++) {
        int order = (unsigned char)lower(a.at[i]) - (unsigned char)lower(b.at[i]);
        if (order)
            return order;
    }
    return (a.n > b.n) - (a.n < b.n);
}

static str without_slash(str path)
{
    while (path.n > 1 && str_ends(path, S("/")))
        path = str_head(path, path.n - 1);
    return path;
}

/* NULL, or what is wrong with the path. */
static const char *decode(arena *a, str raw, str *out_path)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.at[i];
        if (c == '%') {
            unsigned char byte;
            if (i + 2 >= raw.n || number_parse_hex((str){raw.at + i + 1, 2}, &byte, 1) != OK)
                return "has a broken escape";
            if (byte == '/' || byte == '\\' || byte == 0)
                return "hides a slash or NUL behind an escape";
            c = (char)byte;
            i += 2;
        }
        buf_put_char(&b, lower(c));
    }
    *out_path = without_slash(buf_str(&b));
    return utf8_is_valid(*out_path) && !utf8_has_controls(*out_path) ? NULL
                                                                     : "is no readable address";
}

static const char *read_from(arena *a, str raw, str *out_from)
{
    if (!str_starts(raw, S("/")) || raw.n > REDIRECT_BYTES_MOST)
        return "must begin with an old path, such as /old/page.html";
    if (str_find(raw, '?') < raw.n || str_find(raw, '#') < raw.n)
        return "names a query or fragment, which are not looked at: leave it out";
    return decode(a, raw, out_from);
}

/* One slash and no other behind it; only what RFC 3986 lets stand in a path, query or fragment. */
static const char *read_to(str raw)
{
    static const char allowed[] = "-._~/?#%!$&'()*+,;=:@";
    if (!str_starts(raw, S("/")) || str_starts(raw, S("//")) || raw.n > REDIRECT_BYTES_MOST)
        return "must lead to an address on this site, such as /en/documents";
    for (size_t i = 0; i < raw.n; i++) {
        char c = raw.at[i];
        bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!is_word && (c == '\0' || !strchr(allowed, c)))
            return "leads to an address with characters that must be percent-encoded";
    }
    return NULL;
}

static int by_from(const void *left, const void *right)
{
    const redirect *a = left, *b = right;
    int order = compare(a->from, b->from);
    return order ? order : (a->line > b->line) - (a->line < b->line);
}

static const redirect *find(redirect_list all, str path)
{
    size_t low = 0, high = all.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(all.at[middle].from, path);
        if (order == 0)
            return &all.at[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The end of the chain that begins here; NULL: there is none. */
static const redirect *follow(arena *a, redirect_list all, const redirect *one)
{
    for (int steps = 0; steps < REDIRECT_STEPS_MOST; steps++) {
        str path = str_head(one->to, str_find(one->to, '?'));
        path = str_head(path, str_find(path, '#'));
        if (decode(a, path, &path))
            return one;
        const redirect *next = find(all, path);
        if (!next)
            return one;
        one = next;
    }
    return NULL;
}

static err refuse(redirect_fault *fault, size_t line, const char *what)
{
    *fault = (redirect_fault){line, what};
    return ERR_INVALID;
}

static err read_line(arena *a, str line, size_t number, redirect *out, redirect_fault *fault)
{
    str rest;
    str from = str_cut(line, ' ', &rest);
    *out = (redirect){.to = str_trim(rest), .line = number};
    if (out->to.n == 0 || str_find(out->to, ' ') < out->to.n)
        return refuse(fault, number, "is not two addresses: from, space, to");
    const char *what = read_from(a, from, &out->from);
    if (!what)
        what = read_to(out->to);
    return what ? refuse(fault, number, what) : OK;
}

static err shorten(arena *a, redirect_list read, redirect_list *out, redirect_fault *fault)
{
    redirect *all = arena_array(a, redirect, read.n);
    for (size_t i = 0; i < read.n; i++) {
        if (i > 0 && compare(read.at[i].from, read.at[i - 1].from) == 0)
            return refuse(fault, read.at[i].line, "gives an old address twice");
        const redirect *last = follow(a, read, &read.at[i]);
        if (!last)
            return refuse(fault, read.at[i].line, "leads in a circle, or through too many others");
        all[i] = read.at[i];
        all[i].to = last->to;
    }
    *out = (redirect_list){all, read.n};
    return OK;
}

err redirects_read(arena *a, str text, redirect_list *out_redirects, redirect_fault *out_fault)
{
    size_t lines = 1, n = 0;
    for (size_t i = 0; i < text.n; i++)
        lines += text.at[i] == '\n';
    redirect *all = arena_array(a, redirect, lines < REDIRECTS_MOST ? lines : REDIRECTS_MOST);
    for (size_t number = 1; text.n; number++) {
        str line = str_trim(str_cut(text, '\n', &text));
        if (line.n == 0 || line.at[0] == '#')
            continue;
        if (n == REDIRECTS_MOST)
            return refuse(out_fault, number, "is one address too many");
        TRY(read_line(a, line, number, &all[n++], out_fault));
    }
    if (n)
        qsort(all, n, sizeof *all, by_from);
    return shorten(a, (redirect_list){all, n}, out_redirects, out_fault);
}

str redirects_find(redirect_list redirects, str path)
{
    const redirect *one = find(redirects, without_slash(path));
    return one ? one->to : (str){"", 0};
}
