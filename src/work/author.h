/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* For authors: loads the texts of a content folder whenever they have changed, while the site runs.
 * What is wrong with them stands in the log, and the site stays as it was. Opens no declaration,
 * and leaves pictures and documents to `import`. */

#include "work/worker.h"

typedef struct author_options {
    str folder; /* empty: none is watched */
    str origin;
    const unsigned char *log_public_key;
} author_options;

void author_run(worker *w, const author_options *o);
