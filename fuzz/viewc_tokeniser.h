/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A second reading of the HTML that a view writes, after the tokenisation chapter of the WHATWG
 * HTML standard and without any of viewc's restrictions. The markup holds marks: \x01 and a
 * letter, where something dynamic is written. Stops the program when a mark stands in a place
 * for which it was not escaped, or when the page does not end in content. */

#include "base/base.h"

enum {
    MARK_TEXT = 't',      /* escaped for content */
    MARK_MARKUP = 'm',    /* whole elements: a part, a message with tags, safe markup */
    MARK_RCDATA = 'r',    /* escaped, no tags */
    MARK_ATTRIBUTE = 'a', /* escaped for quotes */
    MARK_MESSAGE = 'x',   /* a message without tags: content or attribute */
    MARK_URL = 'u',       /* judged as a URL, or percent-encoded */
};

void tokeniser_check(str page, bool has_scripting);
