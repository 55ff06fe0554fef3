/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The 24 languages: who they are, which one a reader wants, their messages, and how they write
 * numbers, dates and lists. Messages come from po/ through tools/poc; ICU does the rest with
 * en_IE and pt_PT, never plain en or pt. */

#include "base/base.h"
#include "html/html.h"

/* In EU order; LANG_COUNT is 24. Debug builds have LANG_PSEUDO ("xx-pseudo" in the URL) behind. */
typedef enum lang {
    LANG_BG,
    LANG_ES,
    LANG_CS,
    LANG_DA,
    LANG_DE,
    LANG_ET,
    LANG_EL,
    LANG_EN,
    LANG_FR,
    LANG_GA,
    LANG_HR,
    LANG_IT,
    LANG_LV,
    LANG_LT,
    LANG_HU,
    LANG_MT,
    LANG_NL,
    LANG_PL,
    LANG_PT,
    LANG_RO,
    LANG_SK,
    LANG_SL,
    LANG_FI,
    LANG_SV,
    LANG_COUNT,
    LANG_PSEUDO = LANG_COUNT,
    LANG_SLOTS /* the size of tables that any lang may index */
} lang;

str lang_code(lang l);        /* "el" */
str lang_native_name(lang l); /* "ελληνικά" */
/* Exact codes. ERR_NOT_FOUND: another, or the pseudo-language in a release build. */
MUST_USE err lang_by_code(str code, lang *out_lang);

/* RFC 9110 Accept-Language against the 24, by primary subtag; false when nothing fits or when only
 * "*" does. Bounded: at most 1,000 bytes and 50 ranges are looked at. */
bool lang_negotiate(str accept_language, lang *out_lang);

/* --- Messages. `msg` is the generated enum MSG_SIGN_TITLE … from keys "sign.title". --- */
#include "messages.h"

/* A value for a placeholder. For every message, with or without placeholders, messages.h defines
 * MSG_SIGN_TITLE__ARGS, their number, and MSG_SIGN_TITLE__ARG_NAME, the position of each: calls are
 * written with designated initialisers, so that a wrong name does not compile. */
typedef struct msg_arg {
    enum { MSG_ARG_STR, MSG_ARG_INT, MSG_ARG_URL, MSG_ARG_NAME } kind;
    str text;
    int64_t number; /* written the language's way; the one named {count} picks the plural */
} msg_arg;

static inline msg_arg msg_arg_of_str(str s)
{
    return (msg_arg){MSG_ARG_STR, s, 0};
}
static inline msg_arg msg_arg_of_cstr(const char *s)
{
    return (msg_arg){MSG_ARG_STR, str_of(s), 0};
}
static inline msg_arg msg_arg_of_int(int64_t n)
{
    return (msg_arg){MSG_ARG_INT, {"", 0}, n};
}
static inline msg_arg msg_arg_of_size(size_t n)
{
    return msg_arg_of_int((int64_t)n);
}
static inline msg_arg msg_arg_of_name(person_name name)
{
    return (msg_arg){MSG_ARG_NAME, personal_text(name), 0};
}
static inline msg_arg msg_arg_of_email(email_address email)
{
    return (msg_arg){MSG_ARG_NAME, personal_text(email), 0};
}

/* By the type of the expression; any other type does not compile. */
#define msg_arg_of(value)                                                                          \
    _Generic((value), str                                                                          \
             : msg_arg_of_str, char *                                                              \
             : msg_arg_of_cstr, const char *                                                       \
             : msg_arg_of_cstr, int                                                                \
             : msg_arg_of_int, long                                                                \
             : msg_arg_of_int, long long                                                           \
             : msg_arg_of_int, size_t                                                              \
             : msg_arg_of_size, person_name                                                        \
             : msg_arg_of_name, email_address                                                      \
             : msg_arg_of_email)(value)

/* For placeholders inside href="…" of a message; in views those whose name ends in "_href". */
static inline msg_arg msg_arg_url(str url)
{
    return (msg_arg){MSG_ARG_URL, url, 0};
}

/* As element content, as an attribute value (also for title, textarea and option: tags of the
 * message are left out), or as plain text (mail text parts, subjects; a link shows its address in
 * brackets, and no value can begin a line). n must be MSG_…__ARGS. A message that the language
 * lacks is shown in English; as element content inside <span lang="en">. */
void lang_html(html_out *o, lang l, msg m, const msg_arg *args, size_t n);
void lang_attribute(html_out *o, lang l, msg m, const msg_arg *args, size_t n);
str lang_text(arena *a, lang l, msg m, const msg_arg *args, size_t n);

/* Where a text comes from: shown in the office, and in docs as the honest state of a language. */
typedef enum message_state {
    MESSAGE_ORIGINAL,
    MESSAGE_REVIEWED, /* by a person */
    MESSAGE_MACHINE,
    MESSAGE_OUTDATED, /* translated from an older source: English is shown */
    MESSAGE_MISSING,
} message_state;
message_state lang_state(lang l, msg m);
const char *lang_key(msg m); /* "sign.title" */

#include "lang/format.h"
