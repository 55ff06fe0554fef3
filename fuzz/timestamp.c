/* SPDX-License-Identifier: EUPL-1.2 */
/* An authority's answer, with and without certificates to check it against: the one that stands in
 * the corpus as "granted" is to the question below. The input as those certificates, too. */

#include "crypto/timestamp.h"

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(str reply, const timestamp_question *question, str ca_pem)
{
    arena *a = arena_open(16 << 20);
    timestamp got;
    str why;
    err e = timestamp_check(a, reply, question, ca_pem, &got, &why);
    BUG_IF((e == OK) == (why.n > 0));
    BUG_IF(e != OK && e != ERR_INVALID && e != ERR_DENIED);
    BUG_IF(e == OK && (got.time_s <= 0 || !utf8_is_valid(got.authority) ||
                       got.authority.n > TIMESTAMP_NAME_BYTES_MOST));
    for (size_t i = 0; i < why.n; i++)
        BUG_IF((unsigned char)why.at[i] < 0x20);
    arena_close(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    str input = {(const char *)data, size};
    timestamp_question question = {.imprint = hash_sha256(S("text")), .policy = S("")};
    bool is_pem = timestamp_cas_check(input) == OK;
    check(input, &question, S(""));
    question.nonce = 0x1122334455667788;
    check(input, &question, is_pem ? input : S(""));
    return 0;
}
