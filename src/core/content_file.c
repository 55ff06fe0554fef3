/* SPDX-License-Identifier: EUPL-1.2 */
/* Bytes of a content folder. Whoever sent the folder may have put anything into it: every name is
 * opened relative to its open folder, without following links, and looked at before it is read. */

#include "core/content_folder.h"

#include "base/utf8.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_ENTRIES_MOST = CONTENT_ITEMS_MOST, HEADER_LINES_MOST = 100 };

static void keep_problem(content_reader *r, content_problem problem)
{
    content_problems *all = &r->report->problems;
    if (all->n == CONTENT_PROBLEMS_MOST)
        return;
    if (all->n == all->room) {
        all->room = all->room ? 2 * all->room : 64;
        content_problem *more = arena_array(r->a, content_problem, all->room);
        if (all->n)
            memcpy(more, all->at, all->n * sizeof *more);
        all->at = more;
    }
    all->at[all->n++] = problem;
}

static void add_problem(content_reader *r, content_problem problem)
{
    size_t *count = problem.is_warning ? &r->report->warnings : &r->report->errors;
    (*count)++;
    keep_problem(r, problem);
}

void content_take_report(content_reader *r, const content_report *other)
{
    r->report->errors += other->errors;
    r->report->warnings += other->warnings;
    for (size_t i = 0; i < other->problems.n; i++)
        keep_problem(r, other->problems.at[i]);
}

void content_report_add(arena *a, content_report *report, str file, size_t line, str message)
{
    content_reader r = {a, NULL, report};
    add_problem(&r, (content_problem){file, line, message, false});
}

void content_report_warn(arena *a, content_report *report, str file, size_t line, str message)
{
    content_reader r = {a, NULL, report};
    add_problem(&r, (content_problem){file, line, message, true});
}

void content_error(content_reader *r, str file, size_t line, const char *message)
{
    add_problem(r, (content_problem){file, line, str_of(message), false});
}

__attribute__((format(printf, 2, 0))) static str formatted(arena *a, const char *format,
                                                           va_list args)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    return arena_copy(a, str_of(text));
}

void content_error_f(content_reader *r, str file, size_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str message = formatted(r->a, format, args);
    va_end(args);
    add_problem(r, (content_problem){file, line, message, false});
}

void content_warn_f(content_reader *r, str file, size_t line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    str message = formatted(r->a, format, args);
    va_end(args);
    add_problem(r, (content_problem){file, line, message, true});
}

size_t content_line_of(const content_source *source, str part)
{
    const char *end = source->text.at + source->text.n;
    if (part.n == 0 || part.at < source->text.at || part.at >= end)
        return 0;
    size_t number = 1;
    for (const char *at = source->text.at; at < part.at; at++)
        number += *at == '\n';
    return number;
}

int content_open_folder(content_reader *r, int above_fd, str name, str path)
{
    int fd = openat(above_fd, arena_cstr(r->a, name),
                    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0)
        return fd;
    int reason = errno;
    if (reason == ELOOP || reason == ENOTDIR)
        content_error(r, path, 0, "is a file or a link where a folder belongs");
    else if (reason != ENOENT)
        content_error_f(r, path, 0, "cannot be opened: %s", strerrordesc_np(reason));
    return -1;
}

