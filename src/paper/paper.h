/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The words of papers (PDF) that others made, for search alone. They are read by a confined child
 * process (pdftotext), which sees that one file and can write nothing but its output. */

#include "confine/confine.h"

enum { PAPER_TEXT_BYTES_MOST = 200 << 10 };

/* What the child runs, for the plan of a process that is confined itself. */
str paper_program(void);

/* The beginning of its text, at most PAPER_TEXT_BYTES_MOST: UTF-8 without controls, words apart by
 * single spaces, whole where a line end had cut them. Empty: it shows pictures of words only.
 * path is absolute. ERR_NOT_FOUND: the program that does it is not installed; ERR_INVALID: locked,
 * damaged, or made to take too long or too much memory. */
MUST_USE err paper_text(arena *a, str path, confine_level level, str *out_text);
