/* SPDX-License-Identifier: EUPL-1.2 */
/* The statement compiler: it must refuse or compile whatever it is given, and where it compiles,
 * the text for SQLite names no parameter that the header lacks, and neither text ends a
 * statement. */

#include "sqlc.h"

#include "base/utf8.h"

#include <setjmp.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static jmp_buf refused;

_Noreturn void __wrap_source_refuse(const source *s, size_t line, const char *format, ...);
_Noreturn void __wrap_source_refuse(const source *s, size_t line, const char *format, ...)
{
    BUG_IF(line < 1 || line > s->text.n + 1);
    (void)format;
    longjmp(refused, 1);
}

static void check_text(str text, char mark, size_t parameters)
{
    bool is_quoted = false;
    for (size_t i = 0; i < text.n; i++) {
        is_quoted = is_quoted != (text.at[i] == '\'');
        if (is_quoted)
            continue;
        BUG_IF(text.at[i] == ';' || text.at[i] == (mark == '?' ? '$' : '?'));
        if (text.at[i] != mark)
            continue;
        size_t number = 0;
        while (i + 1 < text.n && text.at[i + 1] >= '0' && text.at[i + 1] <= '9')
            number = number * 10 + (size_t)(text.at[++i] - '0');
        BUG_IF(number < 1 || number > parameters);
    }
    BUG_IF(is_quoted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (n == 0 || n > 1 << 14)
        return 0;
    arena *a = arena_open(64 << 20);
    char *text = arena_alloc(a, n + 1);
    /* What source_read would not let through. */
    bool is_utf8 = utf8_is_valid((str){(const char *)data, n});
    for (size_t i = 0; i < n; i++)
        text[i] = (char)(data[i] == '\r' || (!is_utf8 && data[i] > 0x7E) ? '.' : data[i]);
    text[n] = '\n';
    catalogue *c = arena_new(a, catalogue);
    *c = (catalogue){.home = a, .s = {"x.sql", {text, n + 1}}, .base = S("x")};
    if (setjmp(refused) == 0) {
        read_statements(c);
        buf header = buf_in(a), code = buf_in(a);
        write_header(c, &header);
        write_code(c, &code);
        for (size_t i = 0; i < c->n; i++) {
            check_text(c->at[i].sqlite_text, '?', c->at[i].in.n);
            check_text(c->at[i].pg_text, '$', c->at[i].in.n);
        }
    }
    arena_close(a);
    return 0;
}
