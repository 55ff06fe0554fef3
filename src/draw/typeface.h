/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The letters of posters and pictures: the site's own typeface in two weights, part of the program,
 * so that a poster looks the same on each machine. No other font is read, and no configuration. */

#include "base/base.h"

typedef struct typeface typeface;

/* Before the process is confined: it makes two files in memory, which stay readable afterwards.
 * Once in a process at a time. ERR_IO (logged): they cannot be made. */
MUST_USE err typeface_open(typeface **out_typeface);
/* After the last drawing. */
void typeface_close(typeface *t);
