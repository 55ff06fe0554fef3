/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Reading the Cookie header (RFC 6265 4.2.1). The public site never sets a cookie; only the
 * office does. */

#include "base/base.h"

/* The value of one cookie. ERR_NOT_FOUND: absent. ERR_INVALID: the name stands there twice, or the
 * line holds anything that is not `name=value; name=value` with the RFC's characters. */
MUST_USE err cookie_read(str line, str name, str *out_value);
