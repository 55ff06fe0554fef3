/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading, refusing and writing for the generators. */

#include "source.h"

#include "base/utf8.h"

#include <stdarg.h>
#include <unistd.h>

enum { SOURCE_BYTES_MOST = 4 << 20 };

static bool read_file(arena *a, const char *path, str *out_text)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char *text = arena_alloc(a, SOURCE_BYTES_MOST + 1);
    size_t n = fread(text, 1, SOURCE_BYTES_MOST + 1, file);
    bool is_whole = !ferror(file) && n <= SOURCE_BYTES_MOST;
    fclose(file);
    *out_text = (str){text, n};
    return is_whole;
}

source source_read(arena *a, const char *path)
{
    source s = {path, {"", 0}};
    if (!read_file(a, path, &s.text)) {
        fprintf(stderr, "%s: cannot be read, or is larger than 4 MiB\n", path);
        exit(1);
    }
    str rest = s.text, line;
    for (size_t number = 1; source_line(&rest, &line); number++) {
        if (!utf8_is_valid(line))
            source_refuse(&s, number, "not UTF-8");
        if (str_find(line, '\r') < line.n)
            source_refuse(&s, number, "CR in the line: only LF ends lines");
    }
    if (s.text.n == 0 || s.text.at[s.text.n - 1] != '\n')
        source_refuse(&s, 1, "the last line has no end");
    return s;
}

_Noreturn void source_refuse(const source *s, size_t line, const char *format, ...)
{
    va_list args;
    fprintf(stderr, "%s:%zu: ", s->path, line);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    exit(1);
}

bool source_line(str *rest, str *out_line)
{
    if (rest->n == 0)
        return false;
    *out_line = str_cut(*rest, '\n', rest);
    return true;
}

static bool is_word(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

size_t source_identifier(str s)
{
    size_t n = 0;
    while (n < s.n && (is_word(s.at[n]) || (n > 0 && s.at[n] >= '0' && s.at[n] <= '9')))
        n++;
    return n;
}

void source_write(const char *path, str text)
{
    arena *a = arena_open(2 * (size_t)SOURCE_BYTES_MOST);
    str before;
    bool is_same = read_file(a, path, &before) && str_eq(before, text);
    arena_close(a);
    if (is_same)
        return;
    FILE *file = fopen(path, "wb");
    bool is_written = file && fwrite(text.at, 1, text.n, file) == text.n;
    if (file)
        is_written = fclose(file) == 0 && is_written;
    if (!is_written) {
        fprintf(stderr, "%s: cannot be written\n", path);
        unlink(path);
        exit(1);
    }
}

void source_put_literal(buf *b, str s)
{
    buf_put_char(b, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.at[i];
        if (c == '"' || c == '\\')
            buf_printf(b, "\\%c", c);
        else if (c == '\n')
            buf_put(b, S("\\n"));
        else if (c < ' ' || c > '~' || (c == '?' && i > 0 && s.at[i - 1] == '?')) /* trigraphs */
            buf_printf(b, "\\%03o", c);
        else
            buf_put_char(b, (char)c);
    }
    buf_put_char(b, '"');
}
