/* SPDX-License-Identifier: EUPL-1.2 */
/* The floor everything stands on: views, arenas, builders, numbers, UTF-8, time. */

#include "base/base.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/number.h"
#include "base/random.h"
#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>

#include <cmocka.h>

static void views_compare_and_cut(void **state)
{
    (void)state;
    assert_true(str_eq(S("a"), S("a")));
    assert_false(str_eq(S("a"), S("ab")));
    assert_true(str_eq_nocase(S("Host"), S("hOST")));
    assert_false(str_eq_nocase(S("é"), S("É")));
    assert_true(str_eq(str_trim(S(" \t x y\r\n")), S("x y")));
    str rest;
    assert_true(str_eq(str_cut(S("k=v=w"), '=', &rest), S("k")));
    assert_true(str_eq(rest, S("v=w")));
    assert_true(str_eq(str_cut(S("k"), '=', &rest), S("k")));
    assert_int_equal(rest.n, 0);
    assert_int_equal(str_find_str(S("aabaac"), S("aac")), 3);
    assert_int_equal(str_find_str(S("aab"), S("x")), 3);
    assert_true(str_cmp(S("a"), S("ab")) < 0);
    assert_true(str_starts(S("abc"), S("ab")) && str_ends(S("abc"), S("bc")));
    assert_true(str_eq_secret(S("same"), S("same")));
    assert_false(str_eq_secret(S("same"), S("sane")));
}

static void count_call(void *thing)
{
    int *n = thing;
    (*n)++;
}

static void arena_zeroes_grows_and_defers(void **state)
{
    (void)state;
    int calls = 0;
    arena *a = arena_open(1 << 22);
    for (size_t size = 0; size < 5000; size += 37) {
        unsigned char *p = arena_alloc(a, size);
        for (size_t i = 0; i < size; i++) {
            assert_int_equal(p[i], 0);
            p[i] = 0xA5;
        }
        assert_int_equal((uintptr_t)p % 16, 0);
    }
    arena_defer(a, count_call, &calls);
    arena_reset(a);
    assert_int_equal(calls, 1);
    assert_int_equal(arena_used(a), 0);
    int64_t *after = arena_array(a, int64_t, 100);
    for (int i = 0; i < 100; i++)
        assert_int_equal(after[i], 0);
    assert_string_equal(arena_cstr(a, S("text")), "text");
    assert_true(str_eq(arena_printf(a, "%d-%s", 7, "x"), S("7-x")));
    arena_defer(a, count_call, &calls);
    arena_close(a);
    assert_int_equal(calls, 2);
}

static void builder_keeps_what_was_put(void **state)
{
    (void)state;
    arena *a = arena_open(1 << 20);
    buf b = buf_in(a);
    assert_int_equal(buf_str(&b).n, 0);
    for (int i = 0; i < 1000; i++)
        buf_put_int(&b, i % 10);
    assert_int_equal(b.n, 1000);
    assert_int_equal(b.at[999], '9');
    b.n = 0;
    buf_put_hex(&b, "\x00\xff\x1a", 3);
    buf_printf(&b, "/%03d", 5);
    buf_put_int(&b, INT64_MIN);
    assert_true(str_eq(buf_str(&b), S("00ff1a/005-9223372036854775808")));
    buf json = buf_in(a);
    buf_put_json(&json, S("a\"b\\c\n\x1f\u00e9/"));
    assert_true(str_eq(buf_str(&json), S("\"a\\\"b\\\\c\\u000a\\u001f\u00e9/\"")));
    arena_close(a);
}

