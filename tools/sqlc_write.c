/* SPDX-License-Identifier: EUPL-1.2 */
/* The C that sqlc writes: tables that say where each parameter and column stands in its struct,
 * and one small function a statement that puts names and types on db_run. */

#include "sqlc.h"

enum { POSITIONAL_MOST = 6 };

static const char *const shape_constants[] = {"DB_NONE", "DB_COUNT", "DB_ONE", "DB_MAYBE",
                                              "DB_MANY"};

static const char *type_of(const field *f)
{
    return f->is_nullable ? f->kind->c_nullable : f->kind->c_type;
}

static void put_struct(buf *b, const statement *s, const char *suffix, const field_list *list)
{
    buf_printf(b, "typedef struct q_%.*s_%s {\n", STR_FMT(s->name), suffix);
    for (size_t i = 0; i < list->n; i++)
        buf_printf(b, "    %s %.*s;\n", type_of(&list->at[i]), STR_FMT(list->at[i].name));
    buf_printf(b, "} q_%.*s_%s;\n", STR_FMT(s->name), suffix);
}

static bool has_bytes(const statement *s)
{
    for (size_t i = 0; i < s->out.n; i++)
        if (s->out.at[i].kind->is_bytes)
            return true;
    return s->shape == MANY;
}

static bool has_row(const statement *s)
{
    return s->shape == MANY || s->out.n > 1;
}

static void put_prototype(buf *b, const statement *s)
{
    buf_printf(b, "err q_%.*s(db_tx *tx", STR_FMT(s->name));
    if (has_bytes(s))
        buf_put(b, S(", arena *a"));
    if (s->in.n > POSITIONAL_MOST)
        buf_printf(b, ", const q_%.*s_in *in", STR_FMT(s->name));
    for (size_t i = 0; i < s->in.n && s->in.n <= POSITIONAL_MOST; i++)
        buf_printf(b, ",\n    %s %.*s", type_of(&s->in.at[i]), STR_FMT(s->in.at[i].name));
    if (s->shape == COUNT)
        buf_put(b, S(",\n    int64_t *out_count"));
    else if (s->shape == MANY)
        buf_printf(b, ",\n    q_%.*s_rows *out_rows", STR_FMT(s->name));
    else if (has_row(s))
        buf_printf(b, ",\n    q_%.*s_row *out_row", STR_FMT(s->name));
    else if (s->out.n == 1)
        buf_printf(b, ",\n    %s *out_%.*s", type_of(&s->out.at[0]), STR_FMT(s->out.at[0].name));
    buf_put(b, S(")"));
}

void write_header(const catalogue *c, buf *b)
{
    buf_printf(b,
               "/* Made from sql/%.*s.sql by sqlc; do not edit. */\n#pragma once\n"
               "#include \"db/statement.h\"\n\n"
               "extern const db_statement q_%.*s_statements[%zu];\n",
               STR_FMT(c->base), STR_FMT(c->base), c->n);
    for (size_t i = 0; i < c->n; i++) {
        const statement *s = &c->at[i];
        buf_put_char(b, '\n');
        if (s->comment.n)
            buf_printf(b, "/* %.*s */\n", STR_FMT(s->comment));
        if (s->in.n > POSITIONAL_MOST)
            put_struct(b, s, "in", &s->in);
        if (has_row(s))
            put_struct(b, s, "row", &s->out);
        if (s->shape == MANY)
            buf_printf(b,
                       "typedef struct q_%.*s_rows {\n    q_%.*s_row *at;\n    size_t n;\n"
                       "} q_%.*s_rows;\n",
                       STR_FMT(s->name), STR_FMT(s->name), STR_FMT(s->name));
        buf_put(b, S("MUST_USE "));
        put_prototype(b, s);
        buf_put(b, S(";\n"));
    }
}

/* The text as one literal a line. */
static void put_text(buf *b, str text)
{
    str line;
    while (text.n) {
        line = str_cut(text, '\n', &text);
        buf_put(b, S("\n     "));
        if (text.n)
            line = arena_printf(b->home, "%.*s\n", STR_FMT(line));
        source_put_literal(b, line);
    }
}

/* The table of a list of fields. Parameters always stand in a struct; a single column stands at
 * the result's own address. */
