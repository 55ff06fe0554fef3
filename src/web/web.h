/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the pages share. app/ fills it once; handlers read it and change nothing. */

#include "core/challenge.h"
#include "core/core.h"
#include "core/rate.h"
#include "http/router.h"
#include "web/drawings.h"
#include "web/edition.h"
#include "web/sources.h"

/* Rate classes, as the route table names them, and those of what is doubtful (page_sign.c). */
enum {
    RATE_NONE,
    RATE_READ,
    RATE_SIGN,
    RATE_LINK,
    RATE_CHANGE,
    RATE_CHALLENGE,
    RATE_PLACES,
    RATE_TRAP,       /* filled in what people do not see: no longer trusted from here on */
    RATE_SOFT,       /* signed: from here on with work */
    RATE_EASY,       /* easy work up to here, */
    RATE_HARDER,     /* harder up to here, and the hardest from then on */
    RATE_KEY,        /* signatures sent by the key of a partner */
    RATE_CHALLENGES, /* made for everybody together: each costs the server a moment */
    RATE_CLASSES
};

typedef enum work_when { WORK_AUTO, WORK_ALWAYS, WORK_NEVER } work_when;

struct app {
    core core;
    newsroom *news;
    cache *pages;
    drawings *drawings; /* NULL: nothing is drawn */
    sources *visits;    /* NULL: nobody counts from where visitors come */
    rate_limiter *rates;
    rate_limits limits[RATE_CLASSES];
    str origin;             /* "https://host" of the public site */
    int log_directory_fd;   /* DATA/log, read only; -1: none */
    int media_directory_fd; /* DATA/media, likewise */
    bool is_demo;           /* ./run: shows where the demo inbox is */
    str inbox_url;          /* of the demo inbox; empty: none */
    int form_age_least_ms;  /* nobody fills in a form faster than this */
    challenge_keys proofs;
    work_when work; /* when a device must compute for a signature */
};

/* A router over the generated table with the hooks of this module. */
router web_router(struct app *ap);
