/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON bodies against declared forms. */

#include "http/members.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct values {
    person_name name;
    str kind;
    bool is_consented;
    int64_t version;
} values;

static const char *const kinds[] = {"a", "b", NULL};
static const field fields[] = {
    {"name", FIELD_NAME, offsetof(values, name), 1, 20, true, NULL},
    {"kind", FIELD_CHOICE, offsetof(values, kind), 0, 0, false, kinds},
    {"consent", FIELD_CHECK, offsetof(values, is_consented), 0, 1, true, NULL},
    {"version", FIELD_INT, offsetof(values, version), 1, 9, true, NULL},
    {0},
};
static const form sample = {"sample", fields, sizeof(values)};

typedef struct outcome {
    err read, formed;
    values v;
    form_faults faults;
    str name;
} outcome;

static arena *a;

static outcome read(const char *body)
{
    static const str others[] = {STR_INIT("lang"), {0}};
    outcome x = {.formed = ERR_IO};
    members m;
    str why;
    x.read = members_read(a, str_of(body), &m, &why);
    if (x.read == OK)
        x.formed = form_read_members(a, &sample, &m, others, &x.v, &x.faults, &x.name);
    return x;
}

static void good_bodies_are_taken(void **state)
{
    (void)state;
    outcome x = read("{\"name\":\" \\u0391\\u03b4\\u03b1 \",\"kind\":null,\"consent\":true,"
                     "\"version\":3,\"lang\":\"el\"}");
    assert_int_equal(x.read, OK);
    assert_int_equal(x.formed, OK);
    assert_true(str_eq(personal_text(x.v.name), S("Αδα")));
    assert_true(x.v.is_consented);
    assert_int_equal(x.v.version, 3);
    assert_int_equal(x.v.kind.n, 0);
}

static void rules_of_the_form_hold(void **state)
{
    (void)state;
    outcome x = read("{\"name\":\"<b>\",\"kind\":\"c\",\"consent\":false,\"version\":10}");
    assert_int_equal(x.formed, ERR_INVALID);
    assert_int_equal(x.faults.n, 4);
    assert_int_equal(form_fault(&sample, &x.faults, S("name")), FAULT_HAS_MARKUP);
    assert_int_equal(form_fault(&sample, &x.faults, S("kind")), FAULT_NOT_A_CHOICE);
    assert_int_equal(form_fault(&sample, &x.faults, S("consent")), FAULT_MISSING);
    assert_int_equal(form_fault(&sample, &x.faults, S("version")), FAULT_NOT_A_NUMBER);
    x = read("{}");
    assert_int_equal(x.formed, ERR_INVALID);
    assert_int_equal(x.faults.n, 3);
}

static void strangers_and_wrong_kinds_are_named(void **state)
{
    (void)state;
    static const struct {
        const char *body, *name;
        err e;
    } cases[] = {
        {"{\"name\":\"A\",\"other\":1}", "other", ERR_NOT_FOUND},
        {"{\"name\":1}", "name", ERR_CONFLICT},
        {"{\"consent\":\"1\"}", "consent", ERR_CONFLICT},
        {"{\"consent\":1}", "consent", ERR_CONFLICT},
        {"{\"version\":\"1\"}", "version", ERR_CONFLICT},
        {"{\"token\":\"x\"}", "token", ERR_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        outcome x = read(cases[i].body);
        assert_int_equal(x.formed, cases[i].e);
        assert_true(str_eq(x.name, str_of(cases[i].name)));
    }
}

static void what_is_no_flat_object_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",
                                      "null",
                                      "[]",
                                      "{",
                                      "{\"name\":\"A\"} x",
                                      "{\"a\":{}}",
                                      "{\"a\":[]}",
                                      "{\"a\":1.5}",
                                      "{'a':1}",
                                      "{\"a\":1,\"a\":1}",
                                      "{\"a\":01}",
                                      "{\"a\":1,}",
                                      "{\"a\":\"\\u0000\"}",
                                      "{\"a\":\"\\ud800\"}",
                                      "{\"a\":\"\xff\"}",
                                      "{\"a\":99999999999999999999}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (read(bad[i]).read != ERR_INVALID)
            fail_msg("taken: %s", bad[i]);
    buf many = buf_in(a);
    for (int i = 0; i <= MEMBERS_MOST; i++)
        buf_printf(&many, "%s\"m%d\":1", i ? "," : "{", i);
    buf_put_char(&many, '}');
    assert_int_equal(read(arena_cstr(a, buf_str(&many))).read, ERR_INVALID);
    buf deep = buf_in(a);
    for (int i = 0; i < 60000; i++)
        buf_put_char(&deep, '[');
    assert_int_equal(read(arena_cstr(a, buf_str(&deep))).read, ERR_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_bodies_are_taken),
        cmocka_unit_test(rules_of_the_form_hold),
        cmocka_unit_test(strangers_and_wrong_kinds_are_named),
        cmocka_unit_test(what_is_no_flat_object_is_refused),
    };
    a = arena_open(64 << 20);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    arena_close(a);
    return failed;
}
