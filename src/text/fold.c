/* SPDX-License-Identifier: EUPL-1.2 */
/* The search form.
 *
 * One transliterator serves all threads under a lock: ICU's rule-based ones share state anyway.
 * Most of what is typed never gets there: plain ASCII needs no folding, and a text in the Latin
 * letters of Europe is folded letter by letter, which the rules do without looking at the
 * neighbours. What each of these letters becomes is asked of the same transliterator, once. */

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

enum {
    GROWTH_MOST = 12,
    LATIN_FIRST = 0xC0, /* Latin-1 letters, Latin Extended-A and -B */
    LATIN_END = 0x250,
    LATIN_BYTES_MOST = 8,
};

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static pthread_mutex_t turn = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *folder;

static struct {
    char at[LATIN_BYTES_MOST];
    size_t n;
} latin[LATIN_END - LATIN_FIRST];

static void open_latin(void);

static void open_folder(void)
{
    UChar id[sizeof FOLDING_RULES];
    UErrorCode status = U_ZERO_ERROR;
    u_charsToUChars(FOLDING_RULES, id, sizeof FOLDING_RULES);
    folder = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    ICU_MUST(status);
    open_latin();
}

static err transliterate(arena *a, str s, str *out_text)
{
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

static void open_latin(void)
{
    arena *a = arena_open(1 << 20);
    for (int32_t code = LATIN_FIRST; code < LATIN_END; code++) {
        char bytes[4];
        str folded;
        BUG_IF(transliterate(a, (str){bytes, utf8_encode(code, bytes)}, &folded) != OK ||
               folded.n > LATIN_BYTES_MOST);
        latin[code - LATIN_FIRST].n = folded.n;
        memcpy(latin[code - LATIN_FIRST].at, folded.at, folded.n);
    }
    arena_close(a);
}

/* Spaces, dashes, quotation marks: what stands between words in print. */
static bool is_between(int32_t code)
{
    return code == 0xA0 || code == 0xAB || code == 0xBB || (code >= 0x2010 && code <= 0x2015) ||
           (code >= 0x2018 && code <= 0x201F) || code == 0x2026 || code == 0x202F ||
           code == 0x2039 || code == 0x203A;
}

/* False when the text holds anything that the transliterator must see as a whole. */
static bool fold_latin(arena *a, str s, str *out_text)
{
    buf out = buf_in(a);
    buf_reserve(&out, s.n);
    for (int32_t code; (code = utf8_next(&s)) != -2;) {
        if (code >= 0 && code < 0x80)
            buf_put_char(&out, (char)code);
        else if (code >= LATIN_FIRST && code < LATIN_END)
            buf_put(&out, (str){latin[code - LATIN_FIRST].at, latin[code - LATIN_FIRST].n});
        else if (is_between(code))
            buf_put_char(&out, ' ');
        else
            return false;
    }
    *out_text = buf_str(&out);
    return true;
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
        pthread_once(&opened, open_folder);
        if (!fold_latin(a, s, &s))
            TRY(transliterate(a, s, &s));
    }
    *out_folded = keep_words(a, s);
    return OK;
}