static void put_columns(buf *b, const statement *s, const char *side, const field_list *list,
                        bool is_struct)
{
    if (list->n == 0)
        return;
    buf_printf(b, "static const db_column %.*s_%s[] = {\n", STR_FMT(s->name), side);
    for (size_t i = 0; i < list->n; i++) {
        const field *f = &list->at[i];
        buf_printf(b, "    {\"%.*s\", %s, %s, ", STR_FMT(f->name), f->kind->constant,
                   f->is_nullable ? "true" : "false");
        if (is_struct)
            buf_printf(b, "offsetof(q_%.*s_%s, %.*s)},\n", STR_FMT(s->name), side,
                       STR_FMT(f->name));
        else
            buf_put(b, S("0},\n"));
    }
    buf_put(b, S("};\n"));
}

static void put_entry(buf *b, const statement *s)
{
    buf_printf(b, "    {\"%.*s\",", STR_FMT(s->name));
    put_text(b, s->sqlite_text);
    buf_put(b, S(","));
    put_text(b, s->pg_text);
    buf_printf(b, ",\n     %s, %s, ", shape_constants[s->shape], s->reach);
    if (s->in.n)
        buf_printf(b, "%.*s_in, %zu, ", STR_FMT(s->name), s->in.n);
    else
        buf_put(b, S("NULL, 0, "));
    if (!s->out.n)
        buf_put(b, S("NULL, 0, 0},\n"));
    else if (has_row(s))
        buf_printf(b, "%.*s_row, %zu, sizeof(q_%.*s_row)},\n", STR_FMT(s->name), s->out.n,
                   STR_FMT(s->name));
    else
        buf_printf(b, "%.*s_row, 1, sizeof(%s)},\n", STR_FMT(s->name), type_of(&s->out.at[0]));
}

static void put_function(buf *b, const catalogue *c, size_t i)
{
    const statement *s = &c->at[i];
    bool is_packed = s->in.n && s->in.n <= POSITIONAL_MOST;
    buf_printf(b, "\n/* sql/%.*s.sql:%zu */\n", STR_FMT(c->base), s->line);
    put_prototype(b, s);
    buf_put(b, S("\n{\n"));
    if (is_packed) {
        buf_printf(b, "    const q_%.*s_in in = {", STR_FMT(s->name));
        for (size_t k = 0; k < s->in.n; k++)
            buf_printf(b, "%s%.*s", k ? ", " : "", STR_FMT(s->in.at[k].name));
        buf_put(b, S("};\n"));
    }
    const char *in = is_packed ? "&in" : s->in.n ? "in" : "NULL";
    const char *home = has_bytes(s) ? "a" : "NULL";
    str call = arena_printf(b->home, "db_run(tx, &q_%.*s_statements[%zu], %s, %s, ",
                            STR_FMT(c->base), i, in, home);
    if (s->shape == MANY)
        buf_printf(b,
                   "    db_rows rows;\n    TRY(%.*s&rows));\n"
                   "    *out_rows = (q_%.*s_rows){rows.at, rows.n};\n    return OK;\n",
                   STR_FMT(call), STR_FMT(s->name));
    else if (s->shape == NONE)
        buf_printf(b, "    return %.*sNULL);\n", STR_FMT(call));
    else if (s->shape == COUNT)
        buf_printf(b, "    return %.*sout_count);\n", STR_FMT(call));
    else if (has_row(s))
        buf_printf(b, "    return %.*sout_row);\n", STR_FMT(call));
    else
        buf_printf(b, "    return %.*sout_%.*s);\n", STR_FMT(call), STR_FMT(s->out.at[0].name));
    buf_put(b, S("}\n"));
}

void write_code(const catalogue *c, buf *b)
{
    buf_printf(b, "/* Made from sql/%.*s.sql by sqlc; do not edit. */\n#include \"q_%.*s.h\"\n",
               STR_FMT(c->base), STR_FMT(c->base));
    for (size_t i = 0; i < c->n; i++) {
        const statement *s = &c->at[i];
        buf_put_char(b, '\n');
        if (s->in.n && s->in.n <= POSITIONAL_MOST)
            put_struct(b, s, "in", &s->in);
        put_columns(b, s, "in", &s->in, true);
        put_columns(b, s, "row", &s->out, has_row(s));
    }
    buf_printf(b, "\nconst db_statement q_%.*s_statements[%zu] = {\n", STR_FMT(c->base), c->n);
    for (size_t i = 0; i < c->n; i++)
        put_entry(b, &c->at[i]);
    buf_put(b, S("};\n"));
    for (size_t i = 0; i < c->n; i++)
        put_function(b, c, i);
}
