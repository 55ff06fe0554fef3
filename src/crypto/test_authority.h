/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A time-stamping authority of OpenSSL's making, for tests. */

#include "crypto/timestamp.h"

#include <openssl/types.h>

/* A root and one who signs below it. */
typedef struct authority {
    arena *a;
    EVP_PKEY *root_key, *key;
    X509 *root, *one;
    str root_pem;
    int64_t time_s;
    bool refuses;
} authority;

void authority_open(authority *t);
void authority_close(authority *t);

/* Its answer to a query: a stamp of time_s, or a refusal. In its arena. */
str authority_answer(authority *t, str query);

/* The same to a question. */
str authority_answer_to(authority *t, const timestamp_question *question);
