/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* RFC 3161: what a time-stamping authority is asked, and what its answer is worth. OpenSSL reads
 * and writes the forms; an answer is foreign input. Imprints are SHA-256. */

#include "crypto/crypto.h"

enum {
    TIMESTAMP_REPLY_BYTES_MOST = 1 << 16, /* a longer answer is refused */
    TIMESTAMP_NAME_BYTES_MOST = 200,
    TIMESTAMP_CAS_BYTES_MOST = 1 << 18,
};

typedef struct timestamp_question {
    hash32 imprint;
    uint64_t nonce; /* 0: none, as for an answer that was kept */
    str policy;     /* of the authority, "1.2.3.4"; empty: any */
} timestamp_question;

/* A TimeStampReq in DER that asks for the authority's certificate too. ERR_INVALID: the policy is
 * no object identifier. */
MUST_USE err timestamp_query(arena *a, const timestamp_question *question, str *out_query);

typedef struct timestamp {
    int64_t time_s; /* since 1970 */
    str authority;  /* as the certificate in the answer names who signed; empty: it holds none */
} timestamp;

/* Whether the answer, a TimeStampResp in DER and nothing else, grants a stamp of just this
 * question. With ca_pem its signature must lead to one of those certificates, all of them good at
 * the time that it states; without, nobody has looked at the signature. Revocation is not asked
 * for. ERR_INVALID: it is no such answer; ERR_DENIED: the authority refuses, or the answer is to
 * another question, or not signed as it must be. *out_why says it in English, in the arena. */
MUST_USE err timestamp_check(arena *a, str reply, const timestamp_question *question, str ca_pem,
                             timestamp *out_stamp, str *out_why);

/* ERR_INVALID: the text holds no certificate, or a broken one. */
MUST_USE err timestamp_cas_check(str ca_pem);
