/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Asking who signed an older version of a text, and agreed to get news, whether they sign the one
 * that is signed now: by one letter in their language, once for each version. */

#include "core/alliance.h"

typedef struct renewal_lang {
    str lang;
    int64_t n;
} renewal_lang;

typedef struct renewal_outlook {
    int64_t older;       /* who count and stand behind an older version */
    int64_t asked;       /* of these: were asked already, for this version */
    int64_t due;         /* would be asked now */
    renewal_lang *langs; /* due, by language */
    size_t lang_count;
} renewal_outlook;

MUST_USE err renewal_look(core *c, arena *a, const declaration *d, renewal_outlook *out_outlook);

/* Queues a letter to each who is due, some hundred in a transaction: who breaks it off runs it
 * again, and nobody is asked twice. Who ends the consent, withdraws, is erased or renews before the
 * letter's turn gets none. ERR_CONFLICT: the declaration is not open. */
MUST_USE err renewal_ask(core *c, const declaration *d, int64_t now_ms, int64_t *out_asked);
