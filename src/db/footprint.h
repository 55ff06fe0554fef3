/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a process that gives up everything else must keep in reach to use a database. */

#include "base/base.h"

enum { FOOTPRINT_FILES_MOST = 8, FOOTPRINT_PORTS_MOST = 8 };

typedef struct db_footprint {
    str files[FOOTPRINT_FILES_MOST]; /* SQLite: written; the folder itself need not be */
    size_t files_n;
    str trusted[FOOTPRINT_FILES_MOST]; /* PostgreSQL: certificates and passwords, read */
    size_t trusted_n;
    uint16_t ports[FOOTPRINT_PORTS_MOST]; /* PostgreSQL over TCP */
    size_t ports_n;
    bool connects; /* to a server at all, over TCP or a socket in the file system */
    bool resolves; /* to one that is given by a host name */
} db_footprint;

/* Makes the files that SQLite keeps beside its own, readable for whom that one is: a process that
 * may make none later finds them. ERR_NOT_FOUND: no SQLite database there, or one without a table;
 * ERR_INVALID: bad URL; ERR_IO: a file cannot be made (logged). */
MUST_USE err db_footprint_of(str url, arena *a, db_footprint *out);

/* Where that PostgreSQL is: "HOST:PORT/DATABASE", nothing secret. */
str db_place_of(arena *a, str url);
