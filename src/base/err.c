/* SPDX-License-Identifier: EUPL-1.2 */
/* Outcomes and the stop on a programmer's error. */

#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

_Noreturn void bug_stop(const char *file, int line, const char *condition)
{
    fprintf(stderr, "bug file=%s line=%d condition=\"%s\"\n", file, line, condition);
    abort();
}

const char *err_name(err e)
{
    switch (e) {
    case OK:
        return "ok";
    case ERR_NOT_FOUND:
        return "not_found";
    case ERR_CONFLICT:
        return "conflict";
    case ERR_DENIED:
        return "denied";
    case ERR_INVALID:
        return "invalid";
    case ERR_LIMIT:
        return "limit";
    case ERR_BUSY:
        return "busy";
    case ERR_UNCERTAIN:
        return "uncertain";
    case ERR_IO:
        return "io";
    }
    return "unknown";
}
