/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What is said of a content folder: on a terminal in colours (NO_COLOR and TERM=dumb are heeded),
 * elsewhere plain, with --json as one object. */

#include "core/content.h"

/* Problems, one a line as compilers write them, to stderr: the first forty of each severity. */
void content_say_problems(const content_report *report);

/* Which item stands how in which language, to stdout: rows of items, or where there are many only
 * of those that lack something; then the totals of each kind. */
void content_print_languages(arena *a, content_list items);

/* What an import does, an item a line and a sum, to stdout. */
void content_print_changes(arena *a, content_changes changes);

/* All of it for programs. */
void content_print_json(arena *a, const content_report *report, content_list items,
                        content_changes changes);

/* "2 errors, 1 warning" */
str content_count_problems(arena *a, const content_report *report);

/* The escape sequences of a colour, or nothing. file: stdout or stderr. */
typedef enum paint { PAINT_OFF, PAINT_BOLD, PAINT_DIM, PAINT_RED, PAINT_YELLOW, PAINT_GREEN } paint;
const char *paint_of(FILE *file, paint p);
