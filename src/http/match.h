/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Finding the route of a path. */

#include "http/router.h"

enum { MATCH_SEGMENTS_MOST = 8 };

typedef struct match {
    const route *route;               /* NULL: none for this method */
    unsigned methods;                 /* one bit for each http_method that the path knows */
    str segment[MATCH_SEGMENTS_MOST]; /* parameters of route, in order */
} match;

/* HEAD finds GET routes. path is decoded. */
match match_route(const router *r, http_method method, str path);
