/* SPDX-License-Identifier: EUPL-1.2 */
/* Receipts out of the input: what is read is written again as the same bytes. */

#include "crypto/proof.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    if (size > PROOF_MAX_BYTES + 1024)
        return 0;
    arena *a = arena_open(16 << 20);
    str input = {(const char *)data, size};
    tlog_proof p;
    if (tlog_proof_read(a, input, &p) == OK) {
        checkpoint tree = {.size = p.index + 1};
        hash32 leaf = merkle_leaf(p.extra);
        BUG_IF(!str_eq(tlog_proof_make(a, &p), input));
        (void)tlog_proof_holds(&p, &tree, &leaf);
    }
    arena_close(a);
    return 0;
}
