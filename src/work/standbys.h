/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The standbys of the database, asked side by side by a thread each how far they are with every log
 * that is sealed here. One that is behind is as it should be, one that is away stops nobody. One
 * that knows lines that are not here, or others, or that takes writes itself, stops the publisher:
 * this server was rolled back, or has been replaced (ADR 0032). */

#include "core/standby.h"

enum {
    STANDBYS_MOST = 8,
    STANDBYS_FIRST_WAIT_MS = 6000, /* what they know, before anything is signed */
};

typedef struct standbys standbys;

/* urls: separated by spaces; nothing is connected yet. NULL: none. ERR_LIMIT: more than
 * STANDBYS_MOST. */
MUST_USE err standbys_open(core *c, str urls, standbys **out_standbys);
void standbys_close(standbys *s); /* waits for questions under way; NULL is accepted */

/* The root that the tree of the rows here has at that size. */
typedef err standbys_root(void *from, uint64_t size, hash32 *out_root);

/* Compares the log with what each standby said last, and what it has newly said since the last call
 * only. The first call for a log waits until each has answered, at most STANDBYS_FIRST_WAIT_MS.
 * ERR_DENIED: one contradicts, *out_reason says which and how. s may be NULL: OK. */
MUST_USE err standbys_check(standbys *s, arena *a, int64_t declaration_id, standbys_root *root,
                            void *from, str *out_reason);
