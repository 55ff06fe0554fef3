/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The part of the sign form for declarations whose records are sealed in the browser:
 * static/seal.js does there what the page asks for. */

#include "core/sealing.h"
#include "http/form.h"

struct sign_form;

/* What the browser needs to seal the record. is_on false: it need not. */
typedef struct sign_seal {
    bool is_on;
    str recipients;                          /* as in the manifest */
    str campaign, text, language, kind, day; /* committed */
    str mail;                                /* committed as well; empty: it is typed in */
    str new_text, new_language, new_day;     /* in their place where the new version is signed;
                                                text empty: it cannot be */
    str needed;                              /* names of fields, in clear or sealed */
    str copy_name;                           /* of the file that the signer may keep */
} sign_seal;

/* read: the record as the server knows it, of which text, language, kind, day and address are
 * taken. */
sign_seal sign_seal_of(arena *a, const declaration *d, const record *read);

/* Where the browser seals, what is not to be listed does not come in clear: what came nevertheless
 * is dropped, and only what the browser says is lacking is a fault. */
void sign_seal_admit(const form *f, struct sign_form *sent, form_faults *faults);

/* ERR_CONFLICT: not there, or not whole. */
MUST_USE err sign_seal_read(arena *a, const struct sign_form *sent, browser_seal *out_seal);
