/* SPDX-License-Identifier: EUPL-1.2 */
/* The 24 languages as they are built in: names, wishes of browsers, plural forms against ICU. */

#include "lang/catalogue.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <unicode/uchar.h>
#include <unicode/uloc.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

enum { ARENA_BYTES = 8 << 20 };

static void codes_are_exact(void **state)
{
    (void)state;
    static const char *const order[] = {"bg", "es", "cs", "da", "de", "et", "el", "en",
                                        "fr", "ga", "hr", "it", "lv", "lt", "hu", "mt",
                                        "nl", "pl", "pt", "ro", "sk", "sl", "fi", "sv"};
    for (lang l = 0; l < LANG_COUNT; l++) {
        lang found;
        assert_string_equal(lang_code(l).at, order[l]);
        assert_int_equal(lang_by_code(lang_code(l), &found), OK);
        assert_int_equal(found, l);
    }
    static const char *const unknown[] = {"", "gr", "EN", "en-IE", "e", "enx", "no", "xx"};
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        lang found = LANG_SV;
        assert_int_equal(lang_by_code(str_of(unknown[i]), &found), ERR_NOT_FOUND);
        assert_int_equal(found, LANG_SV);
    }
    lang pseudo;
    bool is_built = catalogues[LANG_PSEUDO].texts != NULL;
    assert_int_equal(lang_by_code(S("xx-pseudo"), &pseudo), is_built ? OK : ERR_NOT_FOUND);
}

/* The same as CLDR's names, but for capital letters. */
static void native_names_are_those_of_cldr(void **state)
{
    (void)state;
    for (lang l = 0; l < LANG_COUNT; l++) {
        UChar ours[100], theirs[100];
        UErrorCode status = U_ZERO_ERROR;
        const char *code = lang_code(l).at;
        uloc_getDisplayLanguage(code, code, theirs, 100, &status);
        str name = lang_native_name(l);
        u_strFromUTF8(ours, 100, NULL, name.at, (int32_t)name.n, &status);
        assert_true(U_SUCCESS(status));
        if (u_strcasecmp(ours, theirs, U_FOLD_CASE_DEFAULT) != 0)
            fail_msg("%s", code);
    }
}

