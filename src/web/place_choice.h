/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a signer wrote as "region or town", as one region of the classification: chosen from what
 * was offered while writing, named so that only one is meant, or chosen from a list when it was
 * sent. A place that nobody knows is a place all the same: it stays what was typed, without a code.
 */

#include "place/place.h"
#include "web/page_sign.h"

/* The answer of a list that none of it is meant. */
#define PLACE_NONE_OF_THEM "none"

/* The code, empty when there is none. False: several are meant, and the form is shown again with
 * what sign_place_offered gives. */
bool sign_place_settle(arena *a, const sign_form *sent, str *out_code);

/* The regions that may be meant, as options of the field; none when the place is settled. */
sign_option_list sign_place_offered(arena *a, const sign_form *sent);

/* "Hamburg, Niedersachsen": a place and the larger region around it, if it has one. */
str place_choice_label(arena *a, const place *p);
