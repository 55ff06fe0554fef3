/* SPDX-License-Identifier: EUPL-1.2 */
/* Accept-Encoding and the two codings. */

#include "http/encoding.h"

#include <brotli/encode.h>
#define ZLIB_CONST
#include <zlib.h>

str encoding_name(encoding e)
{
    static const str name[ENCODING_COUNT] = {STR_INIT(""), STR_INIT("gzip"), STR_INIT("br")};
    return name[e];
}

/* Whether "q=…" allows: thousandths above zero. A malformed weight does not allow. */
static bool weight_allows(str parameters)
{
    while (parameters.n) {
        str rest = {0};
        str one = str_trim(str_cut(parameters, ';', &rest));
        parameters = rest;
        if (!str_starts(one, S("q=")) && !str_starts(one, S("Q=")))
            continue;
        str q = str_skip(one, 2);
        if (q.n == 0 || q.n > 5 || (q.at[0] != '0' && q.at[0] != '1'))
            return false;
        if (q.n > 1 && q.at[1] != '.')
            return false;
        bool is_above_zero = q.at[0] == '1';
        for (size_t i = 2; i < q.n; i++) {
            if (q.at[i] < '0' || q.at[i] > '9' || (q.at[0] == '1' && q.at[i] != '0'))
                return false;
            is_above_zero |= q.at[i] != '0';
        }
        return is_above_zero;
    }
    return true;
}

unsigned encoding_accepted(str accept_encoding)
{
    unsigned allowed = 0;
    unsigned named = 0;
    bool allows_others = false;
    for (int items = 0; accept_encoding.n && items < 50; items++) {
        str rest = {0};
        str parameters = {0};
        str name = str_trim(str_cut(str_cut(accept_encoding, ',', &rest), ';', &parameters));
        accept_encoding = rest;
        bool is_allowed = weight_allows(parameters);
        if (str_eq(name, S("*")))
            allows_others = is_allowed;
        for (encoding e = ENCODING_GZIP; e < ENCODING_COUNT; e++) {
            bool is_this = str_eq_nocase(name, encoding_name(e)) ||
                           (e == ENCODING_GZIP && str_eq_nocase(name, S("x-gzip")));
            if (is_this) {
                named |= 1u << e;
                allowed = is_allowed ? allowed | 1u << e : allowed & ~(1u << e);
            }
        }
    }
    if (allows_others)
        allowed |= (1u << ENCODING_GZIP | 1u << ENCODING_BR) & ~named;
    return allowed | 1u << ENCODING_IDENTITY;
}

bool encoding_helps(str content_type)
{
    static const str helped[] = {
        STR_INIT("text/"),
        STR_INIT("application/json"),
        STR_INIT("application/javascript"),
        STR_INIT("application/xml"),
        STR_INIT("application/atom+xml"),
        STR_INIT("application/problem+json"),
        STR_INIT("application/manifest+json"),
        STR_INIT("image/svg+xml"),
    };
    for (size_t i = 0; i < sizeof helped / sizeof *helped; i++)
        if (str_starts(content_type, helped[i]))
            return true;
    return false;
}

static err make_gzip(arena *a, str plain, int level, str *out_coded)
{
    z_stream z = {0};
    BUG_IF(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK);
    char *to = arena_alloc(a, plain.n);
    z.next_in = (const unsigned char *)plain.at;
    z.avail_in = (unsigned)plain.n;
    z.next_out = (unsigned char *)to;
    z.avail_out = (unsigned)plain.n;
    int done = deflate(&z, Z_FINISH);
    size_t n = z.total_out;
    deflateEnd(&z);
    if (done != Z_STREAM_END)
        return ERR_LIMIT;
    *out_coded = (str){to, n};
    return OK;
}

static err make_br(arena *a, str plain, int quality, str *out_coded)
{
    size_t n = plain.n;
    unsigned char *to = arena_alloc(a, n);
    if (!BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, plain.n,
                               (const unsigned char *)plain.at, &n, to))
        return ERR_LIMIT;
    *out_coded = (str){(const char *)to, n};
    return OK;
}

err encoding_make(arena *a, encoding e, str plain, bool is_once, str *out_coded)
{
    BUG_IF(e != ENCODING_GZIP && e != ENCODING_BR);
    if (plain.n < 64 || plain.n > 1u << 30)
        return ERR_LIMIT;
    str coded = {0};
    TRY(e == ENCODING_GZIP ? make_gzip(a, plain, is_once ? 2 : 6, &coded)
                           : make_br(a, plain, is_once ? 2 : 5, &coded));
    if (coded.n >= plain.n)
        return ERR_LIMIT;
    *out_coded = coded;
    return OK;
}
