/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What tools/poc generates, and what message.c reads: for each language its texts, and for each
 * message where its forms are. For src/lang/ and messages.c only. */

#include "lang/lang.h"

/* In a text: 1 and a placeholder's position plus one; 2 and a tag that opens, for a link followed
 * by the position of its address plus one; 3 and a tag that closes. */
enum { CODE_ARG = 1, CODE_OPEN = 2, CODE_CLOSE = 3 };
enum { TAG_B = 1, TAG_EM = 2, TAG_A = 3 };

typedef struct message_entry {
    uint16_t first;  /* of texts */
    uint8_t n_forms; /* 0: the language lacks it, English is shown */
    uint8_t state;   /* message_state */
} message_entry;

typedef struct catalogue {
    const str *texts;
    const message_entry *entries;
    unsigned (*plural)(uint64_t n); /* the form that n takes */
} catalogue;

typedef struct message_shape {
    const char *key;
    int8_t n_args;
    int8_t count_arg; /* the placeholder that picks the plural form; -1: no plural */
} message_shape;

extern const catalogue catalogues[LANG_SLOTS]; /* texts NULL for a pseudo-language not built in */
extern const message_shape message_shapes[MSG_COUNT + 1];

/* The language as ICU knows it; fixed for the program's life. */
const char *lang_locale(lang l);
