/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What the files of open data and the API have in common. */

#include "web/web.h"

/* The declaration of the first segment of the path, and its counts. ERR_NOT_FOUND. */
MUST_USE err data_find(struct app *ap, req *rq, const declaration **out_d,
                       const published **out_counts);

/* Begins a 200 that any site may read. */
buf *data_reply(reply *out, str content_type);

/* {"declaration": … up to "as_of": …, without the closing brace. */
void data_put_summary(buf *b, const declaration *d, const published *p);
/* ,"root": the hash of the checkpoint, or null. */
void data_put_root(buf *b, const published *p);
