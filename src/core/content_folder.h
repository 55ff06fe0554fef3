/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A content folder in memory, between content.c (reads it), content_rules.c (understands the rules
 * of a declaration), content_check.c (what other kinds must say) and content_write.c (stores it).
 */

#include "core/content.h"

enum { CONTENT_ITEMS_MOST = 20000, CONTENT_FOLDER_ENTRIES_MOST = 20000 };

struct content_folder {
    content_item *items;
    size_t n;
    str redirects; /* the file of that name, which redirect.h has read once; empty: none */
};

/* The INI of a declaration, understood. */
typedef struct declaration_rules {
    int64_t version;
    int64_t opens_ms, closes_ms;
    int64_t retain_ms; /* everything personal is erased then */
    int64_t goal;
    int64_t per_mailbox;
    int64_t kinds; /* bits 1 << (signer_kind - 1) */
    bool is_light;
    record_mode records;
    str recipients; /* empty: none named */
    str original;
} declaration_rules;

/* ERR_INVALID: that key has a value that the message refuses. */
MUST_USE err declaration_rules_read(fact_list facts, declaration_rules *out_rules, str *out_key,
                                    const char **out_message);

/* A document or a piece of news among all that was read. ERR_INVALID: that key has a value that the
 * message refuses. */
MUST_USE err content_item_check(const content_folder *folder, const content_item *item,
                                str *out_key, const char **out_message);
