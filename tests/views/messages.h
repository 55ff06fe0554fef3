/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Two messages in the shape that poc gives them, so that the sample does not change whenever a
 * text of the product does. */

typedef enum msg { MSG_SAMPLE_PLAIN, MSG_SAMPLE_COUNTED } msg;
enum { MSG_SAMPLE_PLAIN__ARGS = 0 };
enum {
    MSG_SAMPLE_COUNTED__ARG_A_HREF,
    MSG_SAMPLE_COUNTED__ARG_COUNT,
    MSG_SAMPLE_COUNTED__ARG_NAME,
    MSG_SAMPLE_COUNTED__ARGS
};