static void numbers_have_bounds(void **state)
{
    (void)state;
    int64_t n = 42;
    assert_int_equal(number_parse(S("0"), 0, 9, &n), OK);
    assert_int_equal(n, 0);
    assert_int_equal(number_parse(S("-9223372036854775808"), INT64_MIN, INT64_MAX, &n), OK);
    assert_true(n == INT64_MIN);
    assert_int_equal(number_parse(S("9223372036854775807"), 0, INT64_MAX, &n), OK);
    assert_int_equal(number_parse(S("9223372036854775808"), 0, INT64_MAX, &n), ERR_LIMIT);
    assert_int_equal(number_parse(S("99999999999999999999999"), 0, 9, &n), ERR_LIMIT);
    assert_int_equal(number_parse(S("10"), 0, 9, &n), ERR_LIMIT);
    static const char *const bad[] = {"", "-", "+1", " 1", "1 ", "0x1", "1e3", "--1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(number_parse(str_of(bad[i]), 0, 9, &n), ERR_INVALID);
    unsigned char bytes[2] = {0};
    assert_int_equal(number_parse_hex(S("0aFf"), bytes, 2), OK);
    assert_int_equal(bytes[0], 10);
    assert_int_equal(bytes[1], 255);
    assert_int_equal(number_parse_hex(S("0aF"), bytes, 2), ERR_INVALID);
    assert_int_equal(number_parse_hex(S("0aFg"), bytes, 2), ERR_INVALID);
}

static void utf8_follows_the_rfc(void **state)
{
    (void)state;
    static const char *const good[] = {"", "a", "é", "Ω", "€", "𝄞", "\xF4\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_true(utf8_is_valid(str_of(good[i])));
    static const char *const bad[] = {"\x80",
                                      "\xC0\x80",
                                      "\xC1\xBF",
                                      "\xE0\x80\x80",
                                      "\xED\xA0\x80",
                                      "\xF4\x90\x80\x80",
                                      "\xF8\x88\x80\x80\x80",
                                      "\xC3",
                                      "\xE2\x82",
                                      "a\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_false(utf8_is_valid(str_of(bad[i])));
    for (int32_t code = 0; code <= 0x10FFFF; code++) {
        if (code >= 0xD800 && code <= 0xDFFF)
            continue;
        char bytes[4];
        str s = {bytes, utf8_encode(code, bytes)};
        assert_int_equal(utf8_next(&s), code);
        assert_int_equal(s.n, 0);
    }
    assert_int_equal(utf8_length(S("Łódź")), 4);
    assert_true(utf8_has_controls(S("a\nb")));
    assert_true(utf8_has_controls(S("a\xE2\x80\xAE"
                                    "b")));
    assert_true(utf8_has_controls((str){"a\0b", 3}));
    assert_false(utf8_has_controls(S("Ó Súilleabháin, d’Arc")));
}

static void time_is_written_in_utc(void **state)
{
    (void)state;
    char text[32];
    clock_iso8601(0, text);
    assert_string_equal(text, "1970-01-01T00:00:00.000Z");
    clock_iso8601(INT64_C(951782400000), text);
    assert_string_equal(text, "2000-02-29T00:00:00.000Z");
    clock_iso8601(INT64_C(1795366683120), text);
    assert_string_equal(text, "2026-11-22T16:58:03.120Z");
    clock_iso8601(-1, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
    assert_int_equal(clock_day(-1), -1);
    assert_int_equal(clock_day(86400000), 1);
    int64_t day_ms;
    assert_int_equal(clock_read_day(S("2000-02-29"), &day_ms), OK);
    assert_int_equal(day_ms, INT64_C(951782400000));
    static const char *const no_days[] = {"",           "2026-02-29", "2026-13-01",
                                          "2026-1-01",  "2026-01-00", "2026-01-011",
                                          "1969-12-31", "20260-1-01", "2026-01-1x"};
    for (size_t i = 0; i < sizeof no_days / sizeof *no_days; i++)
        assert_int_equal(clock_read_day(str_of(no_days[i]), &day_ms), ERR_INVALID);
    int64_t before = clock_steady_ms();
    assert_true(clock_steady_ms() >= before);
}

static void waits_by_the_steady_clock(void **state)
{
    (void)state;
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    pthread_mutex_lock(&lock);
    int64_t before = clock_steady_ms();
    /* It may also wake for nothing. */
    while (clock_wait(&never, &lock, before + 1100 - clock_steady_ms()))
        ;
    assert_true(clock_steady_ms() - before >= 1099);
    assert_false(clock_wait(&never, &lock, -5));
    pthread_mutex_unlock(&lock);
}

static void random_bytes_differ(void **state)
{
    (void)state;
    unsigned char a[32] = {0}, b[32] = {0};
    random_fill(a, sizeof a);
    random_fill(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
}

/* Writes n lines of one event into a file and counts what arrived. */
static int lines_of_a_flood(int n, str *out_last, char *text, size_t room)
{
    FILE *file = tmpfile();
    int stderr_before = dup(STDERR_FILENO);
    assert_non_null(file);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    for (int i = 0; i < n; i++)
        LOG(LOG_WARN, "test.flood", log_int("i", i));
    struct timespec next_second = {1, 100000000};
    nanosleep(&next_second, NULL);
    LOG_EVENT(LOG_WARN, "test.flood");
    dup2(stderr_before, STDERR_FILENO);
    close(stderr_before);
    rewind(file);
    size_t size = fread(text, 1, room, file);
    fclose(file);
    int lines = 0;
    str rest = {text, size};
    while (rest.n) {
        *out_last = str_cut(rest, '\n', &rest);
        lines++;
    }
    return lines;
}

static void a_flood_of_events_is_cut(void **state)
{
    (void)state;
    static char text[1 << 16];
    str last = S("");
    int lines = lines_of_a_flood(1000, &last, text, sizeof text);
    assert_in_range(lines, 51, 101 + 1); /* the flood may lie across two seconds */
    assert_true(str_find_str(last, S("left_out=")) < last.n);
    assert_int_equal(lines_of_a_flood(10, &last, text, sizeof text), 11);
    assert_int_equal(str_find_str(last, S("left_out=")), last.n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(views_compare_and_cut),
        cmocka_unit_test(arena_zeroes_grows_and_defers),
        cmocka_unit_test(builder_keeps_what_was_put),
        cmocka_unit_test(numbers_have_bounds),
        cmocka_unit_test(utf8_follows_the_rfc),
        cmocka_unit_test(time_is_written_in_utc),
        cmocka_unit_test(waits_by_the_steady_clock),
        cmocka_unit_test(random_bytes_differ),
        cmocka_unit_test(a_flood_of_events_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
