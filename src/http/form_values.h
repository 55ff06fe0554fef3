/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Between those who read a body and the rules of its form; for this module only. */

#include "http/form.h"

/* One value for each field, in the order of the table; empty when absent. As form_read. */
MUST_USE err form_take_values(arena *a, const form *f, const str *values, void *out_values,
                              form_faults *out_faults);
