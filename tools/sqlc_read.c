/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading a file of statements (the grammar stands in sqlc.c and in docs/statements.md).
 *
 * There is no SQL parser here: what a reader would overlook is checked (numbering, unused
 * parameters, words that mean different things on the two engines); that the text is right is
 * shown by preparing it on both (tests/db). Whatever is not known is refused. */

#include "sqlc.h"

#include <ctype.h>

static const kind kinds[] = {
    {"int", "int64_t", "opt_i64", "DB_INT", false},
    {"i64", "int64_t", "opt_i64", "DB_INT", false},
    {"time", "int64_t", "opt_i64", "DB_TIME", false},
    {"flag", "bool", "opt_flag", "DB_FLAG", false},
    {"text", "str", "opt_str", "DB_TEXT", true},
    {"blob", "str", "opt_str", "DB_BLOB", true},
};

static const char *const shape_words[] = {"none", "count", "one", "maybe", "many"};

/* Words that are refused in text meant for both engines, and why. */
static const char *const unportable[][2] = {
    {"lower", "it folds ASCII only on one engine; fold case in C"},
    {"upper", "it folds ASCII only on one engine; fold case in C"},
    {"ilike", "PostgreSQL only; store a folded column"},
    {"glob", "SQLite only"},
    {"now", "the time is a parameter"},
    {"current_timestamp", "the time is a parameter"},
    {"current_date", "the time is a parameter"},
    {"random", "randomness is a parameter"},
    {"greatest", "PostgreSQL only; use CASE"},
    {"least", "PostgreSQL only; use CASE"},
    {"ifnull", "SQLite only; use COALESCE"},
    {"replace", "INSERT OR REPLACE is SQLite's; use ON CONFLICT"},
    {"string_agg", "PostgreSQL only"},
    {"group_concat", "SQLite only"},
    {"skip", "PostgreSQL only; put it into an @pg text"},
    {"lateral", "PostgreSQL only"},
    {"true", "flags are 0 and 1"},
    {"false", "flags are 0 and 1"},
    {"rowid", "SQLite only"},
    {"natural", "columns are named"},
    {"unnest", "PostgreSQL only; put it into an @pg text"},
};

static const char *const reserved[] = {
    "tx",       "a",        "in",       "rows",   "auto",     "break",  "case",   "char",
    "const",    "continue", "default",  "do",     "double",   "else",   "enum",   "extern",
    "float",    "for",      "goto",     "if",     "inline",   "int",    "long",   "register",
    "restrict", "return",   "short",    "signed", "sizeof",   "static", "struct", "switch",
    "typedef",  "union",    "unsigned", "void",   "volatile", "while",  "str",    "bool",
    "err",      "arena",    "true",     "false",
};

/* --- headers --- */

static void skip_spaces(str *rest)
{
    while (rest->n && (rest->at[0] == ' ' || rest->at[0] == '\t'))
        *rest = str_skip(*rest, 1);
}

static bool take(str *rest, const char *part)
{
    skip_spaces(rest);
    if (!str_starts(*rest, str_of(part)))
        return false;
    *rest = str_skip(*rest, strlen(part));
    return true;
}

static str take_name(catalogue *c, str *rest, const char *what)
{
    skip_spaces(rest);
    size_t n = source_identifier(*rest);
    if (n == 0)
        source_refuse(&c->s, c->line, "a name of a %s is missing at \"%.*s\"", what,
                      STR_FMT(str_head(*rest, 20)));
    str name = str_head(*rest, n);
    for (size_t i = 0; i < n; i++)
        if (isupper((unsigned char)name.at[i]))
            source_refuse(&c->s, c->line, "\"%.*s\": names are lower case", STR_FMT(name));
    *rest = str_skip(*rest, n);
    return name;
}

static const kind *take_kind(catalogue *c, str *rest)
{
    str word = take_name(c, rest, "type");
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (str_eq(word, str_of(kinds[i].word)))
            return &kinds[i];
    source_refuse(&c->s, c->line, "unknown type \"%.*s\": int, text, blob, flag or time",
                  STR_FMT(word));
}

