/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The statements that a session has prepared, by their table entry; private to db/. */

#include "db/statement.h"

typedef struct prepared {
    const db_statement *key;
    void *made; /* the engine's own handle */
} prepared;

typedef struct prepared_set {
    prepared *at; /* open addressing; room is a power of two */
    size_t room, n;
} prepared_set;

/* The entry of s; `key` is NULL when it is not prepared yet: fill both then, and add 1 to n.
 * Valid until the next call. */
prepared *prepared_find(prepared_set *set, arena *home, const db_statement *s);
