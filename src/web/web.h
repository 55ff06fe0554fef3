/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the pages share. app/ fills it once; handlers read it and change nothing. */

#include "core/core.h"
#include "core/rate.h"
#include "http/router.h"
#include "web/edition.h"

/* Rate classes, as the route table names them; RATE_TRAP: who has filled in what people do not see
 * this often is no longer trusted. */
enum { RATE_NONE, RATE_READ, RATE_SIGN, RATE_LINK, RATE_CHANGE, RATE_TRAP, RATE_CLASSES };

struct app {
    core core;
    newsroom *news;
    cache *pages;
    rate_limiter *rates;
    rate_limits limits[RATE_CLASSES];
    str origin;            /* "https://host" of the public site */
    int log_directory_fd;  /* DATA/log, read only; -1: none */
    bool is_demo;          /* ./run: shows where the demo inbox is */
    str inbox_url;         /* of the demo inbox; empty: none */
    int form_age_least_ms; /* nobody fills in a form faster than this */
};

/* A router over the generated table with the hooks of this module. */
router web_router(struct app *ap);