static void check_field_name(const catalogue *c, const field_list *list, str name)
{
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++)
        if (str_eq(name, str_of(reserved[i])))
            source_refuse(&c->s, c->line, "\"%.*s\" cannot be a name in C", STR_FMT(name));
    if (str_starts(name, S("out_")))
        source_refuse(&c->s, c->line, "\"%.*s\": out_ is for results", STR_FMT(name));
    for (size_t i = 0; i < list->n; i++)
        if (str_eq(list->at[i].name, name))
            source_refuse(&c->s, c->line, "\"%.*s\" stands twice in the list", STR_FMT(name));
}

/* `name type[?], …)`: the opening bracket is taken already. */
static void take_fields(catalogue *c, str *rest, field_list *list)
{
    if (take(rest, ")"))
        return;
    for (;;) {
        field f = {0};
        f.name = take_name(c, rest, "parameter or column");
        check_field_name(c, list, f.name);
        f.kind = take_kind(c, rest);
        f.is_nullable = take(rest, "?");
        if (list->n == FIELDS_MOST)
            source_refuse(&c->s, c->line, "more than %d names in the list", FIELDS_MOST);
        list->at[list->n++] = f;
        if (take(rest, ")"))
            return;
        if (!take(rest, ","))
            source_refuse(&c->s, c->line, "\",\" or \")\" is missing at \"%.*s\"",
                          STR_FMT(str_head(*rest, 20)));
    }
}

static shape take_shape(catalogue *c, str *rest, field_list *out)
{
    if (!take(rest, "->"))
        source_refuse(&c->s, c->line, "\"->\" is missing at \"%.*s\"",
                      STR_FMT(str_head(*rest, 20)));
    str word = take_name(c, rest, "shape");
    for (int i = NONE; i <= MANY; i++) {
        if (!str_eq(word, str_of(shape_words[i])))
            continue;
        if (i <= COUNT)
            return (shape)i;
        if (!take(rest, "("))
            source_refuse(&c->s, c->line, "%s needs its columns in brackets", shape_words[i]);
        take_fields(c, rest, out);
        if (out->n == 0)
            source_refuse(&c->s, c->line, "%s needs at least one column", shape_words[i]);
        return (shape)i;
    }
    source_refuse(&c->s, c->line, "unknown shape \"%.*s\": none, count, one, maybe or many",
                  STR_FMT(word));
}

static const char *take_reach(catalogue *c, str *rest)
{
    skip_spaces(rest);
    if (rest->n == 0 || str_starts(*rest, S("--")))
        return "DB_PUBLIC";
    if (take(rest, "#staff"))
        return "DB_STAFF";
    if (take(rest, "#worker"))
        return "DB_WORKER";
    source_refuse(&c->s, c->line, "not understood: \"%.*s\"", STR_FMT(str_head(*rest, 30)));
}

static statement *find_statement(catalogue *c, str name)
{
    for (size_t i = 0; i < c->n; i++)
        if (str_eq(c->at[i].name, name))
            return &c->at[i];
    return NULL;
}

/* Joins the lines of one header; c->line stays at the first. */
static str header_text(catalogue *c, str first, size_t *out_lines)
{
    str text = str_trim(str_skip(first, 3));
    *out_lines = 1;
    while (text.n && (text.at[text.n - 1] == ',' || text.at[text.n - 1] == '(')) {
        str line;
        if (!str_starts(c->rest, S("--:")) || !source_line(&c->rest, &line))
            source_refuse(&c->s, c->line, "the header is cut off");
        text =
            arena_printf(c->home, "%.*s %.*s", STR_FMT(text), STR_FMT(str_trim(str_skip(line, 3))));
        (*out_lines)++;
    }
    return text;
}

/* --- bodies --- */

typedef struct body {
    buf sqlite_text, pg_text;
    bool is_used[FIELDS_MOST];
    str first_word;
    str last_word; /* "" after anything that is no word */
    char last;     /* last byte that is no space; 'w' after a word */
    bool has_returning;
    bool is_pg;
} body;

static void put_both(body *b, str s)
{
    buf_put(&b->sqlite_text, s);
    buf_put(&b->pg_text, s);
}

static str lower_case(arena *a, str s)
{
    char *copy = arena_cstr(a, s);
    for (size_t i = 0; i < s.n; i++)
        copy[i] = (char)tolower((unsigned char)copy[i]);
    return (str){copy, s.n};
}

