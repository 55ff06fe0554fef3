/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of logs, and what is posted to a witness. */

#include "witness/witness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    if (size > WITNESS_LIST_BYTES_MOST)
        return 0;
    arena *a = arena_open(64 << 20);
    str input = {(const char *)data, size};
    witness_logs logs;
    int line = 0;
    err e = witness_logs_read(a, input, &logs, &line);
    BUG_IF(line < 1 || (e == OK && logs.n > WITNESS_LOGS_MOST));
    for (size_t i = 0; e == OK && i < logs.n; i++)
        BUG_IF(logs.at[i].origin.n == 0 || logs.at[i].key.kind != NOTE_ED25519);
    witness_request r;
    if (witness_request_read(a, input, &r) == OK) {
        /* One spelling: written again, it is the same. */
        buf b = buf_in(a);
        buf_printf(&b, "old %llu\n", (unsigned long long)r.old_size);
        BUG_IF(r.proof.n > WITNESS_PROOF_LINES_MOST);
        for (size_t i = 0; i < r.proof.n; i++) {
            buf_put(&b, base64_make(a, hash_str(&r.proof.at[i])));
            buf_put_char(&b, '\n');
        }
        buf_put_char(&b, '\n');
        buf_put(&b, r.note);
        BUG_IF(!str_starts(buf_str(&b), input));
    }
    arena_close(a);
    return 0;
}
