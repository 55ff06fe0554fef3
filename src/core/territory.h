/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The people behind the authorities that sign. A person of the organiser enters for a signature
 * which territories it stands for; here they are united as sets, so that a region and the cities in
 * it, or an association and its members, never count twice (ADR 0027).
 *
 * A territory is a region's code, a country's two letters, or a municipality as "AT221:60101": the
 * region of level 3 it lies in and what it is called there. */

#include "core/core.h"

enum {
    TERRITORY_CODE_MOST = 40,
    TERRITORY_SOURCE_BYTES_MOST = 300,
    TERRITORIES_MOST = 20000,
};

typedef struct territory {
    int64_t signature;
    str name; /* of the organisation; set when read */
    str code;
    int64_t people;
    str source; /* where that number stands */
    str date;   /* "2024-01-01", "2024-01" or "2024": of the number */
} territory;

typedef struct territory_step {
    territory of;
    int64_t covered_by; /* index of the step that counts it already; -1: counted itself */
} territory_step;

typedef struct territories {
    territory_step *at;
    size_t n;
    int64_t people; /* together; of no country more than it has (place_people) */
} territories;

/* Whether a territory holds another, or is the same. */
bool territory_holds(str code, str other);

/* Unites: sorted by code, each counted or covered by the largest that holds it. Of the same
 * territory entered twice, the number with the newest date counts. The order in which they come
 * says nothing. */
territories territory_unite(arena *a, const territory *all, size_t n);

/* Enters one, or replaces what was entered for the signature and code.
 * ERR_INVALID: no such code in this version of NUTS, more people than its country has, no source,
 * or no date. ERR_NOT_FOUND: no organisation of that number stands in the public register. */
MUST_USE err territory_enter(core *c, const territory *t, int64_t now_ms);
/* ERR_NOT_FOUND: nothing was entered for them. */
MUST_USE err territory_drop(core *c, int64_t signature, str code);

/* Those of organisations that count and stand in the public register, united. */
MUST_USE err territory_read(core *c, arena *a, int64_t declaration_id, territories *out_all);
