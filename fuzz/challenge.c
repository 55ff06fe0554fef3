/* SPDX-License-Identifier: EUPL-1.2 */
/* Proofs of work as anybody may send them. The input is taken as base64 and as what is below it;
 * and once as parameters with a genuine MAC, so that what lies behind it is reached too. Nothing is
 * accepted but a genuine challenge, and of those the fuzzer has none. */

#include "core/challenge.h"

enum { ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static const key32 master = {.at = {7}};
    crypto_init();
    if (n > CHALLENGE_PAYLOAD_BYTES_MOST)
        return 0;
    core_keys keys = core_keys_derive(&master);
    challenge_keys secrets = challenge_keys_derive(&keys);
    arena *a = arena_open(ARENA_BYTES);
    str input = {(const char *)bytes, n};
    proof p;
    BUG_IF(challenge_check(a, &secrets, S("main"), input, 0, &p) == OK);
    BUG_IF(challenge_check(a, &secrets, S("main"), base64_make(a, input), 0, &p) == OK);
    hash32 mac = mac_sha256(&secrets.signature, input);
    str signature = hex_make(a, hash_str(&mac));
    str json = arena_printf(a,
                            "{\"challenge\":{\"parameters\":%.*s,\"signature\":\"%.*s\"},"
                            "\"solution\":{\"counter\":1,\"derivedKey\":\"%.*s\"}}",
                            STR_FMT(input), STR_FMT(signature), STR_FMT(signature));
    BUG_IF(challenge_check(a, &secrets, S("main"), base64_make(a, json), 0, &p) == OK);
    arena_close(a);
    return 0;
}
