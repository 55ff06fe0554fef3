/* SPDX-License-Identifier: EUPL-1.2 */
/* Plural rules: a table of languages, and a small parser for the C-like expression of the header.
 */

#include "plural.h"

#include "base/number.h"

#include <inttypes.h>

typedef enum kind {
    NODE_NUMBER,
    NODE_N,
    NODE_MODULO,
    NODE_EQ,
    NODE_NE,
    NODE_LT,
    NODE_LE,
    NODE_GT,
    NODE_GE,
    NODE_AND,
    NODE_OR,
    NODE_CHOICE,
} kind;

typedef struct plural_node {
    kind is;
    uint64_t number;
    const struct plural_node *a, *b, *c;
} plural_node;

enum { HEADER_BYTES_MOST = 500, DEPTH_MOST = 40, NUMBER_MOST = 1000000 };

typedef struct rule {
    const char *code, *header, *categories;
} rule;

#define ONE_OTHER "nplurals=2; plural=(n != 1);"
#define MILLIONS "n != 0 && n % 1000000 == 0 ? 1 : 2;"
#define SLAVIC_FEW "n % 10 >= 2 && n % 10 <= 4 && (n % 100 < 12 || n % 100 > 14)"

static const rule rules[PLURAL_LANGUAGES] = {
    {"bg", ONE_OTHER, "one other"},
    {"es", "nplurals=3; plural=n == 1 ? 0 : " MILLIONS, "one many other"},
    {"cs", "nplurals=4; plural=n == 1 ? 0 : n >= 2 && n <= 4 ? 1 : 3;", "one few many other"},
    {"da", ONE_OTHER, "one other"},
    {"de", ONE_OTHER, "one other"},
    {"et", ONE_OTHER, "one other"},
    {"el", ONE_OTHER, "one other"},
    {"en", ONE_OTHER, "one other"},
    {"fr", "nplurals=3; plural=n < 2 ? 0 : " MILLIONS, "one many other"},
    {"ga",
     "nplurals=5; plural=n == 1 ? 0 : n == 2 ? 1 : n >= 3 && n <= 6 ? 2 : n >= 7 && n <= 10 ? 3 : "
     "4;",
     "one two few many other"},
    {"hr", "nplurals=3; plural=n % 10 == 1 && n % 100 != 11 ? 0 : " SLAVIC_FEW " ? 1 : 2;",
     "one few other"},
    {"it", "nplurals=3; plural=n == 1 ? 0 : " MILLIONS, "one many other"},
    {"lv",
     "nplurals=3; plural=n % 10 == 0 || (n % 100 >= 11 && n % 100 <= 19) ? 0 : n % 10 == 1 ? 1 : "
     "2;",
     "zero one other"},
    {"lt",
     "nplurals=4; plural=n % 10 == 1 && (n % 100 < 11 || n % 100 > 19) ? 0 : n % 10 >= 2 && (n % "
     "100 < 11 || n % 100 > 19) ? 1 : 3;",
     "one few many other"},
    {"hu", ONE_OTHER, "one other"},
    {"mt",
     "nplurals=5; plural=n == 1 ? 0 : n == 2 ? 1 : n == 0 || (n % 100 >= 3 && n % 100 <= 10) ? 2 : "
     "n % 100 >= 11 && n % 100 <= 19 ? 3 : 4;",
     "one two few many other"},
    {"nl", ONE_OTHER, "one other"},
    {"pl", "nplurals=4; plural=n == 1 ? 0 : " SLAVIC_FEW " ? 1 : 2;", "one few many other"},
    {"pt", "nplurals=3; plural=n == 1 ? 0 : " MILLIONS, "one many other"},
    {"ro", "nplurals=3; plural=n == 1 ? 0 : n == 0 || (n % 100 >= 1 && n % 100 <= 19) ? 1 : 2;",
     "one few other"},
    {"sk", "nplurals=4; plural=n == 1 ? 0 : n >= 2 && n <= 4 ? 1 : 3;", "one few many other"},
    {"sl",
     "nplurals=4; plural=n % 100 == 1 ? 0 : n % 100 == 2 ? 1 : n % 100 == 3 || n % 100 == 4 ? 2 : "
     "3;",
     "one two few other"},
    {"fi", ONE_OTHER, "one other"},
    {"sv", ONE_OTHER, "one other"},
};

static const rule *find_rule(str code)
{
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        if (str_eq(code, str_of(rules[i].code)))
            return &rules[i];
    }
    return NULL;
}

str plural_language(size_t i)
{
    return str_of(i < PLURAL_LANGUAGES ? rules[i].code : NULL);
}

