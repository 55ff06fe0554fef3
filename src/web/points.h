/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The numbered points of a declaration in short, for the home page and the slides. */

#include "base/base.h"

enum { POINTS_MOST = 12 };

/* Of each numbered line what stands in bold, or else the whole line. */
str_list points_of(arena *a, str body);
