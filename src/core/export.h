/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The sealed records of a declaration, as they are handed to its organiser. Nothing is opened
 * here: what leaves is what is stored, and only a recipient reads it. */

#include "core/record.h"
#include "core/signature.h"

typedef struct exported_record {
    int64_t number; /* of the signature; pages go by it */
    signer_kind kind;
    signature_state state; /* confirmed or withdrawn; the others are not handed out */
    str country, lang;
    int64_t text_version;
    bool is_listed, wants_news, is_sample;
    str mailbox;    /* 16 bytes: the tag of the address, which no browser can seal in */
    str commitment; /* 32 bytes */
    int64_t leaf;   /* -1: not included yet */
    str header;     /* for the declaration's recipients; empty when it has none */
    str server;     /* the file key under the server's key (records=server), or empty */
    str payload;
} exported_record;

typedef struct exported_records {
    exported_record *at;
    size_t n;
} exported_records;

/* Up to most records behind number `after`, in their order; n = 0: the end. */
MUST_USE err export_page(core *c, arena *a, int64_t declaration_id, int64_t after, size_t most,
                         exported_records *out_records);
