/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What readers see at one moment: the alliance's content and the published counts. Held in memory
 * and replaced as a whole, so that readers never touch the database and a page never mixes two
 * states. A thread looks for news five times a second. */

#include "core/alliance.h"
#include "core/timestamps.h"
#include "http/cache.h"
#include "http/http.h"
#include "web/catalogue.h"

typedef struct edition {
    const alliance *al;
    const catalogue *catalogue; /* of al */
    const published *counts; /* beside al->declarations, one each; size 0: nothing published yet */
    const timestamp_kept *stamps; /* likewise, the last of each; size 0: none */
} edition;

typedef struct newsroom newsroom;

/* Loads the first edition. classes of pages are raised when a later one differs. */
MUST_USE err newsroom_open(core *c, cache *pages, newsroom **out_newsroom);
void newsroom_close(newsroom *n);

/* The present edition, kept until the request's arena ends. */
const edition *newsroom_read(newsroom *n, arena *request);

/* The counts of a declaration of this edition. */
const published *edition_counts(const edition *ed, const declaration *d);
/* The last time stamp of its log; its size is 0 when there is none. */
const timestamp_kept *edition_stamp(const edition *ed, const declaration *d);
/* Its main declaration: the first open one that is not light, else the first. NULL: none at all. */
const declaration *edition_main(const edition *ed, int64_t now_ms);
