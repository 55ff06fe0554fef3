/* SPDX-License-Identifier: EUPL-1.2 */
/* C text. Literals are gathered until something dynamic comes; they are cut into pieces below the
 * length that every C compiler must take. */

#include "view.h"

#include <stdarg.h>

enum { LITERAL_BYTES_MOST = 2000 };

void emit_literal(emit *e, str markup)
{
    buf_put(&e->literal, markup);
}

void emit_flush(emit *e)
{
    str rest = buf_str(&e->literal);
    while (rest.n) {
        str piece = str_head(rest, LITERAL_BYTES_MOST);
        rest = str_skip(rest, piece.n);
        buf_put(&e->code, S("    html_raw_literal(o, "));
        source_put_literal(&e->code, piece);
        buf_printf(&e->code, ", %zu);\n", piece.n);
    }
    e->literal.n = 0;
}

void emit_code(emit *e, size_t line, const char *format, ...)
{
    char small[512];
    va_list args;
    emit_flush(e);
    buf_printf(&e->code, "#line %zu ", line);
    source_put_literal(&e->code, str_of(e->path));
    buf_put(&e->code, S("\n    "));
    va_start(args, format);
    int n = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    BUG_IF(n < 0);
    char *text = arena_alloc(e->code.home, (size_t)n + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)n + 1, format, args);
    va_end(args);
    buf_put(&e->code, (str){text, (size_t)n});
    buf_put_char(&e->code, '\n');
}