static str take_word(catalogue *c, body *b, str rest)
{
    str raw = str_head(rest, source_identifier(rest));
    str word = lower_case(c->home, raw);
    if (!b->is_pg)
        for (size_t i = 0; i < sizeof unportable / sizeof *unportable; i++)
            if (str_eq(word, str_of(unportable[i][0])))
                source_refuse(&c->s, c->line, "\"%.*s\": %s", STR_FMT(raw), unportable[i][1]);
    if (b->first_word.n == 0)
        b->first_word = word;
    b->has_returning = b->has_returning || str_eq(word, S("returning"));
    b->last_word = word;
    b->last = 'w';
    put_both(b, raw);
    return str_skip(rest, raw.n);
}

static str take_parameter(catalogue *c, body *b, const field_list *in, str rest)
{
    size_t number = 0, n = 1;
    while (n < rest.n && n < 4 && isdigit((unsigned char)rest.at[n]))
        number = number * 10 + (size_t)(rest.at[n++] - '0');
    if (n == 1)
        source_refuse(&c->s, c->line, "\"$\" without a number");
    if (number < 1 || number > in->n)
        source_refuse(&c->s, c->line, "$%zu: the header has %zu parameters", number, in->n);
    b->is_used[number - 1] = true;
    buf_printf(&b->sqlite_text, "?%zu", number);
    buf_printf(&b->pg_text, "$%zu", number);
    b->last = '$';
    b->last_word = S("");
    return str_skip(rest, n);
}

static str take_string(catalogue *c, body *b, str rest)
{
    size_t n = 1;
    while (n < rest.n && rest.at[n] != '\'')
        n++;
    if (n == rest.n)
        source_refuse(&c->s, c->line, "a string does not end on its line");
    put_both(b, str_head(rest, n + 1));
    b->last = '\'';
    b->last_word = S("");
    return str_skip(rest, n + 1);
}

static str take_sign(catalogue *c, body *b, str rest)
{
    static const char *const before_star[] = {"select", "distinct", "all", "returning"};
    char sign = rest.at[0];
    bool is_known = isdigit((unsigned char)sign) || strchr("(),.=<>+-*/%|", sign);
    if (!is_known && !(b->is_pg && strchr(":[]", sign)))
        source_refuse(&c->s, c->line, "\"%.*s\" has no place in portable SQL",
                      STR_FMT(str_head(rest, 1)));
    if (str_starts(rest, S("/*")))
        source_refuse(&c->s, c->line, "comments start with --");
    if (sign == '*') {
        bool is_columns = b->last == ',' || b->last == '.';
        for (size_t i = 0; i < sizeof before_star / sizeof *before_star; i++)
            is_columns = is_columns || str_eq(b->last_word, str_of(before_star[i]));
        if (is_columns)
            source_refuse(&c->s, c->line, "* is no list of columns: name them");
    }
    put_both(b, str_head(rest, 1));
    b->last = sign;
    b->last_word = S("");
    return str_skip(rest, 1);
}

/* One line of a body; true when it holds the `;` that ends it. */
static bool take_body_line(catalogue *c, body *b, const field_list *in, str line)
{
    line = str_trim(line);
    if (b->sqlite_text.n && line.n && !str_starts(line, S("--")))
        put_both(b, S("\n"));
    while (line.n) {
        char next = line.at[0];
        if (str_starts(line, S("--"))) {
            return false;
        } else if (next == ';') {
            line = str_trim(str_skip(line, 1));
            if (line.n && !str_starts(line, S("--")))
                source_refuse(&c->s, c->line, "\"%.*s\" after \";\"", STR_FMT(str_head(line, 20)));
            return true;
        } else if (next == ' ' || next == '\t') {
            put_both(b, S(" "));
            line = str_skip(line, 1);
        } else if (source_identifier(line)) {
            line = take_word(c, b, line);
        } else if (next == '$') {
            line = take_parameter(c, b, in, line);
        } else if (next == '\'') {
            line = take_string(c, b, line);
        } else {
            line = take_sign(c, b, line);
        }
    }
    return false;
}

