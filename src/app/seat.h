/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The seat of the work process: there is one in each data folder, so that one process alone writes
 * the log's files. It falls free with the process, however that ends, and it has a name of its own:
 * whoever sits down next goes on at once with the leases of the one before. */

#include "base/base.h"

typedef struct seat {
    int fd;
    str name; /* "host/id"; the id is made once and kept in the folder */
} seat;

/* ERR_CONFLICT: another process sits there. ERR_IO: the folder cannot be written (logged). */
MUST_USE err seat_take(arena *a, str data, seat *out_seat);
void seat_leave(const seat *s);
