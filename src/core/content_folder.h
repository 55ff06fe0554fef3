/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A content folder in memory, between content.c (reads it), content_rules.c (understands the rules
 * of a declaration) and content_write.c (stores it). */

#include "core/content.h"

enum { CONTENT_ITEMS_MOST = 10000, CONTENT_FOLDER_ENTRIES_MOST = 10000 };

struct content_folder {
    content_item *items;
    size_t n;
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

/* ERR_INVALID: likewise, of a partner (empty key: its name). */
MUST_USE err partner_rules_check(str slug, fact_list facts, str *out_key, const char **out_message);
