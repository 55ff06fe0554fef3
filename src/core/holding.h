/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Everything that is held about one signature, for its signer: what the own page shows and the
 * rows behind it. Access and portability need no more than the mailed link. */

#include "core/signer.h"

typedef struct held_consent {
    str what; /* sign, list, news */
    bool is_given;
    str lang;
    int64_t text_version;
    int64_t day; /* since 1970-01-01 */
} held_consent;

typedef struct held_letter {
    int64_t kind; /* letter_kind */
    int64_t created_ms, due_ms;
} held_letter;

typedef struct holding {
    signer_view view;
    held_consent *consents; /* in their order; the first ones are of the day of signing */
    size_t consent_count;
    int64_t *links; /* when each ends */
    size_t link_count;
    held_letter *letters; /* that wait to be sent */
    size_t letter_count;
    int64_t asked_version; /* of the text, that a letter asked to renew to; 0: none did */
    bool is_undelivered;   /* the first letter did not arrive, when last known */
    str domain_tag;        /* of the address (core/watch.h); empty: none */
    str network_tag, wider_network_tag; /* for TRACE_HOURS */
} holding;

/* As signer_open. */
MUST_USE err holding_open(core *c, arena *a, str token, int64_t now_ms, holding *out_holding);
