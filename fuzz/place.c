/* SPDX-License-Identifier: EUPL-1.2 */
/* Places by name: whatever is typed, the answers are few, each is there once, whole names come
 * first, and a country is kept to. The first byte chooses the country. */

#include "place/place.h"

enum { ARENA_BYTES = 4 << 20 };

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n);

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t n)
{
    static const char *const countries[] = {"", "DE", "GR", "EL", "BG", "XX", "\xff"};
    if (n == 0)
        return 0;
    arena *a = arena_open(ARENA_BYTES);
    str country = str_of(countries[bytes[0] % (sizeof countries / sizeof *countries)]);
    str words = {(const char *)bytes + 1, n - 1};
    place_answers all = {NULL, 0};
    err e = place_search(a, words, country, 8, &all);
    BUG_IF(e != OK && e != ERR_INVALID && e != ERR_LIMIT);
    BUG_IF(all.n > 8);
    for (size_t i = 0; i < all.n; i++) {
        const place *p = all.at[i].place;
        BUG_IF(i > 0 && all.at[i].is_exact && !all.at[i - 1].is_exact);
        BUG_IF(p->level == PLACE_COUNTRY ? country.n > 0 : !place_by_code(str_of(p->code)));
        BUG_IF(country.n && !str_eq(place_country(str_of(p->code)), place_country(country)));
        for (size_t k = 0; k < i; k++)
            BUG_IF(all.at[k].place == p);
    }
    arena_close(a);
    return 0;
}
