/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Reading the hashes of a published log from its tiles on disk, for proofs. */

#include "crypto/merkle.h"

typedef struct tiles {
    arena *a;
    int directory_fd; /* of the log */
    uint64_t size;    /* of the tree; its tiles are on disk, or full ones that hold more */
} tiles;

/* A merkle_read; from is a tiles. ERR_NOT_FOUND: a tile is not there. */
err tiles_read(void *from, unsigned level, uint64_t index, hash32 *out_hash);
