/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Return paths: the envelope sender of a letter carries a token that names the signature, so that a
 * report of failure finds it without the address in it. A token is 36 hexadecimal digits, in either
 * case, for servers may change it: a random nonce, the number of the row masked under it, and 64
 * bits of a MAC over both and the moment the row was made, so that a row which got the number of
 * an erased one is not hit. */

#include "core/core.h"

enum { RETURN_TOKEN_CHARS = 36 };

str return_token(arena *a, const core_keys *keys, int64_t signature, int64_t created_ms);

/* What a report came to. */
typedef enum returned {
    RETURNED_FOR_GOOD, /* no such address: what waits for it goes, and its address for news */
    RETURNED_FOR_NOW,  /* a full mailbox, say: only counted */
    RETURNED_FOR_US,   /* our domain was refused: counted, and doctor alarms */
} returned;

/* Notes it in the mail log, without an address. code: the status, 5.7.515 as 5007515.
 * ERR_NOT_FOUND: the token is forged or another installation's, or the signature is gone. */
MUST_USE err return_note(core *c, str token, returned what, int code, int64_t now_ms);
