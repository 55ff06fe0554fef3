/* SPDX-License-Identifier: EUPL-1.2 */
/* An authority of OpenSSL's own making answers; what is asked for, and each way to answer badly. */

#include "crypto/timestamp.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { DAY_S = 86400 };

/* A root and one who signs below it. */
typedef struct authority {
    arena *a;
    EVP_PKEY *root_key, *key;
    X509 *root, *one;
    str root_pem;
    int64_t time_s;
    bool refuses;
} authority;

static void add_extension(X509 *to, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    assert_non_null(extension);
    assert_int_equal(X509_add_ext(to, extension, -1), 1);
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key,
                              const char *use)
{
    X509 *made = X509_new();
    X509_NAME *subject = X509_NAME_new();
    assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                                (const unsigned char *)name, -1, -1, 0),
                     1);
    assert_int_equal(X509_set_version(made, 2), 1);
    ASN1_INTEGER_set(X509_get_serialNumber(made), issuer ? 2 : 1);
    X509_gmtime_adj(X509_getm_notBefore(made), -2L * DAY_S);
    X509_gmtime_adj(X509_getm_notAfter(made), 2L * DAY_S);
    X509_set_subject_name(made, subject);
    X509_set_issuer_name(made, issuer ? X509_get_subject_name(issuer) : subject);
    X509_set_pubkey(made, key);
    add_extension(made, issuer ? issuer : made, NID_basic_constraints,
                  issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
    if (use)
        add_extension(made, issuer, NID_ext_key_usage, use);
    assert_true(X509_sign(made, issuer_key, EVP_sha256()) > 0);
    X509_NAME_free(subject);
    return made;
}

static str pem_of(arena *a, X509 *one)
{
    char *at;
    BIO *bio = BIO_new(BIO_s_mem());
    assert_int_equal(PEM_write_bio_X509(bio, one), 1);
    long n = BIO_get_mem_data(bio, &at);
    str pem = arena_copy(a, (str){at, (size_t)n});
    BIO_free(bio);
    return pem;
}

static void authority_open(authority *t)
{
    *t = (authority){.a = arena_open(4 << 20), .time_s = time(NULL)};
    t->root_key = EVP_EC_gen("P-256");
    t->key = EVP_EC_gen("P-256");
    t->root = make_certificate(t->root_key, "Root of Time", NULL, t->root_key, NULL);
    t->one = make_certificate(t->key,
                              "Zeit \xC3\xBC"
                              "ber alles",
                              t->root, t->root_key, "critical,timeStamping");
    t->root_pem = pem_of(t->a, t->root);
}

static void authority_close(authority *t)
{
    X509_free(t->one);
    X509_free(t->root);
    EVP_PKEY_free(t->key);
    EVP_PKEY_free(t->root_key);
    arena_close(t->a);
}

static ASN1_INTEGER *next_serial(TS_RESP_CTX *context, void *arg)
{
    (void)context;
    (void)arg;
    ASN1_INTEGER *serial = ASN1_INTEGER_new();
    ASN1_INTEGER_set(serial, 7);
    return serial;
}

static int tell_time(TS_RESP_CTX *context, void *arg, long *out_s, long *out_us)
{
    const authority *t = arg;
    (void)context;
    *out_s = (long)t->time_s;
    *out_us = 0;
    return 1;
}

static int extend(TS_RESP_CTX *context, X509_EXTENSION *extension, void *arg)
{
    (void)context;
    (void)extension;
    (void)arg;
    return 0;
}

static str answer(authority *t, str query)
{
    unsigned char *der = NULL;
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1), *other = OBJ_txt2obj("1.2.3.5", 1);
    BIO *asked = BIO_new_mem_buf(query.at, (int)query.n);
    TS_RESP_CTX_set_serial_cb(context, next_serial, NULL);
    TS_RESP_CTX_set_time_cb(context, tell_time, t);
    TS_RESP_CTX_set_extension_cb(context, extend, NULL);
    TS_RESP_CTX_set_signer_key(context, t->key);
    assert_int_equal(TS_RESP_CTX_set_signer_cert(context, t->one), 1);
    assert_int_equal(TS_RESP_CTX_set_def_policy(context, policy), 1);
    assert_int_equal(TS_RESP_CTX_add_policy(context, other), 1);
    assert_int_equal(TS_RESP_CTX_add_md(context, t->refuses ? EVP_sha512() : EVP_sha256()), 1);
    TS_RESP_CTX_set_signer_digest(context, EVP_sha256());
    TS_RESP *made = TS_RESP_create_response(context, asked);
    assert_non_null(made);
    int n = i2d_TS_RESP(made, &der);
    assert_true(n > 0);
    str reply = arena_copy(t->a, (str){(const char *)der, (size_t)n});
    OPENSSL_free(der);
    TS_RESP_free(made);
    BIO_free(asked);
    ASN1_OBJECT_free(policy);
    ASN1_OBJECT_free(other);
    TS_RESP_CTX_free(context);
    return reply;
}

static str answer_to(authority *t, const timestamp_question *question)
{
    str query;
    assert_int_equal(timestamp_query(t->a, question, &query), OK);
    return answer(t, query);
}

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
    str reply = answer_to(&t, &question);
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
    str reply = answer_to(&t, &question);
    assert_int_equal(timestamp_check(t.a, reply, &question, t.root_pem, &got, &why), OK);
    t.time_s -= 9L * DAY_S;
    reply = answer_to(&t, &question);
    refused(&t, ERR_DENIED, reply, &question, t.root_pem, "does not lead to those given");
    authority_close(&t);
}

static void other_questions(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    timestamp_question question = question_of(S("text")), other = question;
    str reply = answer_to(&t, &question);
    other.nonce++;
    refused(&t, ERR_DENIED, reply, &other, S(""), "nonce differs");
    other.nonce = 0;
    str without = answer_to(&t, &other);
    refused(&t, ERR_DENIED, without, &question, S(""), "nonce differs");
    other = question_of(S("texT"));
    refused(&t, ERR_DENIED, reply, &other, S(""), "imprint differs");
    refused(&t, ERR_DENIED, reply, &other, t.root_pem, "imprint differs");
    other = question;
    other.policy = S("1.2.3.5");
    refused(&t, ERR_DENIED, reply, &other, S(""), "another policy");
    timestamp got;
    str why;
    assert_int_equal(timestamp_check(t.a, answer_to(&t, &other), &other, t.root_pem, &got, &why),
                     OK);
    authority_close(&t);
}

static void other_signers(void **state)
{
    (void)state;
    authority t, forger;
    authority_open(&t);
    authority_open(&forger);
    timestamp_question question = question_of(S("text"));
    str reply = answer_to(&forger, &question);
    refused(&t, ERR_DENIED, reply, &question, t.root_pem, "does not lead to those given");
    refused(&t, ERR_INVALID, reply, &question, S("-----BEGIN CERTIFICATE-----\n"), "are none");
    /* The signature itself: the last byte of the answer is of it. */
    reply = answer_to(&t, &question);
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
    refused(&t, ERR_DENIED, answer_to(&t, &question), &question, S(""),
            "the authority refuses (status 2): ");
    authority_close(&t);
}

static void damaged(void **state)
{
    (void)state;
    authority t;
    authority_open(&t);
    timestamp_question question = question_of(S("text"));
    str reply = answer_to(&t, &question);
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
