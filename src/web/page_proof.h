/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* How the number of a declaration is proved, and the tools to check it in the reader's browser: on
 * the page, and in one file that can be saved and opened anywhere. */

#include "core/timestamps.h"
#include "web/figure.h"

typedef struct proof_page {
    figure figure;
    str title;      /* of the declaration */
    str title_lang; /* empty: the page's */
    str log_url;    /* absolute: it is copied into shells and other programs */
    str read_from;  /* where the script finds the log: on the page a path, whatever name it came by
                     */
    str checkpoint_url;
    str manifest_url;
    str checker_url;
    str script_url;
    const timestamp_kept *stamp; /* the last; its size is 0 when there is none */
    str stamped_url;             /* of the two files of it */
    str stamp_url;
    size_t witnesses; /* that are asked to cosign */
    bool is_checker;  /* the saved file: it asks for the address of the log and knows no count */
    safe_html style;  /* of the saved file */
    safe_html script; /* of the saved file */
} proof_page;
