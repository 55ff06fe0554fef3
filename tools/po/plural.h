/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Which plural form a number takes. The rules of the 24 languages follow CLDR, where gettext's own
 * table is older (es, fr, it, pt have a form for exact millions, ga and mt have five). A header
 * "nplurals=3; plural=…" is parsed, compared with the rule of its language and turned into C.
 *
 * Forms stand in the order of CLDR: zero, one, two, few, many, other. cs, lt, pl and sk have a
 * form that only fractions take; it is listed, for whole numbers never use it. */

#include "base/base.h"

typedef struct plural {
    size_t n_forms;
    const struct plural_node *rule; /* over n, a whole number */
} plural;

/* Only literals, n, % by a literal, comparisons, && || and ?: are taken; at most 500 bytes.
 * ERR_INVALID: anything else, or a result that is no form. */
MUST_USE err plural_parse(arena *a, str header, plural *out_plural);

size_t plural_form(const plural *p, uint64_t n);

/* The rule as an expression of C over `uint64_t n`. */
void plural_put_c(buf *out, const plural *p);

/* Our header for a language ("nplurals=2; plural=(n != 1);"); empty for an unknown code. */
str plural_header(str code);

/* How a translator calls the form: "one", "few" …; NULL past the last. */
const char *plural_category(str code, size_t form);

/* The 24 codes in EU order. */
enum { PLURAL_LANGUAGES = 24 };
str plural_language(size_t i);

/* Both give the same form for the numbers that tell the rules of the world's languages apart. */
bool plural_same(const plural *a, const plural *b);

/* The one number below two million that takes this form, among those plural_same looks at;
 * -1 when there are several or none. A text for one number need not show it. */
int64_t plural_only_number(const plural *p, size_t form);
