/* SPDX-License-Identifier: EUPL-1.2 */
#include "http/form.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <stdio.h>

typedef struct values {
    str text;
    person_name name;
    email_address email;
    str story;
    bool agreed;
    str kind;
    int64_t people;
} values;

static const char *const kinds[] = {"person", "organisation", NULL};
static const field fields[] = {
    {"text", FIELD_TEXT, offsetof(values, text), 0, 10, false, NULL},
    {"name", FIELD_NAME, offsetof(values, name), 2, 20, false, NULL},
    {"email", FIELD_EMAIL, offsetof(values, email), 3, 254, false, NULL},
    {"story", FIELD_PARAGRAPH, offsetof(values, story), 0, 40, false, NULL},
    {"agreed", FIELD_CHECK, offsetof(values, agreed), 0, 0, true, NULL},
    {"kind", FIELD_CHOICE, offsetof(values, kind), 0, 0, false, kinds},
    {"people", FIELD_INT, offsetof(values, people), 1, 500, false, NULL},
    {0},
};
static const form sample = {"sample", fields, sizeof(values)};

static arena *a;

/* The fault of one field whose body is `agreed=1&FIELD=ESCAPED`. */
static fault_kind fault_of(const char *name, const char *escaped, values *out)
{
    form_faults faults;
    str body = arena_printf(a, "agreed=1&%s=%s", name, escaped);
    err e = form_read(a, &sample, body, out, &faults);
    assert_int_equal(e, faults.n ? ERR_INVALID : OK);
    assert_true(e == OK || faults.n == 1);
    return form_fault(&sample, &faults, str_of(name));
}

