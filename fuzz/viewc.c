/* SPDX-License-Identifier: EUPL-1.2 */
/* The view compiler: it must refuse or compile whatever it is given, and where it compiles, each
 * value must stand where a second tokeniser says that its escaping fits. In place of C, emit
 * (below) writes the page itself, with marks where a value would be. A block is written once and
 * all branches one after the other: as each ends where it began, that is one way through. */

#include "view.h"

#include "base/utf8.h"
#include "viewc_tokeniser.h"

#include <setjmp.h>
#include <stdarg.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* --- In place of source_refuse --- */

static jmp_buf refused;

_Noreturn void __wrap_source_refuse(const source *s, size_t line, const char *format, ...);
_Noreturn void __wrap_source_refuse(const source *s, size_t line, const char *format, ...)
{
    BUG_IF(line < 1 || line > s->text.n + 1);
    (void)format;
    longjmp(refused, 1);
}

/* --- In place of view_emit.c --- */

void emit_literal(emit *e, str markup)
{
    buf_put(&e->code, markup);
}

void emit_flush(emit *e)
{
    (void)e;
}

void emit_code(emit *e, size_t line, const char *format, ...)
{
    char code[100];
    va_list args;
    (void)line;
    va_start(args, format);
    vsnprintf(code, sizeof code, format, args);
    va_end(args);
    static const struct {
        const char *begin;
        char mark;
    } marks[] = {
        {"view_text(", MARK_MARKUP},         {"view_rcdata(", MARK_RCDATA},
        {"view_attribute(", MARK_ATTRIBUTE}, {"view_url(", MARK_URL},
        {"view_url_part(", MARK_URL},        {"lang_html(", MARK_MARKUP},
        {"lang_attribute(", MARK_MESSAGE},   {"view_", MARK_MARKUP},
    };
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (str_starts(str_of(code), str_of(marks[i].begin))) {
            buf_put(&e->code, (str){(const char[]){'\x01', marks[i].mark}, 2});
            return;
        }
    }
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
    /* Any name will do: the one that the input gives its view. */
    str all = {text, n + 1};
    str name = str_skip(all, str_find_str(all, S("{view ")) + 6);
    view *v = arena_new(a, view);
    v->src = (source){"x.html", all};
    v->expected_name = str_head(name, source_identifier(name));
    v->is_text = str_ends(v->expected_name, S("_text"));
    v->is_mail = str_starts(v->expected_name, S("mail_"));
    if (setjmp(refused) == 0) {
        view_compile(a, v);
        if (!v->is_text) {
            tokeniser_check(v->code, false);
            tokeniser_check(v->code, true);
        }
    }
    arena_close(a);
    return 0;
}