str plural_header(str code)
{
    const rule *r = find_rule(code);
    return str_of(r ? r->header : NULL);
}

const char *plural_category(str code, size_t form)
{
    static const char *const names[] = {"zero", "one", "two", "few", "many", "other"};
    const rule *r = find_rule(code);
    str rest = str_of(r ? r->categories : NULL);
    for (size_t i = 0; rest.n; i++) {
        str name = str_cut(rest, ' ', &rest);
        for (size_t k = 0; i == form && k < sizeof names / sizeof *names; k++) {
            if (str_eq(name, str_of(names[k])))
                return names[k];
        }
    }
    return NULL;
}

/* --- Parser: one function a level of precedence; NULL means refused. --- */
typedef struct parser {
    arena *home;
    str rest;
    int depth;
} parser;

static const plural_node *parse_choice(parser *p);

static bool take(parser *p, str word)
{
    while (p->rest.n && (p->rest.at[0] == ' ' || p->rest.at[0] == '\t'))
        p->rest = str_skip(p->rest, 1);
    if (!str_starts(p->rest, word))
        return false;
    p->rest = str_skip(p->rest, word.n);
    return true;
}

static const plural_node *node(parser *p, plural_node made)
{
    plural_node *n = arena_new(p->home, plural_node);
    *n = made;
    return n;
}

static const plural_node *parse_literal(parser *p)
{
    take(p, S("")); /* only the white space */
    size_t n = 0;
    while (n < p->rest.n && p->rest.at[n] >= '0' && p->rest.at[n] <= '9')
        n++;
    int64_t number;
    if (number_parse(str_head(p->rest, n), 0, NUMBER_MOST, &number) != OK)
        return NULL;
    p->rest = str_skip(p->rest, n);
    return node(p, (plural_node){.is = NODE_NUMBER, .number = (uint64_t)number});
}

static const plural_node *parse_value(parser *p)
{
    if (take(p, S("("))) {
        const plural_node *inner = parse_choice(p);
        return inner && take(p, S(")")) ? inner : NULL;
    }
    if (!take(p, S("n")))
        return parse_literal(p);
    const plural_node *n = node(p, (plural_node){.is = NODE_N});
    if (!take(p, S("%")))
        return n;
    const plural_node *by = parse_literal(p);
    return by && by->number ? node(p, (plural_node){.is = NODE_MODULO, .a = n, .b = by}) : NULL;
}

static const plural_node *parse_comparison(parser *p)
{
    static const struct {
        const char *sign;
        kind is;
    } signs[] = {{"==", NODE_EQ}, {"!=", NODE_NE}, {"<=", NODE_LE},
                 {">=", NODE_GE}, {"<", NODE_LT},  {">", NODE_GT}};
    const plural_node *left = parse_value(p);
    for (size_t i = 0; left && i < sizeof signs / sizeof *signs; i++) {
        if (take(p, str_of(signs[i].sign))) {
            const plural_node *right = parse_value(p);
            return right ? node(p, (plural_node){.is = signs[i].is, .a = left, .b = right}) : NULL;
        }
    }
    return left;
}

static const plural_node *parse_and(parser *p)
{
    const plural_node *left = parse_comparison(p);
    while (left && take(p, S("&&"))) {
        const plural_node *right = parse_comparison(p);
        left = right ? node(p, (plural_node){.is = NODE_AND, .a = left, .b = right}) : NULL;
    }
    return left;
}

static const plural_node *parse_or(parser *p)
{
    const plural_node *left = parse_and(p);
    while (left && take(p, S("||"))) {
        const plural_node *right = parse_and(p);
        left = right ? node(p, (plural_node){.is = NODE_OR, .a = left, .b = right}) : NULL;
    }
    return left;
}

static const plural_node *parse_choice(parser *p)
{
    if (++p->depth > DEPTH_MOST)
        return NULL;
    const plural_node *when = parse_or(p);
    if (when && take(p, S("?"))) {
        const plural_node *yes = parse_choice(p);
        const plural_node *no = yes && take(p, S(":")) ? parse_choice(p) : NULL;
        when = no ? node(p, (plural_node){.is = NODE_CHOICE, .a = when, .b = yes, .c = no}) : NULL;
    }
    p->depth--;
    return when;
}

