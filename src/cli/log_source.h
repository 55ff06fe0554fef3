/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A published log where it lies: a folder, or below an http or https address. */

#include "base/base.h"

typedef struct log_source log_source;

/* where: a folder, "http://…" or "https://…", with or without a slash at its end. */
log_source *log_source_open(arena *a, str where);
void log_source_close(log_source *s); /* NULL is accepted */

/* An audit_read; source is the log_source. */
MUST_USE err log_source_read(void *source, arena *a, str path, size_t most_bytes, str *out_bytes);

/* Why the last read failed; empty when the file is just not there. */
str log_source_reason(const log_source *s);
