/* SPDX-License-Identifier: EUPL-1.2 */
/* One TS_REQ is the question that is sent and the measure of the answer. Of an authority's own
 * words only printable ASCII is passed on. */

#include "crypto/timestamp.h"

#include "base/utf8.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>

enum { DAY_S = 86400, OID_BYTES_MOST = 100, SAID_BYTES_MOST = 160 };

static void drop_request(void *thing)
{
    TS_REQ_free(thing);
}

static void drop_reply(void *thing)
{
    TS_RESP_free(thing);
}

static void drop_context(void *thing)
{
    TS_VERIFY_CTX_free(thing);
}

static void drop_store(void *thing)
{
    X509_STORE_free(thing);
}

/* --- the question --- */

static void put_imprint(TS_REQ *request, const hash32 *hash)
{
    TS_MSG_IMPRINT *imprint = TS_MSG_IMPRINT_new();
    X509_ALGOR *algorithm = X509_ALGOR_new();
    BUG_IF(!imprint || !algorithm ||
           !X509_ALGOR_set0(algorithm, OBJ_nid2obj(NID_sha256), V_ASN1_NULL, NULL) ||
           !TS_MSG_IMPRINT_set_algo(imprint, algorithm));
    unsigned char bytes[sizeof hash->at];
    memcpy(bytes, hash->at, sizeof bytes);
    BUG_IF(!TS_MSG_IMPRINT_set_msg(imprint, bytes, sizeof bytes) ||
           !TS_REQ_set_msg_imprint(request, imprint));
    TS_MSG_IMPRINT_free(imprint);
    X509_ALGOR_free(algorithm);
}

static err put_policy(arena *a, TS_REQ *request, str policy)
{
    if (policy.n == 0)
        return OK;
    for (size_t i = 0; i < policy.n; i++)
        if (!strchr("0123456789.", policy.at[i]) || policy.at[i] == '\0')
            return ERR_INVALID;
    if (str_find(policy, '.') == policy.n || str_ends(policy, S(".")))
        return ERR_INVALID;
    ASN1_OBJECT *oid =
        policy.n > OID_BYTES_MOST ? NULL : OBJ_txt2obj(arena_cstr(a, policy), 1 /* digits alone */);
    if (!oid)
        return ERR_INVALID;
    BUG_IF(!TS_REQ_set_policy_id(request, oid));
    ASN1_OBJECT_free(oid);
    return OK;
}

static err request_of(arena *a, const timestamp_question *question, TS_REQ **out_request)
{
    TS_REQ *request = TS_REQ_new();
    BUG_IF(!request || !TS_REQ_set_version(request, 1));
    arena_defer(a, drop_request, request);
    put_imprint(request, &question->imprint);
    if (question->nonce) {
        ASN1_INTEGER *nonce = ASN1_INTEGER_new();
        BUG_IF(!nonce || !ASN1_INTEGER_set_uint64(nonce, question->nonce) ||
               !TS_REQ_set_nonce(request, nonce));
        ASN1_INTEGER_free(nonce);
    }
    BUG_IF(!TS_REQ_set_cert_req(request, 1));
    *out_request = request;
    err e = put_policy(a, request, question->policy);
    ERR_clear_error();
    return e;
}

err timestamp_query(arena *a, const timestamp_question *question, str *out_query)
{
    TS_REQ *request;
    unsigned char *der = NULL;
    TRY(request_of(a, question, &request));
    int n = i2d_TS_REQ(request, &der);
    BUG_IF(n <= 0);
    *out_query = arena_copy(a, (str){(const char *)der, (size_t)n});
    OPENSSL_free(der);
    return OK;
}

/* --- certificates --- */

static err take_certificates(X509_STORE *store, str pem, size_t *out_n)
{
    *out_n = 0;
    if (pem.n > TIMESTAMP_CAS_BYTES_MOST)
        return ERR_INVALID;
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.n);
    BUG_IF(!bio);
    for (X509 *one; (one = PEM_read_bio_X509(bio, NULL, NULL, NULL)); (*out_n)++) {
        BUG_IF(!X509_STORE_add_cert(store, one));
        X509_free(one);
    }
    unsigned long fault = ERR_peek_last_error();
    bool is_end = ERR_GET_LIB(fault) == ERR_LIB_PEM && ERR_GET_REASON(fault) == PEM_R_NO_START_LINE;
    BIO_free(bio);
    ERR_clear_error();
    return is_end && *out_n > 0 ? OK : ERR_INVALID;
}