static int compare_names(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

str_list content_names(content_reader *r, int folder_fd, str path)
{
    str_list names = {NULL, 0};
    int fd = fcntl(folder_fd, F_DUPFD_CLOEXEC, 0); /* closedir closes its own */
    DIR *folder = fd >= 0 ? fdopendir(fd) : NULL;
    if (!folder) {
        content_error(r, path, 0, "cannot be listed");
        return names;
    }
    size_t room = 0;
    struct dirent *entry;
    while ((entry = readdir(folder)) && names.n < FOLDER_ENTRIES_MOST) {
        if (entry->d_name[0] == '.')
            continue;
        if (names.n == room) {
            room = room ? 2 * room : 32;
            str *grown = arena_array(r->a, str, room);
            if (names.n)
                memcpy(grown, names.at, names.n * sizeof *grown);
            names.at = grown;
        }
        names.at[names.n++] = arena_copy(r->a, str_of(entry->d_name));
    }
    closedir(folder);
    if (entry)
        content_error(r, path, 0, "has too many entries");
    if (names.n)
        qsort(names.at, names.n, sizeof *names.at, compare_names);
    return names;
}

/* What can be said of the file before it is read; NULL: nothing against it. */
static const char *refusal(content_reader *r, int fd, struct stat *info)
{
    if (fd < 0)
        return errno == ELOOP ? "is a link, and links are not followed" : "cannot be read";
    if (fstat(fd, info) != 0)
        return "cannot be read";
    if (!S_ISREG(info->st_mode))
        return "is no plain file";
    if (info->st_size > CONTENT_FILE_BYTES_MOST)
        return "is larger than 256 KiB";
    if (r->folder->bytes + (size_t)info->st_size > CONTENT_BYTES_MOST)
        return "is not read: the folder's texts are larger than 256 MiB together";
    return NULL;
}

static bool read_bytes(content_reader *r, int fd, size_t size, str *out_text)
{
    char *bytes = arena_alloc(r->a, size + 1);
    size_t n = 0;
    ssize_t got = 1;
    while (n < size && got > 0) {
        got = read(fd, bytes + n, size - n);
        n += got > 0 ? (size_t)got : 0;
    }
    *out_text = (str){bytes, n};
    r->folder->bytes += n;
    return got >= 0;
}

/* Bytes that no text holds: other encodings, other systems' line ends, controls. */
static bool is_text(content_reader *r, const content_source *source)
{
    str text = source->text;
    size_t cr = str_find(text, '\r'), nul = str_find(text, '\0');
    if (text.n >= 3 && memcmp(text.at, "\xEF\xBB\xBF", 3) == 0)
        content_error(r, source->path, 1, "begins with a byte order mark");
    else if (nul < text.n)
        content_error(r, source->path, content_line_of(source, str_skip(text, nul)),
                      "holds a NUL byte");
    else if (!utf8_is_valid(text))
        content_error(r, source->path, 0, "is not UTF-8");
    else if (cr < text.n)
        content_error(r, source->path, content_line_of(source, str_skip(text, cr)),
                      "has CR line ends");
    else
        return true;
    return false;
}

static bool has_no_controls(content_reader *r, const content_source *source)
{
    str rest = source->text;
    for (size_t number = 1; rest.n; number++) {
        if (utf8_has_controls(str_cut(rest, '\n', &rest))) {
            content_error(r, source->path, number,
                          "holds a control character or a change of writing direction");
            return false;
        }
    }
    return true;
}

bool content_is_clean(content_reader *r, const content_source *source)
{
    return is_text(r, source) && has_no_controls(r, source);
}

static bool read_plain_file(content_reader *r, int folder_fd, str name, content_source *out_source)
{
    struct stat info;
    int fd = openat(folder_fd, arena_cstr(r->a, name),
                    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    const char *reason = refusal(r, fd, &info);
    bool is_read = !reason && read_bytes(r, fd, (size_t)info.st_size, &out_source->text);
    if (fd >= 0)
        close(fd);
    if (!is_read)
        content_error(r, out_source->path, 0, reason ? reason : "cannot be read");
    return is_read;
}

bool content_read_file(content_reader *r, int folder_fd, str name, content_source *out_source)
{
    return read_plain_file(r, folder_fd, name, out_source) && content_is_clean(r, out_source);
}

bool content_read_foreign(content_reader *r, int folder_fd, str name, content_source *out_source)
{
    if (!read_plain_file(r, folder_fd, name, out_source))
        return false;
    str text = out_source->text;
    bool is_good = utf8_is_valid(text) && str_find(text, '\0') == text.n;
    if (!is_good)
        content_error(r, out_source->path, 0, "is not UTF-8, or holds a NUL byte");
    return is_good;
}

/* Lines up to the first empty one; with '=' all. */
static size_t count_lines(str text, char separator)
{
    size_t n = 1;
    for (size_t i = 0; i < text.n && n <= HEADER_LINES_MOST; i++) {
        n += text.at[i] == '\n';
        if (separator == ':' && i > 0 && text.at[i] == '\n' && text.at[i - 1] == '\n')
            break;
    }
    return n;
}

fact_list content_read_facts(content_reader *r, const content_source *source, str *rest,
                             char separator)
{
    size_t most = count_lines(*rest, separator);
    fact_list facts = {arena_array(r->a, fact, most), 0};
    for (size_t number = 1; rest->n; number++) {
        str value, line = str_cut(*rest, '\n', rest);
        if (line.n == 0 && separator == ':')
            break;
        if (number > HEADER_LINES_MOST) {
            content_error(r, source->path, number, "is one line too many before an empty line");
            break;
        }
        if (line.n == 0 || line.at[0] == '#')
            continue;
        str key = str_trim(str_cut(line, separator, &value));
        if (str_find(line, separator) == line.n || key.n == 0)
            content_error(r, source->path, number, "is not a key with a value");
        else if (fact_is_given(facts, key))
            content_error_f(r, source->path, number, "gives %.*s twice", STR_FMT(key));
        else
            facts.at[facts.n++] = (fact){key, str_trim(value)};
    }
    return facts;
}
