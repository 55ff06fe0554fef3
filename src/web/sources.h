/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Counts visits by the `src` of their address, in memory, and hands the sums to the database once a
 * minute. It knows no visitor: a count has a day and a known source, nothing else. */

#include "core/visit.h"

typedef struct sources sources;

sources *sources_open(core *c);
/* Hands over what is left. NULL is fine. */
void sources_close(sources *s);

/* From any thread, and cheap. s NULL: nothing is counted. source: a known one. */
void sources_note(sources *s, str source, int64_t now_ms);
/* Now, not in a minute: for tests and the end. */
void sources_flush(sources *s);
