/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* One project as the Commission's Kohesio site exports it: a CSV file of a heading line and one
 * record. Only figures and names are taken; the words of a story are its author's. Column names as
 * in the exports of kohesio.ec.europa.eu (Operation_Unique_Identifier, Project_EU_Budget …). */

#include "core/content_item.h"

enum { KOHESIO_BYTES_MOST = 256 << 10 };

/* Facts, each only if the record has it:
 *   kohesio             Q1234567
 *   start, end          2014-03-01
 *   total, eu           whole euros
 *   programme, beneficiary, fund
 * ERR_INVALID: out_message says what the file lacks. */
MUST_USE err kohesio_read(arena *a, str csv, fact_list *out_facts, const char **out_message);
