/* SPDX-License-Identifier: EUPL-1.2 */
/* A root of two days before and after, and one certificate below it. */

#include "crypto/test_authority.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509v3.h>

enum { DAY_S = 86400 };

static void add_extension(X509 *to, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, to, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    BUG_IF(!(extension));
    BUG_IF(X509_add_ext(to, extension, -1) != 1);
    X509_EXTENSION_free(extension);
}

static X509 *make_certificate(EVP_PKEY *key, const char *name, X509 *issuer, EVP_PKEY *issuer_key,
                              const char *use)
{
    X509 *made = X509_new();
    X509_NAME *subject = X509_NAME_new();
    BUG_IF(X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const unsigned char *)name, -1,
                                      -1, 0) != 1);
    BUG_IF(X509_set_version(made, 2) != 1);
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
    BUG_IF(!(X509_sign(made, issuer_key, EVP_sha256()) > 0));
    X509_NAME_free(subject);
    return made;
}

static str pem_of(arena *a, X509 *one)
{
    char *at;
    BIO *bio = BIO_new(BIO_s_mem());
    BUG_IF(PEM_write_bio_X509(bio, one) != 1);
    long n = BIO_get_mem_data(bio, &at);
    str pem = arena_copy(a, (str){at, (size_t)n});
    BIO_free(bio);
    return pem;
}

void authority_open(authority *t)
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

void authority_close(authority *t)
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

str authority_answer(authority *t, str query)
{
    unsigned char *der = NULL;
    TS_RESP_CTX *context = TS_RESP_CTX_new();
    ASN1_OBJECT *policy = OBJ_txt2obj("1.2.3.4", 1), *other = OBJ_txt2obj("1.2.3.5", 1);
    BIO *asked = BIO_new_mem_buf(query.at, (int)query.n);
    TS_RESP_CTX_set_serial_cb(context, next_serial, NULL);
    TS_RESP_CTX_set_time_cb(context, tell_time, t);
    TS_RESP_CTX_set_extension_cb(context, extend, NULL);
    TS_RESP_CTX_set_signer_key(context, t->key);
    BUG_IF(TS_RESP_CTX_set_signer_cert(context, t->one) != 1);
    BUG_IF(TS_RESP_CTX_set_def_policy(context, policy) != 1);
    BUG_IF(TS_RESP_CTX_add_policy(context, other) != 1);
    BUG_IF(TS_RESP_CTX_add_md(context, t->refuses ? EVP_sha512() : EVP_sha256()) != 1);
    TS_RESP_CTX_set_signer_digest(context, EVP_sha256());
    TS_RESP *made = TS_RESP_create_response(context, asked);
    BUG_IF(!(made));
    int n = i2d_TS_RESP(made, &der);
    BUG_IF(!(n > 0));
    str reply = arena_copy(t->a, (str){(const char *)der, (size_t)n});
    OPENSSL_free(der);
    TS_RESP_free(made);
    BIO_free(asked);
    ASN1_OBJECT_free(policy);
    ASN1_OBJECT_free(other);
    TS_RESP_CTX_free(context);
    return reply;
}

str authority_answer_to(authority *t, const timestamp_question *question)
{
    str query;
    BUG_IF(timestamp_query(t->a, question, &query) != OK);
    return authority_answer(t, query);
}
