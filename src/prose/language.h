/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Whether a text is in the language that it is said to be in (CLD2, and CLDR's letters). Made for
 * few false alarms: the language that is claimed gets the benefit of the doubt, short texts are
 * not judged, and relatives that nobody takes for each other's text (nb for da, bs for hr) pass.
 *
 * Safe from any thread. */

#include "base/base.h"

/* Letters and spaces of a text that is long enough to be judged. */
enum { LANGUAGE_BYTES_LEAST = 40 };

typedef enum language_verdict {
    LANGUAGE_FITS, /* or cannot be told */
    LANGUAGE_WRONG,
    LANGUAGE_MIXED, /* a part of it is in another one */
} language_verdict;

/* The texts are plain, valid UTF-8; claimed is a code of two letters. out_other, unless it fits:
 * the code of the language that was found, valid for ever. */
language_verdict language_judge(str text, str claimed, str *out_other);

/* Whether nothing but the claimed language was found in a text of at most LANGUAGE_PURE_BYTES_MOST
 * bytes: then its parts need not be judged one by one. */
enum { LANGUAGE_PURE_BYTES_MOST = 2000 };
bool language_is_pure(str text, str claimed);

/* The first word with a letter that the language does not use, save names: those stand in
 * `original`, too, or with a capital in a text of LANGUAGE_BYTES_LEAST or more. False when there is
 * none, or nothing is known of the language. */
bool language_stray_word(str text, str claimed, str original, str *out_word);
