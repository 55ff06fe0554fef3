/* SPDX-License-Identifier: EUPL-1.2 */
/* Sort keys from ICU. Its collators are opened together at the first use and shared by all threads
 * from then on, as keys may be made from many at once. */

#include "text/collation.h"

#include "text/units.h"

#include <pthread.h>
#include <unicode/ucol.h>
#include <unicode/uversion.h>

/* By number: it stands in databases, so new ones go to the end. Those of the 24 languages that are
 * not here sort in the root order: de, en, fr, ga, it, nl, pt. */
static const char *const locales[COLLATIONS] = {"",   "bg", "es", "cs", "da", "et",
                                                "el", "hr", "lv", "lt", "hu", "mt",
                                                "pl", "ro", "sk", "sl", "fi", "sv"};

enum { KEY_ROOM = 4096 };

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static UCollator *collators[COLLATIONS];
static char version[U_MAX_VERSION_STRING_LENGTH];

static void open_all(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UVersionInfo info;
    for (int i = 0; i < COLLATIONS; i++) {
        collators[i] = ucol_open(locales[i], &status);
        ICU_MUST(status);
        ucol_setStrength(collators[i], UCOL_SECONDARY);
    }
    ucol_getVersion(collators[COLLATION_ROOT], info);
    u_versionToString(info, version);
}

int collation_of(str lang)
{
    for (int i = 1; i < COLLATIONS; i++)
        if (str_eq(lang, str_of(locales[i])))
            return i;
    return COLLATION_ROOT;
}

/* A key longer than the room comes without its end, which is cut away in any case. */
static str key_of(arena *a, int collation, const units *u)
{
    uint8_t room[KEY_ROOM];
    int32_t n = ucol_getSortKey(collators[collation], u->at, u->n, room, KEY_ROOM);
    BUG_IF(n <= 0);
    size_t kept = (size_t)n - 1; /* the last byte is zero */
    if (kept > COLLATION_KEY_BYTES_MOST)
        kept = COLLATION_KEY_BYTES_MOST;
    return arena_copy(a, (str){(const char *)room, kept});
}

err collation_keys(arena *a, str text, sort_keys *out_keys)
{
    units u;
    TRY(units_of(a, text, 0, &u));
    pthread_once(&opened, open_all);
    *out_keys = (sort_keys){.others = 0};
    str root = out_keys->of[COLLATION_ROOT] = key_of(a, COLLATION_ROOT, &u);
    for (int i = 1; i < COLLATIONS; i++) {
        str key = key_of(a, i, &u);
        if (str_eq(key, root))
            continue;
        out_keys->of[i] = key;
        out_keys->others |= INT64_C(1) << i;
    }
    return OK;
}

str collation_version(void)
{
    pthread_once(&opened, open_all);
    return str_of(version);
}
