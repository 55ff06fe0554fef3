/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Other servers with the same database, PostgreSQL's standbys, and what rests on them (ADR 0032).
 * They are asked how far they are and nothing else: no count and no rule ever reads one, for it may
 * show commits in an order that the primary never had. */

#include "core/log.h"

/* What another server knows of a log. */
typedef struct standby_view {
    bool is_here;     /* it is the very server that we work on */
    bool is_writable; /* it takes writes itself: it was promoted, or never was a standby */
    int64_t size;     /* of its rows */
    hash32 root;
    int64_t published; /* of its last checkpoint, 0: none */
    hash32 published_root;
} standby_view;

/* Opens another server for reading, whatever state it is in; as db_open. */
MUST_USE err standby_open(str url, db **out_there);
/* Where it is, for log lines and operators: "HOST:PORT/DATABASE", nothing secret. */
str standby_place(arena *a, str url);

/* ERR_NOT_FOUND: it has no such log. */
MUST_USE err standby_look(core *c, db *there, arena *a, int64_t declaration_id,
                          standby_view *out_view);

/* Before rows that were read are signed: OK when all of them are on every server that a commit
 * waits for. A row whose commit was cut off shows on this one all the same. */
MUST_USE err standby_settle(core *c);

/* What could lose what was acknowledged, a sentence each. has_standbys: the operator named some. */
MUST_USE err standby_dangers(core *c, arena *a, bool has_standbys, str_list *out_dangers);
