/* SPDX-License-Identifier: EUPL-1.2 */
/* Unicode matters in many scripts, and from several threads at once. */

#include "text/text.h"

#include "base/utf8.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ARENA_BYTES = 64 << 20 };

typedef struct pair {
    const char *from, *to;
} pair;

static void expect(err (*call)(arena *, str, str *), const pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        arena *a = arena_open(ARENA_BYTES);
        str out;
        assert_int_equal(call(a, str_of(pairs[i].from), &out), OK);
        assert_string_equal(arena_cstr(a, out), pairs[i].to);
        arena_close(a);
    }
}
#define EXPECT(call, pairs) expect(call, pairs, sizeof(pairs) / sizeof *(pairs))

static void refuse(err (*call)(arena *, str, str *), const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        arena *a = arena_open(ARENA_BYTES);
        str out = S("untouched");
        if (call(a, str_of(texts[i]), &out) != ERR_INVALID)
            fail_msg("accepted '%s' as '%.*s'", texts[i], STR_FMT(out));
        assert_true(str_eq(out, S("untouched")));
        arena_close(a);
    }
}
#define REFUSE(call, texts) refuse(call, texts, sizeof(texts) / sizeof *(texts))

static void nfc_composes(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"", ""},
        {"plain", "plain"},
        {"e\xCC\x81", "é"},
        {"Ångström", "Ångström"},
        {"\xE2\x84\xAB", "Å"}, /* the sign of the unit */
        {"o\xCC\x88\xCC\x84", "ȫ"},
        {"ș ş", "ș ş"}, /* two letters, both stay */
        {"Α\xCC\x81θήνα", "Άθήνα"},
        {"и\xCC\x86", "й"},
        {"\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한"},
        {"\xEF\xAC\x81", "ﬁ"},              /* a compatibility form stays */
        {"क\xE0\xA4\xBC", "क\xE0\xA4\xBC"}, /* excluded from composition */
        {"\xE0\xA5\x98", "क\xE0\xA4\xBC"},
        {"\xF0\x9D\x85\x9E", "\xF0\x9D\x85\x97\xF0\x9D\x85\xA5"},
    };
    EXPECT(text_nfc, pairs);
    arena *a = arena_open(ARENA_BYTES);
    str same = S("Łódź"), out;
    assert_int_equal(text_nfc(a, same, &out), OK);
    assert_ptr_equal(out.at, same.at);
    arena_close(a);
}

static void fold_reads_every_script(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"", ""},
        {" . ", ""},
        {"Łódź – Παπαδόπουλος", "lodz papadopoulos"},
        {"  O'Brien,  Seán ", "o brien sean"},
        {"Ó Súilleabháin", "o suilleabhain"},
        {"L’Hospitalet de Llobregat", "l hospitalet de llobregat"},
        {"Straße STRASSE ẞ", "strasse strasse ss"},
        {"Œuvre Ærø Þór Đakovo", "oeuvre aero thor dakovo"},
        {"Șoimuș Şoimuş", "soimus soimus"},
        {"Ħaż-Żebbuġ", "haz zebbug"},
        {"Győr Õismäe Kęstutis Ķekava", "gyor oismae kestutis kekava"},
        {"e\xCC\x81te\xCC\x81", "ete"},
        {"София", "sofia"},
        {"Αθήνα ΑΘΗΝΑ Ἀθῆναι", "athena athena athenai"},
        {"Київ Харьков Кольо", "kiiv harkov kolo"},
        {"İstanbul ıssız", "istanbul issiz"},
        {"ＦＵＬＬ　ｗｉｄｔｈ １２", "full width 12"},
        {"ﬁne ½", "fine 1 2"},
        {"東京", "dong jing"},
        {"한국", "hangug"},
        {"NUTS-2: PL71", "nuts 2 pl71"},
        {"a\xC2\xA0"
         "b\xE2\x80\xAF"
         "c",
         "a b c"},
        {"😀", ""},
    };
    EXPECT(text_fold, pairs);
}

/* A Greek letter behind makes the rules see the whole: the way by letters must agree with them. */
static void fold_by_letters_agrees_with_the_rules(void **state)
{
    (void)state;
    uint32_t any = 7;
    for (int round = 0; round < 3000; round++) {
        arena *a = arena_open(ARENA_BYTES);
        buf b = buf_in(a);
        for (int i = 0; i < 12; i++) {
            static const int32_t between[] = {' ',    '\'',   0xA0,   0xAB,   0x2013,
                                              0x2019, 0x201E, 0x2026, 0x202F, '7'};
            char bytes[4];
            any = any * 1664525u + 1013904223u;
            uint32_t n = any >> 8;
            int32_t code = round < 0x250 - 0xC0 && i == 6 ? 0xC0 + round
                           : n % 3 == 0                   ? (int32_t)(0xC0 + (n >> 4) % 0x190)
                           : n % 3 == 1                   ? (int32_t)('A' + (n >> 4) % 58)
                                                          : between[(n >> 4) % 10];
            buf_put(&b, (str){bytes, utf8_encode(code, bytes)});
        }
        str latin = arena_copy(a, buf_str(&b)), fast, slow;
        buf_put(&b, S(" \u03B1"));
        assert_int_equal(text_fold(a, latin, &fast), OK);
        assert_int_equal(text_fold(a, buf_str(&b), &slow), OK);
        str expected = arena_printf(a, "%.*s%sa", STR_FMT(fast), fast.n ? " " : "");
        if (!str_eq(slow, expected))
            fail_msg("'%.*s': '%.*s', not '%.*s'", STR_FMT(latin), STR_FMT(expected),
                     STR_FMT(slow));
        arena_close(a);
    }
}

