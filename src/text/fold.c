/* SPDX-License-Identifier: EUPL-1.2 */
/* The search form.
 *
 * One transliterator serves all threads under a lock: ICU's rule-based ones share state anyway,
 * and plain ASCII, which is most of what is typed, never gets here. */

#include "text/units.h"

#include "base/utf8.h"

#include <pthread.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

/* First compatibility forms (ligatures, full width) to plain letters; then the script to Latin;
 * then marks away, also the letter-like ones that the step before makes of ь and ع; then what
 * Latin-ASCII knows (ß, ø, ł …). Marks stay until the script is Latin: elsewhere they are vowels.
 */
#define FOLDING_RULES "NFKC; Any-Latin; NFKD; [[:Mn:][:Lm:]] Remove; Latin-ASCII; Lower; NFC"

enum { GROWTH_MOST = 12 };

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *folder;

static void open_folder(void)
{
    UChar id[sizeof FOLDING_RULES];
    UErrorCode status = U_ZERO_ERROR;
    u_charsToUChars(FOLDING_RULES, id, sizeof FOLDING_RULES);
    folder = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    ICU_MUST(status);
}

static err transliterate(arena *a, str s, str *out_text)
{
    pthread_once(&opened, open_folder);
    units u;
    /* Han to Latin is what grows most: one unit to a syllable and a space. */
    TRY(units_of(a, s, GROWTH_MOST * (int32_t)s.n + 64, &u));
    UErrorCode status = U_ZERO_ERROR;
    int32_t end = u.n;
    pthread_mutex_lock(&turn);
    utrans_transUChars(folder, u.at, &u.n, u.room, 0, &end, &status);
    pthread_mutex_unlock(&turn);
    if (U_FAILURE(status))
        return ERR_LIMIT;
    *out_text = units_str(a, &u);
    return OK;
}

static bool is_kept(int32_t code)
{
    return u_isalnum(code) || u_charType(code) == U_COMBINING_SPACING_MARK;
}

/* Letters and digits, ASCII ones in lower case, with one space for each run of anything else. */
static str keep_words(arena *a, str s)
{
    buf out = buf_in(a);
    bool is_apart = false;
    buf_reserve(&out, s.n);
    for (int32_t code; (code = utf8_next(&s)) != -2;) {
        if (!is_kept(code)) {
            is_apart = out.n > 0;
            continue;
        }
        if (is_apart)
            buf_put_char(&out, ' ');
        is_apart = false;
        char bytes[4];
        size_t n = utf8_encode(code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code, bytes);
        buf_put(&out, (str){bytes, n});
    }
    return buf_str(&out);
}

err text_fold(arena *a, str s, str *out_folded)
{
    if (s.n > TEXT_BYTES_MOST)
        return ERR_LIMIT;
    if (!units_is_ascii(s)) {
        if (!utf8_is_valid(s))
            return ERR_INVALID;
        TRY(transliterate(a, s, &s));
    }
    *out_folded = keep_words(a, s);
    return OK;
}