err timestamp_cas_check(str ca_pem)
{
    size_t n;
    X509_STORE *store = X509_STORE_new();
    BUG_IF(!store);
    err e = take_certificates(store, ca_pem, &n);
    X509_STORE_free(store);
    return e;
}

/* --- the answer --- */

static err fail(err e, str why, str *out_why)
{
    *out_why = why;
    return e;
}

static bool read_time(const ASN1_GENERALIZEDTIME *time, int64_t *out_s)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    BUG_IF(!epoch);
    bool is_read = time && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    ASN1_TIME_free(epoch);
    if (is_read)
        *out_s = (int64_t)days * DAY_S + seconds;
    return is_read && *out_s > 0;
}

static str name_part(arena *a, const X509_NAME *name, int nid)
{
    unsigned char *utf8 = NULL;
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    int n = at < 0 ? -1
                   : ASN1_STRING_to_UTF8(&utf8,
                                         X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    str text = n > 0 ? arena_copy(a, (str){(const char *)utf8, (size_t)n}) : S("");
    OPENSSL_free(utf8);
    bool is_plain =
        text.n <= TIMESTAMP_NAME_BYTES_MOST && utf8_is_valid(text) && !utf8_has_controls(text);
    return is_plain ? str_trim(text) : S("");
}

/* Of the certificate that the one signer of the token points at. */
static str signer_name(arena *a, PKCS7 *token)
{
    STACK_OF(PKCS7_SIGNER_INFO) *signers = PKCS7_get_signer_info(token);
    const PKCS7_SIGNER_INFO *signer = signers && sk_PKCS7_SIGNER_INFO_num(signers) == 1
                                          ? sk_PKCS7_SIGNER_INFO_value(signers, 0)
                                          : NULL;
    bool has_certificates = PKCS7_type_is_signed(token) && token->d.sign && token->d.sign->cert;
    if (!signer || !signer->issuer_and_serial || !has_certificates)
        return S("");
    X509 *one = X509_find_by_issuer_and_serial(
        token->d.sign->cert, signer->issuer_and_serial->issuer, signer->issuer_and_serial->serial);
    if (!one)
        return S("");
    str name = name_part(a, X509_get_subject_name(one), NID_commonName);
    return name.n ? name : name_part(a, X509_get_subject_name(one), NID_organizationName);
}

/* What an authority gives as its reason. */
static str said(arena *a, TS_STATUS_INFO *status)
{
    const STACK_OF(ASN1_UTF8STRING) *texts = TS_STATUS_INFO_get0_text(status);
    buf b = buf_in(a);
    for (int i = 0; texts && i < sk_ASN1_UTF8STRING_num(texts) && b.n < SAID_BYTES_MOST; i++) {
        const ASN1_UTF8STRING *text = sk_ASN1_UTF8STRING_value(texts, i);
        const unsigned char *at = ASN1_STRING_get0_data(text);
        int n = ASN1_STRING_length(text);
        buf_put(&b, i ? S(" ") : S(": "));
        for (int k = 0; k < n && b.n < SAID_BYTES_MOST; k++)
            buf_put_char(&b, at[k] >= 0x20 && at[k] < 0x7F ? (char)at[k] : '?');
    }
    return buf_str(&b);
}

static err check_status(arena *a, TS_RESP *reply, str *out_why)
{
    TS_STATUS_INFO *status = TS_RESP_get_status_info(reply);
    int64_t code = -1;
    if (!ASN1_INTEGER_get_int64(&code, TS_STATUS_INFO_get0_status(status)))
        code = -1;
    if (code == TS_STATUS_GRANTED || code == TS_STATUS_GRANTED_WITH_MODS)
        return OK;
    return fail(ERR_DENIED,
                arena_printf(a, "the authority refuses (status %lld)%.*s", (long long)code,
                             STR_FMT(said(a, status))),
                out_why);
}

/* Of the newest fault, in our words where a reader may wonder. */
static str fault_text(arena *a)
{
    const char *detail = NULL;
    int flags = 0;
    unsigned long fault = ERR_peek_last_error_all(NULL, NULL, NULL, &detail, &flags);
    int reason = ERR_GET_LIB(fault) == ERR_LIB_TS ? ERR_GET_REASON(fault) : 0;
    const char *library = ERR_reason_error_string(fault);
    bool has_detail = detail && detail[0] && (flags & ERR_TXT_STRING);
    switch (reason) {
    case TS_R_NONCE_MISMATCH:
    case TS_R_NONCE_NOT_RETURNED:
        return S("the answer is to another question: its nonce differs");
    case TS_R_MESSAGE_IMPRINT_MISMATCH:
        return S("the stamp is of other bytes: its imprint differs");
    case TS_R_POLICY_MISMATCH:
        return S("the stamp is under another policy than the one asked for");
    case TS_R_CERTIFICATE_VERIFY_ERROR:
        return arena_printf(a, "the signer's certificate does not lead to those given%s%s",
                            has_detail ? ": " : "",
                            has_detail && str_starts(str_of(detail), S("Verify error:"))
                                ? detail + strlen("Verify error:")
                                : "");
    default:
        return arena_printf(a, "the stamp is not as it must be: %s",
                            library ? library : "no reason given");
    }
}

/* A store of its own, because it judges certificates by the time of this stamp. */
static err trust(arena *a, TS_VERIFY_CTX *context, str ca_pem, int64_t time_s, str *out_why)
{
    size_t n;
    X509_STORE *store = X509_STORE_new();
    BUG_IF(!store);
    arena_defer(a, drop_store, store);
    if (take_certificates(store, ca_pem, &n) != OK)
        return fail(ERR_INVALID, S("the certificates given are none"), out_why);
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store), (time_t)time_s);
    BUG_IF(!X509_STORE_up_ref(store));
    TS_VERIFY_CTX_set_store(context, store);
    TS_VERIFY_CTX_add_flags(context, TS_VFY_SIGNATURE);
    return OK;
}

