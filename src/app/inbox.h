/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The pages of the demo's inbox: GET / and GET /mail/NAME, and the assets they need. */

#include "http/http.h"

typedef struct inbox {
    str folder; /* of the sink */
} inbox;

/* A handler for http/server.h. */
err inbox_handle(void *of, req *rq, reply *out);
