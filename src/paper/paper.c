/* SPDX-License-Identifier: EUPL-1.2 */
/* The child's output is read until there is enough of it; then the pipe is closed, which ends the
 * child, so neither a book nor a trap can fill anything. */

#include "paper/paper.h"

#include "base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* As printed it is somewhat longer than as it is kept. */
enum { PRINTED_BYTES_MOST = 2 * PAPER_TEXT_BYTES_MOST };

static const char program[] = "/usr/bin/pdftotext";

str paper_program(void)
{
    return str_of(program);
}

static const confine_limits limits = {
    .cpu_seconds = 20, .memory_bytes = (int64_t)1 << 30, .file_bytes = 1};

/* --- the child --- */

static err start(arena *a, str path, confine_level level, int output, pid_t *out_child)
{
    char *arguments[] = {arena_cstr(a, str_of(program)),
                         arena_cstr(a, S("-q")),
                         arena_cstr(a, S("-enc")),
                         arena_cstr(a, S("UTF-8")),
                         arena_cstr(a, S("-eol")),
                         arena_cstr(a, S("unix")),
                         arena_cstr(a, path),
                         arena_cstr(a, S("-")),
                         NULL};
    char *environment[] = {arena_cstr(a, S("LC_ALL=C.UTF-8")), NULL};
    confine_plan plan = {.kind = "paper", .limits = limits};
    confine_add_path(&plan.reads, path);
    const confine_command command = {
        .arguments = arguments, .environment = environment, .has_output = true, .output = output};
    return confine_start(a, &plan, level, &command, out_child);
}

/* Up to the end, or enough. */
static err read_printed(int input, char *at, size_t *out_n)
{
    size_t n = 0;
    while (n < PRINTED_BYTES_MOST) {
        ssize_t more = read(input, at + n, PRINTED_BYTES_MOST - n);
        if (more < 0 && errno == EINTR)
            continue;
        if (more < 0)
            return ERR_IO;
        if (more == 0)
            break;
        n += (size_t)more;
    }
    *out_n = n;
    return OK;
}

static err print(arena *a, str path, confine_level level, str *out_printed)
{
    int ends[2];
    pid_t child;
    size_t n = 0;
    char *at = arena_alloc(a, PRINTED_BYTES_MOST);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return ERR_IO;
    err e = start(a, path, level, ends[1], &child);
    close(ends[1]);
    bool is_started = e == OK;
    if (is_started)
        e = read_printed(ends[0], at, &n);
    close(ends[0]);
    if (is_started) {
        err end = confine_wait(child);
        if (e == OK && n < PRINTED_BYTES_MOST)
            e = end;
    }
    *out_printed = (str){at, n};
    return e;
}

/* --- its words --- */

static bool is_blank(int32_t c)
{
    return c <= ' ' || (c >= 0x7F && c <= 0xA0) || c == 0xFEFF;
}

/* What is no character, at the end because it was cut there, is left out. */
static str words_of(arena *a, str printed)
{
    buf b = buf_in(a);
    while (printed.n && b.n < PAPER_TEXT_BYTES_MOST - 4) {
        str character = printed;
        int32_t c = utf8_next(&printed);
        character.n -= printed.n;
        if (!is_blank(c))
            buf_put(&b, character);
        else if (b.n && b.at[b.n - 1] != ' ')
            buf_put_char(&b, ' ');
    }
    return str_trim(buf_str(&b));
}

err paper_text(arena *a, str path, confine_level level, str *out_text)
{
    str printed;
    if (access(program, X_OK) != 0)
        return ERR_NOT_FOUND;
    TRY(print(a, path, level, &printed));
    *out_text = words_of(a, printed);
    return OK;
}
