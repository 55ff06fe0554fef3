/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The words for who signs: kinds, types of organisations, levels of mandates. The codes stand in
 * records and in the register and never change; forms offer them, lists show them. */

#include "core/core.h"
#include "lang/lang.h"

/* "person", "organisation", "mandate": in addresses and forms. */
str kind_code(signer_kind kind);
/* ERR_NOT_FOUND: none of the three. */
MUST_USE err kind_by_code(str code, signer_kind *out_kind);

msg kind_message(signer_kind kind);        /* one of them: "Person" */
msg kind_plural_message(signer_kind kind); /* the heading: "Persons" */

/* NULL-terminated, as FIELD_CHOICE wants them, in the order in which they are shown. */
extern const char *const organisation_types[];
extern const char *const mandate_levels[];

/* The name of a type of organisation or of the level of a mandate; empty for an unknown code. */
str kind_type_name(arena *a, lang l, signer_kind kind, str code);
