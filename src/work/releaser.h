/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Every minute: held signatures whose hour is over count, or wait for a person. */

#include "work/worker.h"

void releaser_run(worker *w);
