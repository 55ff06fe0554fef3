/* SPDX-License-Identifier: EUPL-1.2 */
/* A small hash table that only grows: the number of statements is known when the program is. */

#include "db/prepared.h"

enum { ROOM_FIRST = 256 };

static size_t slot_of(const prepared *at, size_t room, const db_statement *s)
{
    uint64_t mixed = (uint64_t)(uintptr_t)s * 0x9E3779B97F4A7C15u;
    size_t i = (size_t)(mixed >> 32) & (room - 1);
    while (at[i].key && at[i].key != s)
        i = (i + 1) & (room - 1);
    return i;
}

prepared *prepared_find(prepared_set *set, arena *home, const db_statement *s)
{
    if (2 * set->n >= set->room) {
        size_t room = set->room ? 2 * set->room : ROOM_FIRST;
        prepared *grown = arena_array(home, prepared, room);
        for (size_t i = 0; i < set->room; i++)
            if (set->at[i].key)
                grown[slot_of(grown, room, set->at[i].key)] = set->at[i];
        set->at = grown;
        set->room = room;
    }
    return &set->at[slot_of(set->at, set->room, s)];
}
