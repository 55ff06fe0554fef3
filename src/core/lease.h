/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Who does a thing that only one may do at a time, on any number of machines. */

#include "core/core.h"

/* Longer than the clocks of two machines may differ. */
enum { LEASE_DOUBT_MS = 60000 };

/* Takes or prolongs the lease for until_ms. ERR_CONFLICT: another holder has it, and not until so
 * much later than until_ms that only a clock that was set back since can have given it. */
MUST_USE err lease_hold(core *c, str name, str holder, int64_t now_ms, int64_t until_ms);
MUST_USE err lease_give_up(core *c, str name, str holder);