static void texts(void **state)
{
    (void)state;
    static const struct {
        const char *field, *escaped;
        fault_kind fault;
        const char *kept;
    } cases[] = {
        {"text", "+a++b%09c%C2%A0%E2%80%83d+", FAULT_NONE, "a b c d"},
        {"text", "%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9%C3%A9", FAULT_NONE,
         "\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9\u00e9"},
        {"text", "12345678901", FAULT_TOO_LONG, "12345678901"},
        {"text", "a%0Ab", FAULT_HAS_CONTROLS, "a\nb"},
        {"text", "a%E2%80%AEb", FAULT_HAS_CONTROLS, "a\u202eb"},
        {"text", "%EF%BB%BFa", FAULT_HAS_CONTROLS, "\ufeffa"},
        {"text", "%3Cb%3E", FAULT_HAS_MARKUP, "<b>"},
        {"text", "I+%3C3+EU", FAULT_NONE, "I <3 EU"},
        {"text", "%2B1", FAULT_LOOKS_LIKE_FORMULA, "+1"},
        {"text", "++%3D1", FAULT_LOOKS_LIKE_FORMULA, "=1"},
        {"text", "%40home", FAULT_LOOKS_LIKE_FORMULA, "@home"},
        {"name", "X", FAULT_TOO_SHORT, "X"},
        {"name", "O%27Neill-%C5%9Amig%C5%82y", FAULT_NONE, "O'Neill-\u015amig\u0142y"},
        {"name", "a+%3C+b", FAULT_HAS_MARKUP, "a < b"},
        {"name", "see+http%3A%2F%2Fx", FAULT_HAS_LINK, "see http://x"},
        {"story", "+one%0D%0A%0D%0Atwo%09+", FAULT_NONE, "one\n\ntwo"},
        {"story", "a%0Db", FAULT_HAS_CONTROLS, "a\rb"},
        {"story", "%3Cscript%3E", FAULT_HAS_MARKUP, "<script>"},
        {"story", "-+a+list", FAULT_NONE, "- a list"},
        {"kind", "person", FAULT_NONE, "person"},
        {"kind", "robot", FAULT_NOT_A_CHOICE, "robot"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        values v;
        assert_int_equal(fault_of(cases[i].field, cases[i].escaped, &v), cases[i].fault);
        str kept = v.text.n    ? v.text
                   : v.story.n ? v.story
                   : v.kind.n  ? v.kind
                               : personal_text(v.name);
        assert_true(str_eq(kept, str_of(cases[i].kept)));
    }
}

static void mail_addresses(void **state)
{
    (void)state;
    static const char *const good[] = {
        "a@b.eu",
        "first.last+tag@example.org",
        "o'neill@example.ie",
        "%C3%A9va@example.hu",
        "x@b%C3%BCcher.example",
        "a_b-c@sub.example.co",
        "1@2.example",
        "!#$%25%26'*/=?^_`{|}~@example.org",
    };
    static const char *const bad[] = {
        "a",
        "a@",
        "@b.eu",
        "a@b",
        "a@@b.eu",
        "a@b@c.eu",
        "a@b..eu",
        "a@.eu",
        "a@b.eu.",
        ".a@b.eu",
        "a.@b.eu",
        "a..b@c.eu",
        "a+b@c.eu+d",
        "%22a%22@b.eu",
        "a@[127.0.0.1]",
        "a@127.0.0.1",
        "a@-b.eu",
        "a@b-.eu",
        "a,b@c.eu",
        "a%3Bb@c.eu",
        "a@b_c.eu",
        "%3Da@b.eu",
        "Anna+%3Ca@b.eu%3E",
        "a%3Cb@c.eu",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@b.eu",
    };
    values v;
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        /* '+' is a space in forms */
        char escaped[128];
        size_t n = 0;
        for (const char *c = good[i]; *c; c++)
            n += (size_t)snprintf(escaped + n, sizeof escaped - n, *c == '+' ? "%%2B" : "%c", *c);
        assert_int_equal(fault_of("email", escaped, &v), FAULT_NONE);
        assert_true(personal_text(v.email).n > 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(fault_of("email", bad[i], &v), FAULT_NOT_EMAIL);
    assert_int_equal(fault_of("email", "a%0d%0aBcc:x@b.eu", &v), FAULT_HAS_CONTROLS);
}

static void numbers_and_checks(void **state)
{
    (void)state;
    values v;
    assert_int_equal(fault_of("people", "500", &v), FAULT_NONE);
    assert_int_equal(v.people, 500);
    assert_int_equal(fault_of("people", "501", &v), FAULT_NOT_A_NUMBER);
    assert_int_equal(fault_of("people", "0x10", &v), FAULT_NOT_A_NUMBER);
    assert_int_equal(fault_of("people", "99999999999999999999", &v), FAULT_NOT_A_NUMBER);
    form_faults faults;
    assert_int_equal(form_read(a, &sample, S(""), &v, &faults), ERR_INVALID);
    assert_int_equal(faults.n, 1);
    assert_int_equal(form_fault(&sample, &faults, S("agreed")), FAULT_MISSING);
    assert_int_equal(form_read(a, &sample, S("agreed=1"), &v, &faults), OK);
    assert_true(v.agreed);

    form_fault_set(&sample, &faults, S("name"), FAULT_RULE);
    form_fault_set(&sample, &faults, S("name"), FAULT_RULE);
    assert_int_equal(faults.n, 1);
    form_fault_set(&sample, &faults, S("name"), FAULT_NONE);
    assert_int_equal(faults.n, 0);
}

/* Nothing that a browser can have sent from our page. */
static void malformed(void **state)
{
    (void)state;
    static const char *const bodies[] = {
        "agreed=yes",        "agreed=1&agreed=1",
        "other=1",           "agreed=1&",
        "token=x&agreed=1",  "agreed=1&text=%00",
        "agreed=1&text=%ff", "agreed=1&text=%",
        "agreed=1&=x",       "a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q&r&s&t&u&v&w&x&y&z&a&b&c&d&e&f&g&h",
    };
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        values v;
        form_faults faults;
        err e = form_read(a, &sample, str_of(bodies[i]), &v, &faults);
        if (i == 3)
            assert_int_equal(e, OK); /* an empty last pair is nothing */
        else
            assert_int_equal(e, ERR_INVALID);
        assert_int_equal(faults.n, 0);
    }
    values v;
    form_faults faults;
    str token = {0};
    assert_int_equal(form_read_signed(a, &sample, S("agreed=1&token=x"), &v, &faults, &token), OK);
    assert_true(str_eq(token, S("x")));
    assert_int_equal(
        form_read_signed(a, &sample, S("token=&agreed=1&token=x"), &v, &faults, &token),
        ERR_INVALID);
}

static int start(void **state)
{
    (void)state;
    a = arena_open(16 << 20);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    arena_close(a);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts),
        cmocka_unit_test(mail_addresses),
        cmocka_unit_test(numbers_and_checks),
        cmocka_unit_test(malformed),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