static uint64_t evaluate(const plural_node *r, uint64_t n)
{
    switch (r->is) {
    case NODE_NUMBER:
        return r->number;
    case NODE_N:
        return n;
    case NODE_MODULO:
        return n % r->b->number;
    case NODE_EQ:
        return evaluate(r->a, n) == evaluate(r->b, n);
    case NODE_NE:
        return evaluate(r->a, n) != evaluate(r->b, n);
    case NODE_LT:
        return evaluate(r->a, n) < evaluate(r->b, n);
    case NODE_LE:
        return evaluate(r->a, n) <= evaluate(r->b, n);
    case NODE_GT:
        return evaluate(r->a, n) > evaluate(r->b, n);
    case NODE_GE:
        return evaluate(r->a, n) >= evaluate(r->b, n);
    case NODE_AND:
        return evaluate(r->a, n) && evaluate(r->b, n);
    case NODE_OR:
        return evaluate(r->a, n) || evaluate(r->b, n);
    case NODE_CHOICE:
        return evaluate(r->a, n) ? evaluate(r->b, n) : evaluate(r->c, n);
    }
    return 0;
}

/* The numbers on which rules are compared: all up to 2,000, then those round the millions. */
enum { SAMPLES = 2000 + 3 * 20 };

static uint64_t sample(size_t i)
{
    return i < 2000 ? i : (1 + (i - 2000) / 20) * 1000000 + (i - 2000) % 20;
}

/* A result of the whole rule, or of both sides of a choice, must be a form whatever n is. */
static bool gives_forms(const plural_node *r, size_t n_forms)
{
    switch (r->is) {
    case NODE_CHOICE:
        return gives_forms(r->b, n_forms) && gives_forms(r->c, n_forms);
    case NODE_NUMBER:
        return r->number < n_forms;
    case NODE_MODULO:
        return r->b->number <= n_forms;
    case NODE_N:
        return false;
    case NODE_EQ:
    case NODE_NE:
    case NODE_LT:
    case NODE_LE:
    case NODE_GT:
    case NODE_GE:
    case NODE_AND:
    case NODE_OR:
        return n_forms >= 2;
    }
    return false;
}

err plural_parse(arena *a, str header, plural *out_plural)
{
    if (header.n > HEADER_BYTES_MOST)
        return ERR_INVALID;
    parser p = {a, header, 0};
    if (!take(&p, S("nplurals=")))
        return ERR_INVALID;
    const plural_node *count = parse_literal(&p);
    if (!count || count->number == 0 || count->number > 6)
        return ERR_INVALID;
    if (!take(&p, S(";")) || !take(&p, S("plural=")))
        return ERR_INVALID;
    const plural_node *r = parse_choice(&p);
    if (!r || !take(&p, S(";")) || str_trim(p.rest).n || !gives_forms(r, count->number))
        return ERR_INVALID;
    *out_plural = (plural){count->number, r};
    return OK;
}

size_t plural_form(const plural *p, uint64_t n)
{
    return evaluate(p->rule, n);
}

static void put_node(buf *out, const plural_node *r)
{
    static const char *const signs[] = {
        [NODE_MODULO] = "%", [NODE_EQ] = "==", [NODE_NE] = "!=",  [NODE_LT] = "<", [NODE_LE] = "<=",
        [NODE_GT] = ">",     [NODE_GE] = ">=", [NODE_AND] = "&&", [NODE_OR] = "||"};
    if (r->is == NODE_N) {
        buf_put(out, S("n"));
    } else if (r->is == NODE_NUMBER) {
        buf_printf(out, "%" PRIu64 "u", r->number);
    } else if (r->is == NODE_CHOICE) {
        buf_put(out, S("("));
        put_node(out, r->a);
        buf_put(out, S(" ? "));
        put_node(out, r->b);
        buf_put(out, S(" : "));
        put_node(out, r->c);
        buf_put(out, S(")"));
    } else {
        buf_put(out, S("("));
        put_node(out, r->a);
        buf_printf(out, " %s ", signs[r->is]);
        put_node(out, r->b);
        buf_put(out, S(")"));
    }
}

void plural_put_c(buf *out, const plural *p)
{
    put_node(out, p->rule);
}

bool plural_same(const plural *a, const plural *b)
{
    if (a->n_forms != b->n_forms)
        return false;
    for (size_t i = 0; i < SAMPLES; i++) {
        if (plural_form(a, sample(i)) != plural_form(b, sample(i)))
            return false;
    }
    return true;
}

int64_t plural_only_number(const plural *p, size_t form)
{
    int64_t only = -1;
    for (size_t i = 0; i < SAMPLES; i++) {
        if (plural_form(p, sample(i)) != form)
            continue;
        if (only >= 0)
            return -1;
        only = (int64_t)sample(i);
    }
    return only;
}
