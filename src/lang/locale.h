/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What ICU keeps open for one language. Opened at the first use and kept for the program's life.
 * Collators may be shared; dates are formatted under the language's lock. For src/lang/ only. */

#include "lang/catalogue.h"

#include <pthread.h>
#include <unicode/ucol.h>
#include <unicode/udat.h>
#include <unicode/ureldatefmt.h>

typedef struct locale {
    UCollator *collator;
    pthread_mutex_t turn; /* for what follows */
    UDateFormat *date, *date_time;
    URelativeDateTimeFormatter *ago;
} locale;

locale *locale_of(lang l);

/* Stops the program: without ICU's data for a language nothing can be served in it. */
#define ICU_MUST(status) BUG_IF(U_FAILURE(status))

str locale_str(arena *a, const UChar *text, int32_t n);
