/* SPDX-License-Identifier: EUPL-1.2 */
/* Statements to C: reads one sql/NAME.sql, writes q_NAME.h and q_NAME.c with one typed function a
 * statement. `sqlc IN.sql OUT.h OUT.c`; `sqlc --all OUT.h OUT.c NAME…` writes the list of all
 * files.
 *
 * Grammar, line-based (docs/statements.md):
 *     --: name(parameter type, …) -> none | count | one(…) | maybe(…) | many(…)   #staff | #worker
 *     --: name@pg
 * followed by SQL up to `;`. A header that ends with `,` or `(` goes on in the next `--:` line. */

#include "sqlc.h"

/* The list of all files: `statements_all`, for the statement test and doctor. */
static void write_list(arena *a, const char *header, const char *code, char **names, int n)
{
    buf h = buf_in(a), b = buf_in(a);
    buf_printf(&h,
               "/* Made by sqlc; do not edit. */\n#pragma once\n#include \"db/statement.h\"\n\n"
               "enum { STATEMENT_FILES = %d };\n"
               "extern const db_catalogue statements_all[STATEMENT_FILES];\n",
               n);
    buf_put(&b, S("/* Made by sqlc; do not edit. */\n#include \"statements.h\"\n"));
    for (int i = 0; i < n; i++)
        buf_printf(&b, "#include \"q_%s.h\"\n", names[i]);
    buf_put(&b, S("\nconst db_catalogue statements_all[STATEMENT_FILES] = {\n"));
    for (int i = 0; i < n; i++)
        buf_printf(&b, "    {q_%s_statements, sizeof q_%s_statements / sizeof *q_%s_statements},\n",
                   names[i], names[i], names[i]);
    buf_put(&b, S("};\n"));
    source_write(header, buf_str(&h));
    source_write(code, buf_str(&b));
}

static str base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    str name = str_of(slash ? slash + 1 : path);
    if (!str_ends(name, S(".sql")) || source_identifier(name) != name.n - 4) {
        fprintf(stderr, "%s: not a name of a statement file\n", path);
        exit(1);
    }
    return str_head(name, name.n - 4);
}

int main(int count, char **words)
{
    arena *a = arena_open(ARENA_BYTES);
    if (count >= 5 && strcmp(words[1], "--all") == 0) {
        write_list(a, words[2], words[3], words + 4, count - 4);
    } else if (count == 4) {
        catalogue c = {.home = a, .s = source_read(a, words[1]), .base = base_name(words[1])};
        read_statements(&c);
        buf header = buf_in(a), code = buf_in(a);
        write_header(&c, &header);
        write_code(&c, &code);
        source_write(words[2], buf_str(&header));
        source_write(words[3], buf_str(&code));
    } else {
        fputs("usage: sqlc IN.sql OUT.h OUT.c | sqlc --all OUT.h OUT.c NAME…\n", stderr);
        return 2;
    }
    arena_close(a);
    return 0;
}
