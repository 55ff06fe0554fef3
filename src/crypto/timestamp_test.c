/* SPDX-License-Identifier: EUPL-1.2 */
/* An authority of OpenSSL's own making answers; what is asked for, and each way to answer badly. */

#include "crypto/test_authority.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { DAY_S = 86400 };

static const timestamp_question plain = {.nonce = 0x1122334455667788, .policy = STR_INIT("")};

static timestamp_question question_of(str text)
{
    timestamp_question question = plain;
    question.imprint = hash_sha256(text);
    return question;
}

static void refused(authority *t, err expected, str reply, const timestamp_question *question,
                    str ca_pem, const char *words)
{
    timestamp got;
    str why;
    err e = timestamp_check(t->a, reply, question, ca_pem, &got, &why);
    if (e != expected || str_find_str(why, str_of(words)) == why.n)
        print_message("%s: %.*s, not %s\n", err_name(e), STR_FMT(why), words);
    assert_int_equal(e, expected);
    assert_true(str_find_str(why, str_of(words)) < why.n);
}

static void granted(void **state)
{
    (void)state;
    authority t;
    timestamp got;
    str why;
    authority_open(&t);
    timestamp_question question = question_of(S("text"));
    str reply = authority_answer_to(&t, &question);
    for (int with_ca = 0; with_ca < 2; with_ca++) {
        assert_int_equal(
            timestamp_check(t.a, reply, &question, with_ca ? t.root_pem : S(""), &got, &why), OK);
        assert_int_equal(got.time_s, t.time_s);
        assert_true(str_eq(got.authority, S("Zeit \xC3\xBC"
                                            "ber alles")));
        assert_int_equal(why.n, 0);
    }
    question.nonce = 0; /* as it is checked later */
    assert_int_equal(timestamp_check(t.a, reply, &question, t.root_pem, &got, &why), OK);
    authority_close(&t);
}

static void judged_by_its_time(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    timestamp got;
    str why;
    timestamp_question question = question_of(S("text"));
    t.time_s -= DAY_S; /* the certificates were good then */
    str reply = authority_answer_to(&t, &question);
    assert_int_equal(timestamp_check(t.a, reply, &question, t.root_pem, &got, &why), OK);
    t.time_s -= 9L * DAY_S;
    reply = authority_answer_to(&t, &question);
    refused(&t, ERR_DENIED, reply, &question, t.root_pem, "does not lead to those given");
    authority_close(&t);
}

static void other_questions(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    timestamp_question question = question_of(S("text")), other = question;
    str reply = authority_answer_to(&t, &question);
    other.nonce++;
    refused(&t, ERR_DENIED, reply, &other, S(""), "nonce differs");
    other.nonce = 0;
    str without = authority_answer_to(&t, &other);
    refused(&t, ERR_DENIED, without, &question, S(""), "nonce differs");
    other = question_of(S("texT"));
    refused(&t, ERR_DENIED, reply, &other, S(""), "imprint differs");
    refused(&t, ERR_DENIED, reply, &other, t.root_pem, "imprint differs");
    other = question;
    other.policy = S("1.2.3.5");
    refused(&t, ERR_DENIED, reply, &other, S(""), "another policy");
    timestamp got;
    str why;
    assert_int_equal(
        timestamp_check(t.a, authority_answer_to(&t, &other), &other, t.root_pem, &got, &why), OK);
    authority_close(&t);
}

static void other_signers(void **state)
{
    (void)state;
    authority t, forger;
    authority_open(&t);
    authority_open(&forger);
    timestamp_question question = question_of(S("text"));
    str reply = authority_answer_to(&forger, &question);
    refused(&t, ERR_DENIED, reply, &question, t.root_pem, "does not lead to those given");
    refused(&t, ERR_INVALID, reply, &question, S("-----BEGIN CERTIFICATE-----\n"), "are none");
    /* The signature itself: the last byte of the answer is of it. */
    reply = authority_answer_to(&t, &question);
    char *changed = arena_cstr(t.a, reply);
    memcpy(changed, reply.at, reply.n);
    changed[reply.n - 1] ^= 1;
    refused(&t, ERR_DENIED, (str){changed, reply.n}, &question, t.root_pem, "not as it must be");
    authority_close(&forger);
    authority_close(&t);
}

static void refusals(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    timestamp_question question = question_of(S("text"));
    t.refuses = true;
    refused(&t, ERR_DENIED, authority_answer_to(&t, &question), &question, S(""),
            "the authority refuses (status 2): ");
    authority_close(&t);
}

static void damaged(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    timestamp_question question = question_of(S("text"));
    str reply = authority_answer_to(&t, &question);
    for (size_t n = 0; n < reply.n; n++)
        refused(&t, ERR_INVALID, str_head(reply, n), &question, S(""), "no time stamp");
    refused(&t, ERR_INVALID, arena_printf(t.a, "%.*s", 5, "hello"), &question, S(""),
            "no time stamp");
    char *more = arena_alloc(t.a, TIMESTAMP_REPLY_BYTES_MOST + 1);
    memcpy(more, reply.at, reply.n);
    refused(&t, ERR_INVALID, (str){more, reply.n + 1}, &question, S(""), "no time stamp");
    refused(&t, ERR_INVALID, (str){more, TIMESTAMP_REPLY_BYTES_MOST + 1}, &question, S(""),
            "no time stamp");
    /* Whatever a byte becomes, no answer is taken whose signature was looked at. */
    timestamp got;
    str why;
    size_t taken = 0;
    for (size_t i = 0; i < reply.n; i += 7) {
        arena *a = arena_open(4 << 20);
        char *changed = arena_cstr(a, reply);
        memcpy(changed, reply.at, reply.n);
        changed[i] ^= 0x20;
        err e = timestamp_check(a, (str){changed, reply.n}, &question, t.root_pem, &got, &why);
        taken += e == OK;
        assert_true(e == OK || why.n > 0);
        assert_true(e != OK || got.time_s == t.time_s);
        arena_close(a);
    }
    assert_true(taken < 8); /* what nobody signs: words of the status, certificates beside */
    authority_close(&t);
}

static void certificates(void **state)
{
    (void)state;
    authority t;
    str query;
    authority_open(&t);
    assert_int_equal(timestamp_cas_check(t.root_pem), OK);
    str twice =
        arena_printf(t.a, "first\n%.*s\nsecond\n%.*s", STR_FMT(t.root_pem), STR_FMT(t.root_pem));
    assert_int_equal(timestamp_cas_check(twice), OK);
    assert_int_equal(timestamp_cas_check(S("")), ERR_INVALID);
    assert_int_equal(timestamp_cas_check(S("none here\n")), ERR_INVALID);
    assert_int_equal(timestamp_cas_check(str_head(twice, twice.n - 40)), ERR_INVALID);
    timestamp_question question = plain;
    static const char *const bad[] = {"1", "9.9.9", "x", "1.2.", "sha256", "1.2.3.4 "};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        question.policy = str_of(bad[i]);
        assert_int_equal(timestamp_query(t.a, &question, &query), ERR_INVALID);
    }
    authority_close(&t);
}

int main(void)
{
    crypto_init();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(granted),         cmocka_unit_test(judged_by_its_time),
        cmocka_unit_test(other_questions), cmocka_unit_test(other_signers),
        cmocka_unit_test(refusals),        cmocka_unit_test(damaged),
        cmocka_unit_test(certificates),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
