/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* One run of storing a content folder, shared by content_write.c (items) and content_declaration.c.
 * Dry, it goes through the same steps and writes nothing. */

#include "core/content_folder.h"

#include "sql/q_file.h"

typedef struct content_storing {
    const core_keys *keys;
    arena *a; /* what is noted below */
    const content_folder *folder;
    const content_write_options *options;
    str log_host;
    bool is_dry;
    q_file_all_rows files; /* that stand, by kind, slug and name */
    size_t opened;
    content_change *changes;
    size_t n, room;
    str refused; /* the file that contradicts what stands, and how */
    str message;
} content_storing;

/* Takes the change up, if it is one. */
void content_note(content_storing *s, const content_change *change);
void content_note_language(content_storing *s, str_list *list, str lang);

/* What lies beside an item, against what lay there. */
MUST_USE err content_store_files(db_tx *tx, content_storing *s, const content_item *item,
                                 content_change *change);

/* ERR_CONFLICT: s->refused tells. */
MUST_USE err content_store_declaration(db_tx *tx, arena *scratch, content_storing *s,
                                       const content_item *item);
