/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What nearly every file needs: outcomes, views, arenas, builders. */

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