static void wishes_are_met(void **state)
{
    (void)state;
    enum { NONE = -1 };
    static const struct {
        const char *header;
        int wanted;
    } cases[] = {
        {"da", LANG_DA},
        {"DA-dk", LANG_DA},
        {"pt-BR", LANG_PT},
        {"zh-Hans-CN, fi;q=0.3", LANG_FI},
        {"en-US,en;q=0.9,fr;q=0.8", LANG_EN},
        {"fr;q=0.5, de;q=0.9, en;q=0.7", LANG_DE},
        {"fr ; q=0.5 , de ; Q=0.6", LANG_DE},
        {"el, lt", LANG_EL},
        {"sl;q=1.000, sk;q=1", LANG_SL},
        {"sv;q=0.001", LANG_SV},
        {"hr;q=0, hu;q=0.1", LANG_HU},
        {"ga;q=0", NONE},
        {"*", NONE},
        {"*, mt;q=0.1", LANG_MT},
        {"nb, nn, is", NONE},
        {"gr", NONE},
        {"", NONE},
        {",,;;,", NONE},
        {"et;q=2, cs;q=0.1", LANG_CS},
        {"et;q=1.001, cs;q=0.1", LANG_CS},
        {"et;q=0.1234, cs;q=0.1", LANG_CS},
        {"et;q=-1, cs", LANG_CS},
        {"et;q=, cs", LANG_CS},
        {"et;q=.5, cs;q=0.1", LANG_CS},
        {"et;level=1, cs;q=0.1", LANG_CS},
        {"et;q=0.5;x=1, cs;q=0.1", LANG_CS},
        {"\xFF\xFE\x01, ro", LANG_RO},
        {"-en, bg-", LANG_BG},
        {"e n, nl", LANG_NL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        lang found = LANG_PL;
        bool is_met = lang_negotiate(str_of(cases[i].header), &found);
        if (is_met != (cases[i].wanted != NONE) || (is_met && (int)found != cases[i].wanted))
            fail_msg("'%s' gave %s", cases[i].header, is_met ? lang_code(found).at : "none");
    }
}

static void wishes_are_bounded(void **state)
{
    (void)state;
    lang found = LANG_PL;
    char header[10000];
    memset(header, ',', sizeof header);
    memcpy(header + 60, "de", 2); /* behind 50 empty ranges */
    assert_false(lang_negotiate((str){header, sizeof header}, &found));
    memset(header, 'x', sizeof header);
    assert_false(lang_negotiate((str){header, sizeof header}, &found));
    memcpy(header, "it;q=0.4,", 9);
    memcpy(header + 5000, ",de,", 4); /* behind the first 1,000 bytes */
    assert_true(lang_negotiate((str){header, sizeof header}, &found));
    assert_int_equal(found, LANG_IT);
    /* a range that the cut would shorten into another one is left out */
    memset(header, ' ', sizeof header);
    memcpy(header, "it;q=0.4,", 9);
    memcpy(header + 998, "es-419", 6);
    assert_true(lang_negotiate((str){header, sizeof header}, &found));
    assert_int_equal(found, LANG_IT);
    str nul = {"d\0e,hu", 6};
    assert_true(lang_negotiate(nul, &found));
    assert_int_equal(found, LANG_HU);
}

/* Each form of our rule is one category of CLDR, in CLDR's order, for all whole numbers. */
static void check_plurals(lang l)
{
    static const char *const categories[] = {"zero", "one", "two", "few", "many", "other"};
    UErrorCode status = U_ZERO_ERROR;
    UPluralRules *rules = uplrules_openForType(lang_locale(l), UPLURAL_TYPE_CARDINAL, &status);
    assert_true(U_SUCCESS(status));
    int category_of[6] = {-1, -1, -1, -1, -1, -1};
    for (uint64_t n = 0; n <= 2000000; n += n < 3000 || n % 1000000 < 300 ? 1 : 97) {
        UChar name[20];
        char plain[20];
        int32_t length = uplrules_select(rules, (double)n, name, 20, &status);
        u_UCharsToChars(name, plain, length + 1);
        int category = 0;
        while (strcmp(plain, categories[category]) != 0)
            category++;
        unsigned form = catalogues[l].plural(n);
        assert_in_range(form, 0, 5);
        if (category_of[form] < 0)
            category_of[form] = category;
        if (category_of[form] != category)
            fail_msg("%s: %llu is '%s', but form %u was '%s' before", lang_code(l).at,
                     (unsigned long long)n, plain, form, categories[category_of[form]]);
    }
    int before = -1;
    for (int form = 0; form < 6; form++) {
        if (category_of[form] < 0)
            continue;
        if (category_of[form] <= before)
            fail_msg("%s: form %d is out of CLDR's order", lang_code(l).at, form);
        before = category_of[form];
    }
    uplrules_close(rules);
}

static void plural_rules_are_those_of_cldr(void **state)
{
    (void)state;
    for (lang l = 0; l < LANG_COUNT; l++)
        check_plurals(l);
}

static void counts_read_well(void **state)
{
    (void)state;
    static const struct {
        lang l;
        int64_t n;
        const char *wanted;
    } cases[] = {
        {LANG_EL, 1, "1 υπογραφή"},
        {LANG_EL, 2, "2 υπογραφές"},
        {LANG_BG, 1, "1 подпис"},
        {LANG_BG, 5, "5 подписа"},
        {LANG_MT, 2, "2 firem"},
        {LANG_MT, 11, "11-il firma"},
        {LANG_MT, 20, "20 firma"},
        {LANG_MT, 103, "103 firem"},
        {LANG_GA, 2, "2 shíniú"},
        {LANG_GA, 7, "7 síniú"},
        {LANG_GA, 11, "11 síniú"},
        {LANG_CS, 3, "3 podpisy"},
        {LANG_CS, 5, "5 podpisů"},
        {LANG_PL, 22, "22 podpisy"},
        {LANG_PL, 112, "112 podpisów"},
        {LANG_LT, 21, "21 parašas"},
        {LANG_LV, 0, "0 parakstu"},
        {LANG_SL, 102, "102 podpisa"},
        {LANG_FR, 0, "0 signature"},
        {LANG_RO, 20, "20 de semnături"},
        {LANG_ES, 2000000,
         "2\xE2\x80\xAF"
         "000\xE2\x80\xAF"
         "000 de firmas"},
        {LANG_FI, 1234,
         "1\xE2\x80\xAF"
         "234 allekirjoitusta"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        arena *a = arena_open(ARENA_BYTES);
        msg_arg args[] = {[MSG_COUNT_SIGNATURES__ARG_COUNT] = msg_arg_of(cases[i].n)};
        str text = lang_text(a, cases[i].l, MSG_COUNT_SIGNATURES, args, MSG_COUNT_SIGNATURES__ARGS);
        assert_string_equal(arena_cstr(a, text), cases[i].wanted);
        arena_close(a);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_are_exact),
        cmocka_unit_test(native_names_are_those_of_cldr),
        cmocka_unit_test(wishes_are_met),
        cmocka_unit_test(wishes_are_bounded),
        cmocka_unit_test(plural_rules_are_those_of_cldr),
        cmocka_unit_test(counts_read_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
