/* SPDX-License-Identifier: EUPL-1.2 */
/* Policies, a NUL, a note that is judged by them. More cosigners never break a quorum, all of them
 * always make it, and what is counted was really signed. */

#include "crypto/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_quorum(const policy *p)
{
    bool has[POLICY_WITNESSES_MOST] = {false};
    bool before = policy_quorum(p, has);
    BUG_IF(before != (p->quorum < 0));
    for (size_t i = 0; i < p->witnesses_n; i++) {
        has[i] = true;
        bool now = policy_quorum(p, has);
        BUG_IF(before && !now);
        before = now;
    }
    BUG_IF(!before);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    if (size > POLICY_BYTES_MOST + NOTE_MAX_BYTES + 1024)
        return 0;
    arena *a = arena_open(64 << 20);
    str note;
    str text = str_cut((str){(const char *)data, size}, '\0', &note);
    policy p;
    policy_fault fault = {-1, NULL};
    if (policy_read(a, text, &p, &fault) != OK) {
        BUG_IF(fault.line < 0 || !fault.what);
    } else {
        policy_verdict v;
        check_quorum(&p);
        if (policy_check(a, &p, NULL, note, &v) == OK) {
            str signed_text;
            BUG_IF(v.cosigned > p.witnesses_n || (v.has_quorum && p.quorum >= 0 && !v.cosigned));
            BUG_IF(note_read(a, note, note_key_text(a, &v.log), &signed_text) != OK);
        }
    }
    arena_close(a);
    return 0;
}
