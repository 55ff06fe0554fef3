/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a page is about, for machines: one graph of schema.org things as JSON-LD in a script element
 * that nothing runs. No value can end the element. */

#include "html/html.h"

enum { LINKED_DATA_DEPTH_MOST = 8 };

typedef struct linked_data {
    buf json;
    char closers[LINKED_DATA_DEPTH_MOST];
    size_t depth;
} linked_data;

linked_data linked_data_begin(arena *a);

/* A thing, as a property of the one that is open, or in the list or graph that is (name empty).
 * Then its properties, then linked_data_close. */
void linked_data_open(linked_data *to, str name, str type);
/* A list as a property of the open thing; likewise closed. */
void linked_data_list(linked_data *to, str name);
void linked_data_close(linked_data *to);

/* An empty value is left out. In a list the name is empty. */
void linked_data_put(linked_data *to, str name, str value);
void linked_data_put_int(linked_data *to, str name, int64_t value);

safe_html linked_data_end(linked_data *to);
