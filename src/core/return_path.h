/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Return paths: the envelope sender of a letter carries a token that names the signature
 * (core/row_token.h), so that a report of failure finds it without the address in it. */

#include "core/row_token.h"

enum { RETURN_TOKEN_CHARS = ROW_TOKEN_SHORT, RETURNS_A_DAY = 10 };

str return_token(arena *a, const core_keys *keys, int64_t signature, int64_t created_ms);

/* What a report came to. */
typedef enum returned {
    RETURNED_FOR_GOOD, /* no such address: what waits for it goes, and its address for news; a
                          signature that waits to be confirmed is marked undelivered */
    RETURNED_FOR_NOW,  /* a full mailbox, say: only counted */
    RETURNED_FOR_US,   /* our domain was refused: counted, and doctor alarms */
} returned;

/* Notes it in the mail log, without an address; of one signature RETURNS_A_DAY times at most, so
 * that a loop of mails fills nothing. code: the status, 5.7.515 as 5007515.
 * ERR_NOT_FOUND: the token is forged or another installation's, or the signature is gone. */
MUST_USE err return_note(core *c, str token, returned what, int code, int64_t now_ms);
