/* SPDX-License-Identifier: EUPL-1.2 */
/* What the program carries: every form of every static file opens to the same bytes, and every name
 * tells the truth about them. */

#include "crypto/crypto.h"
#include "static/assets.h"

#include <brotli/decode.h>
#include <setjmp.h>
#include <stdarg.h>
#include <zlib.h>

#include <cmocka.h>

static arena *a;

static int setup(void **state)
{
    (void)state;
    crypto_init();
    a = arena_open(64 << 20);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

static void names_hold_the_hash_of_the_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < ASSETS; i++) {
        hash32 hash = hash_sha256(assets[i].identity);
        str hex = str_head(hex_make(a, hash_str(&hash)), 12);
        str part = arena_printf(a, ".%.*s.", STR_FMT(hex));
        assert_true(str_find_str(assets[i].path, part) < assets[i].path.n);
        assert_true(str_eq(assets[i].etag, arena_printf(a, "\"%.*s\"", STR_FMT(hex))));
        assert_true(str_starts(assets[i].path, S("/static/")));
        assert_ptr_equal(asset_find(assets[i].path), &assets[i]);
    }
    assert_null(asset_find(S("/static/site.css")));
    assert_null(asset_find(S("")));
}

static void compressed_forms_open_to_the_same_bytes(void **state)
{
    (void)state;
    int compressed = 0;
    for (size_t i = 0; i < ASSETS; i++) {
        const asset *f = &assets[i];
        size_t n = f->identity.n;
        unsigned char *opened = arena_alloc(a, n + 1);
        if (f->br.n > 0) {
            size_t opened_n = n + 1;
            assert_int_equal(BrotliDecoderDecompress(f->br.n, (const unsigned char *)f->br.at,
                                                     &opened_n, opened),
                             BROTLI_DECODER_RESULT_SUCCESS);
            assert_int_equal(opened_n, n);
            assert_memory_equal(opened, f->identity.at, n);
            compressed++;
        }
        if (f->gzip.n > 0) {
            z_stream z = {0};
            unsigned char *in = arena_alloc(a, f->gzip.n);
            memcpy(in, f->gzip.at, f->gzip.n);
            assert_int_equal(inflateInit2(&z, 15 + 16), Z_OK);
            z.next_in = in;
            z.avail_in = (uInt)f->gzip.n;
            z.next_out = opened;
            z.avail_out = (uInt)n + 1;
            assert_int_equal(inflate(&z, Z_FINISH), Z_STREAM_END);
            assert_int_equal(z.total_out, n);
            assert_memory_equal(opened, f->identity.at, n);
            inflateEnd(&z);
        }
        assert_true(f->br.n < n && f->gzip.n < n);
        if (str_ends(f->path, S(".woff2")))
            assert_int_equal(f->br.n + f->gzip.n, 0);
    }
    assert_true(compressed >= 3);
}

/* Fonts are asked for by the name under which they are served. */
static void sheets_point_to_what_is_served(void **state)
{
    (void)state;
    const asset *sheet = asset_find(ASSET_SITE_CSS);
    assert_non_null(sheet);
    assert_true(str_eq(sheet->content_type, S("text/css; charset=utf-8")));
    str rest = sheet->identity;
    int pointers = 0;
    for (;;) {
        rest = str_skip(rest, str_find_str(rest, S("url(\"")) + 5);
        if (rest.n == 0)
            break;
        str target = str_head(rest, str_find(rest, '"'));
        if (str_starts(target, S("data:")) || str_starts(target, S("#")))
            continue;
        assert_non_null(asset_find(str_head(target, str_find(target, '#'))));
        pointers++;
    }
    assert_true(pointers >= 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_hold_the_hash_of_the_bytes),
        cmocka_unit_test(compressed_forms_open_to_the_same_bytes),
        cmocka_unit_test(sheets_point_to_what_is_served),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