static void check_body(const catalogue *c, const statement *s, const body *b, size_t line)
{
    static const char *const verbs[] = {"select", "insert", "update", "delete", "with", "values"};
    bool is_known = false, is_change = false;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (str_eq(b->first_word, str_of(verbs[i]))) {
            is_known = true;
            is_change = i >= 1 && i <= 3;
        }
    if (!is_known)
        source_refuse(&c->s, line,
                      "a statement starts with SELECT, INSERT, UPDATE, DELETE, WITH "
                      "or VALUES");
    for (size_t i = 0; i < s->in.n; i++)
        if (!b->is_used[i])
            source_refuse(&c->s, line, "parameter \"%.*s\" ($%zu) is not used",
                          STR_FMT(s->in.at[i].name), i + 1);
    if (s->shape > COUNT && is_change && !b->has_returning)
        source_refuse(&c->s, line, "%s needs RETURNING", shape_words[s->shape]);
    if (s->shape <= COUNT && b->has_returning)
        source_refuse(&c->s, line, "%s has no use for RETURNING", shape_words[s->shape]);
    if (s->shape <= COUNT && !is_change && !str_eq(b->first_word, S("with")))
        source_refuse(&c->s, line, "%s is for statements that change rows", shape_words[s->shape]);
}

static void take_body(catalogue *c, statement *s, bool is_pg)
{
    size_t header_line = c->line;
    body b = {.sqlite_text = buf_in(c->home), .pg_text = buf_in(c->home), .is_pg = is_pg};
    str line;
    for (;;) {
        if (c->rest.n == 0 || str_starts(c->rest, S("--:")))
            source_refuse(&c->s, header_line, "\";\" is missing: the statement has no end");
        source_line(&c->rest, &line);
        c->line++;
        if (take_body_line(c, &b, &s->in, line))
            break;
    }
    check_body(c, s, &b, header_line);
    if (!is_pg)
        s->sqlite_text = buf_str(&b.sqlite_text);
    s->pg_text = buf_str(&b.pg_text);
}

/* --- the file --- */

static void take_override(catalogue *c, str name, str rest)
{
    statement *s = find_statement(c, name);
    if (!s || s != &c->at[c->n - 1])
        source_refuse(&c->s, c->line, "%.*s@pg must follow %.*s", STR_FMT(name), STR_FMT(name));
    if (s->has_override)
        source_refuse(&c->s, c->line, "%.*s@pg stands twice", STR_FMT(name));
    skip_spaces(&rest);
    if (rest.n && !str_starts(rest, S("--")))
        source_refuse(&c->s, c->line, "@pg takes everything from the header of \"%.*s\"",
                      STR_FMT(name));
    s->has_override = true;
    take_body(c, s, true);
}

static void take_statement(catalogue *c, str first)
{
    size_t lines;
    str rest = header_text(c, first, &lines);
    str name = take_name(c, &rest, "statement");
    if (str_starts(rest, S("@"))) {
        if (!take(&rest, "@pg"))
            source_refuse(&c->s, c->line, "only @pg can override");
        take_override(c, name, rest);
        return;
    }
    if (find_statement(c, name))
        source_refuse(&c->s, c->line, "\"%.*s\" stands twice", STR_FMT(name));
    if (c->n == STATEMENTS_MOST)
        source_refuse(&c->s, c->line, "more than %d statements: split the file", STATEMENTS_MOST);
    statement *s = &c->at[c->n++];
    s->name = name;
    s->line = c->line;
    s->comment = arena_copy(c->home, buf_str(&c->comment));
    if (!take(&rest, "("))
        source_refuse(&c->s, c->line, "\"(\" is missing after \"%.*s\"", STR_FMT(name));
    take_fields(c, &rest, &s->in);
    s->shape = take_shape(c, &rest, &s->out);
    s->reach = take_reach(c, &rest);
    skip_spaces(&rest);
    if (rest.n && !str_starts(rest, S("--")))
        source_refuse(&c->s, c->line, "not understood: \"%.*s\"", STR_FMT(str_head(rest, 30)));
    c->line += lines - 1;
    take_body(c, s, false);
}

void read_statements(catalogue *c)
{
    str line;
    c->at = arena_array(c->home, statement, STATEMENTS_MOST);
    c->rest = c->s.text;
    c->comment = buf_in(c->home);
    while (source_line(&c->rest, &line)) {
        c->line++;
        if (str_starts(line, S("--:"))) {
            take_statement(c, line);
            c->comment = buf_in(c->home);
        } else if (str_starts(line, S("--"))) {
            if (c->comment.n)
                buf_put(&c->comment, S("\n * "));
            buf_put(&c->comment, str_trim(str_skip(line, 2)));
        } else if (str_trim(line).n) {
            source_refuse(&c->s, c->line, "SQL without a header \"--: name(…) -> …\"");
        } else {
            c->comment = buf_in(c->home);
        }
    }
    if (c->n == 0)
        source_refuse(&c->s, c->line, "no statement");
}