static void fold_gives_search_form_once(void **state)
{
    (void)state;
    static const char *const texts[] = {"Παπαδόπουλος", "Щербаков", "José-María", "हिन्दी",
                                        "עברית",        "العربية",  "ქართული",    "Հայերեն",
                                        "ไทย",          "日本語",   "Ångström"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        arena *a = arena_open(ARENA_BYTES);
        str once, twice;
        assert_int_equal(text_fold(a, str_of(texts[i]), &once), OK);
        assert_int_equal(text_fold(a, once, &twice), OK);
        assert_true(once.n > 0);
        for (size_t k = 0; k < once.n; k++) {
            char c = once.at[k];
            if (!((c >= 'a' && c <= 'z') || c == ' '))
                fail_msg("'%s' gave '%.*s'", texts[i], STR_FMT(once));
        }
        assert_true(str_eq(once, twice));
        arena_close(a);
    }
}

static void lower_maps_fully(void **state)
{
    (void)state;
    static const pair pairs[] = {{"", ""},   {"ÀÉÎ", "àéî"}, {"ΟΔΟΣ", "οδος"},  {"ЖЪЛТ", "жълт"},
                                 {"ẞ", "ß"}, {"Ⱥ", "ⱥ"},     {"İ", "i\xCC\x87"}};
    EXPECT(text_lower, pairs);
}

static void hosts_get_a_labels(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"Example.ORG", "example.org"},
        {"bücher.example", "xn--bcher-kva.example"},
        {"BÜCHER.example", "xn--bcher-kva.example"},
        {"straße.de", "xn--strae-oqa.de"}, /* not "strasse": non-transitional */
        {"παράδειγμα.ελ", "xn--hxajbheg2az3al.xn--qxam"},
        {"εξάς.gr", "xn--hxar1ar.gr"},
        {"пример.бг", "xn--e1afmkfd.xn--90ae"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"bücher。example", "xn--bcher-kva.example"},
        {"a.b-c.d2", "a.b-c.d2"},
        {"1.2.example", "1.2.example"},
    };
    EXPECT(text_host_ascii, pairs);
    static const char *const bad[] = {
        "",
        "localhost",
        ".",
        "a.",
        ".a",
        "a..b",
        "a b.org",
        "a_b.org",
        "-a.org",
        "a-.org",
        "ab--c.org",
        "xn--a.org",
        "xn--.org",
        "1.2.3.4",
        "[::1]",
        "a.1",
        "a@b.org",
        "a/b.org",
        "a.org:80",
        "\xFF.org",
        "a.o\nrg",
        "a\xC2\xAD.org/",
        "\xD7\x90"
        "a.org",
        "a\xE2\x80\x8D"
        "b.org",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.org"};
    REFUSE(text_host_ascii, bad);
    REFUSE(text_host_unicode, bad);
}

static void hosts_are_shown_unless_they_deceive(void **state)
{
    (void)state;
    static const pair pairs[] = {
        {"xn--bcher-kva.example", "bücher.example"},
        {"xn--hxajbheg2az3al.xn--qxam", "παράδειγμα.ελ"},
        {"xn--e1afmkfd.xn--90ae", "пример.бг"},
        {"ex\xD0\xB0mple.org", "xn--exmple-4nf.org"}, /* a Cyrillic а */
    };
    EXPECT(text_host_unicode, pairs);
}

static void limits_hold(void **state)
{
    (void)state;
    arena *a = arena_open(ARENA_BYTES);
    char *big = arena_alloc(a, TEXT_BYTES_MOST + 1);
    memset(big, 'a', TEXT_BYTES_MOST + 1);
    str out, s = {big, TEXT_BYTES_MOST + 1};
    assert_int_equal(text_nfc(a, s, &out), ERR_LIMIT);
    assert_int_equal(text_fold(a, s, &out), ERR_LIMIT);
    assert_int_equal(text_lower(a, s, &out), ERR_LIMIT);
    s.n--;
    assert_int_equal(text_nfc(a, s, &out), OK);
    assert_int_equal(text_fold(a, s, &out), OK);
    static const char *const bad[] = {"\xFF", "a\xC3", "\xED\xA0\x80"};
    REFUSE(text_nfc, bad);
    REFUSE(text_fold, bad);
    REFUSE(text_lower, bad);
    str nul = {"a\0b", 3};
    assert_int_equal(text_fold(a, nul, &out), OK);
    assert_true(str_eq(out, S("a b")));
    arena_close(a);
}

static void *fold_often(void *thing)
{
    (void)thing;
    for (int i = 0; i < 200; i++) {
        arena *a = arena_open(ARENA_BYTES);
        str folded, host, nfc;
        assert_int_equal(text_fold(a, S("Γιώργος Łódź София"), &folded), OK);
        assert_int_equal(text_host_ascii(a, S("bücher.example"), &host), OK);
        assert_int_equal(text_nfc(a, S("e\xCC\x81"), &nfc), OK);
        bool is_right = str_eq(folded, S("giorgos lodz sofia")) &&
                        str_eq(host, S("xn--bcher-kva.example")) && str_eq(nfc, S("é"));
        arena_close(a);
        if (!is_right)
            return (void *)1;
    }
    return NULL;
}

static void threads_may_share(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fold_often, NULL), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(nfc_composes),
        cmocka_unit_test(fold_reads_every_script),
        cmocka_unit_test(fold_by_letters_agrees_with_the_rules),
        cmocka_unit_test(fold_gives_search_form_once),
        cmocka_unit_test(lower_maps_fully),
        cmocka_unit_test(hosts_get_a_labels),
        cmocka_unit_test(hosts_are_shown_unless_they_deceive),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(threads_may_share),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
