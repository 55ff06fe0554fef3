/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Brings new entries of the register into its order by name and its count, a moment after they are
 * confirmed. */

#include "work/worker.h"

void sorter_run(worker *w);
