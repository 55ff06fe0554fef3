/* SPDX-License-Identifier: EUPL-1.2 */
/* Names of hosts, as they stand behind the '@' of an address or in a link. */

#include "text/units.h"

#include "base/utf8.h"

#include <libpsl.h>
#include <pthread.h>
#include <unicode/uidna.h>
#include <unicode/uspoof.h>

enum { ANSWER_BYTES = 1024 };

static pthread_once_t opened = PTHREAD_ONCE_INIT;
static UIDNA *idna;
static USpoofChecker *checker;

static void open_all(void)
{
    UErrorCode status = U_ZERO_ERROR;
    idna = uidna_openUTS46(UIDNA_USE_STD3_RULES | UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ |
                               UIDNA_NONTRANSITIONAL_TO_ASCII | UIDNA_NONTRANSITIONAL_TO_UNICODE,
                           &status);
    checker = uspoof_open(&status);
    ICU_MUST(status);
    uspoof_setRestrictionLevel(checker, USPOOF_HIGHLY_RESTRICTIVE);
    uspoof_setChecks(checker, USPOOF_RESTRICTION_LEVEL | USPOOF_INVISIBLE, &status);
    ICU_MUST(status);
}

/* "1.2.3.4" and "a.1" are no names of hosts, and neither is "localhost". */
static bool has_named_top(str ascii)
{
    size_t dot = ascii.n;
    while (dot > 0 && ascii.at[dot - 1] != '.')
        dot--;
    if (dot == 0 || dot == ascii.n)
        return false;
    for (size_t i = dot; i < ascii.n; i++) {
        if (ascii.at[i] < '0' || ascii.at[i] > '9')
            return true;
    }
    return false;
}

err text_host_ascii(arena *a, str host, str *out_ascii)
{
    if (host.n == 0 || host.n > TEXT_HOST_BYTES_MOST || !utf8_is_valid(host))
        return ERR_INVALID;
    pthread_once(&opened, open_all);
    char answer[ANSWER_BYTES];
    UIDNAInfo info = UIDNA_INFO_INITIALIZER;
    UErrorCode status = U_ZERO_ERROR;
    int32_t n = uidna_nameToASCII_UTF8(idna, host.at, (int32_t)host.n, answer, sizeof answer, &info,
                                       &status);
    if (U_FAILURE(status) || info.errors || n > TEXT_HOST_BYTES_MOST)
        return ERR_INVALID;
    str ascii = {answer, (size_t)n};
    if (!has_named_top(ascii))
        return ERR_INVALID;
    *out_ascii = arena_copy(a, ascii);
    return OK;
}

err text_host_unicode(arena *a, str host, str *out_unicode)
{
    str ascii;
    TRY(text_host_ascii(a, host, &ascii));
    buf out = buf_in(a);
    for (str rest = ascii; rest.n;) {
        str label = str_cut(rest, '.', &rest);
        char answer[ANSWER_BYTES];
        UIDNAInfo info = UIDNA_INFO_INITIALIZER;
        UErrorCode status = U_ZERO_ERROR;
        int32_t n = uidna_labelToUnicodeUTF8(idna, label.at, (int32_t)label.n, answer,
                                             sizeof answer, &info, &status);
        bool is_plain = U_SUCCESS(status) && info.errors == 0 &&
                        uspoof_checkUTF8(checker, answer, n, NULL, &status) == 0 &&
                        U_SUCCESS(status);
        if (out.n)
            buf_put_char(&out, '.');
        buf_put(&out, is_plain ? (str){answer, (size_t)n} : label);
    }
    *out_unicode = buf_str(&out);
    return OK;
}

err text_host_registrable(arena *a, str host, str *out_registrable)
{
    str ascii;
    TRY(text_host_ascii(a, host, &ascii));
    const char *whole = arena_cstr(a, ascii);
    const char *found = psl_registrable_domain(psl_builtin(), whole);
    *out_registrable = found ? arena_copy(a, str_of(found)) : ascii;
    return OK;
}