static err read_reply(arena *a, str reply, TS_RESP **out_reply)
{
    const unsigned char *at = (const unsigned char *)reply.at;
    TS_RESP *read = reply.n == 0 || reply.n > TIMESTAMP_REPLY_BYTES_MOST
                        ? NULL
                        : d2i_TS_RESP(NULL, &at, (long)reply.n);
    if (read)
        arena_defer(a, drop_reply, read);
    *out_reply = read;
    return read && at == (const unsigned char *)reply.at + reply.n ? OK : ERR_INVALID;
}

static err check(arena *a, str reply, const timestamp_question *question, str ca_pem,
                 timestamp *out_stamp, str *out_why)
{
    TS_REQ *request;
    TS_RESP *answer;
    if (request_of(a, question, &request) != OK)
        return fail(ERR_INVALID, S("the policy is no object identifier"), out_why);
    if (read_reply(a, reply, &answer) != OK)
        return fail(ERR_INVALID, S("the answer is no time stamp"), out_why);
    TRY(check_status(a, answer, out_why));
    PKCS7 *token = TS_RESP_get_token(answer);
    TS_TST_INFO *info = TS_RESP_get_tst_info(answer);
    if (!token || !info || !read_time(TS_TST_INFO_get_time(info), &out_stamp->time_s))
        return fail(ERR_INVALID, S("the answer holds no stamp, or one without a time"), out_why);
    TS_VERIFY_CTX *context = TS_REQ_to_TS_VERIFY_CTX(request, NULL);
    BUG_IF(!context);
    arena_defer(a, drop_context, context);
    if (ca_pem.n)
        TRY(trust(a, context, ca_pem, out_stamp->time_s, out_why));
    if (TS_RESP_verify_response(context, answer) != 1)
        return fail(ERR_DENIED, fault_text(a), out_why);
    out_stamp->authority = signer_name(a, token);
    return OK;
}

err timestamp_check(arena *a, str reply, const timestamp_question *question, str ca_pem,
                    timestamp *out_stamp, str *out_why)
{
    *out_stamp = (timestamp){.authority = S("")};
    *out_why = S("");
    ERR_clear_error();
    err e = check(a, reply, question, ca_pem, out_stamp, out_why);
    ERR_clear_error();
    return e;
}
