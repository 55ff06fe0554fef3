/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A site of a dozen pages around the real server, for tests over real sockets. */

#include "http/router.h"
#include "http/server.h"

#include <stdatomic.h>

enum { PART_BYTES = 128 * 1024 }; /* of what test_parts streams */

struct app {
    key32 form_key;
    _Atomic int renders;      /* pages made by test_page */
    _Atomic int counter;      /* what test_page shows */
    _Atomic bool is_failing;  /* test_failing gives ERR_IO */
    _Atomic bool is_limiting; /* RATE_WRITE is used up */
    _Atomic bool is_holding;  /* test_slow waits */
    _Atomic int started;      /* calls of test_slow */
    _Atomic int parts_made;   /* by test_parts */
    _Atomic int parts_most;   /* 0, or where test_parts stops until there is no more holding */
    _Atomic int parts_fail;   /* 0, or the part that cannot be made */
    _Atomic int parts_ended;  /* requests for parts that are over */
    int log_fd;
};

/* Sets the hooks. */
router test_router(struct app *ap, cache *pages);
