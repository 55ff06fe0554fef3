/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A content folder in memory, between content.c (reads it) and content_write.c (stores it). */

#include "core/content.h"

enum { CONTENT_ITEMS_MOST = 10000, CONTENT_FOLDER_ENTRIES_MOST = 10000 };

struct content_folder {
    content_item *items;
    size_t n;
};
