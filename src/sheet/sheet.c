/* SPDX-License-Identifier: EUPL-1.2 */
/* CSV and JSON by hand, XLSX by libxlsxwriter in its mode of constant memory. */

#include "sheet/sheet.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { XLSX_ROWS_MOST = 1048576, FLUSH_BYTES = 64 << 10, LINE_ARENA_BYTES = 16 << 20 };

struct sheet {
    sheet_format format;
    const str *columns;
    size_t n;
    const char *path;
    arena *lines; /* what is not written yet */
    buf text;
    int fd;
    int64_t bytes; /* in the file */
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_row_t row;
};

err sheet_format_of(str path, sheet_format *out_format)
{
    static const struct {
        const char *ending;
        sheet_format format;
    } known[] = {
        {".csv", SHEET_CSV}, {".json", SHEET_JSON}, {".jsonl", SHEET_JSON}, {".xlsx", SHEET_XLSX}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (str_ends(path, str_of(known[i].ending))) {
            *out_format = known[i].format;
            return OK;
        }
    }
    return ERR_INVALID;
}

static void close_sheet(void *at)
{
    sheet *s = at;
    if (s->fd >= 0)
        close(s->fd);
    arena_close(s->lines);
}

static sheet *make(arena *a, const char *path, sheet_format format, const str *columns, size_t n)
{
    sheet *s = arena_alloc(a, sizeof *s);
    *s = (sheet){.format = format, .columns = columns, .n = n, .path = path, .fd = -1};
    s->lines = arena_open(LINE_ARENA_BYTES);
    s->text = buf_in(s->lines);
    arena_defer(a, close_sheet, s);
    return s;
}

static err write_out(sheet *s)
{
    for (size_t at = 0; at < s->text.n;) {
        ssize_t n = write(s->fd, s->text.at + at, s->text.n - at);
        if (n < 0 && errno != EINTR)
            return ERR_IO;
        at += n > 0 ? (size_t)n : 0;
    }
    s->bytes += (int64_t)s->text.n;
    arena_reset(s->lines);
    s->text = buf_in(s->lines);
    return OK;
}

/* --- CSV and JSON --- */

static bool is_formula(str value)
{
    return value.n && memchr("=+-@\t\r", value.at[0], 6);
}

static bool must_quote(str value)
{
    for (size_t i = 0; i < value.n; i++)
        if (memchr("\",;\r\n", value.at[i], 5))
            return true;
    return false;
}

static void put_csv(buf *b, str value)
{
    bool is_quoted = must_quote(value);
    if (is_quoted)
        buf_put_char(b, '"');
    if (is_formula(value))
        buf_put_char(b, '\'');
    for (size_t i = 0; i < value.n; i++) {
        if (value.at[i] == '"')
            buf_put_char(b, '"');
        buf_put_char(b, value.at[i]);
    }
    if (is_quoted)
        buf_put_char(b, '"');
}

static err put_line(sheet *s, const str *values)
{
    buf *b = &s->text;
    bool is_json = s->format == SHEET_JSON;
    if (is_json)
        buf_put_char(b, '{');
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            buf_put_char(b, ',');
        if (is_json) {
            buf_put_json(b, s->columns[i]);
            buf_put_char(b, ':');
            buf_put_json(b, values[i]);
        } else {
            put_csv(b, values[i]);
        }
    }
    buf_put(b, is_json ? S("}\n") : S("\r\n"));
    return b->n < FLUSH_BYTES ? OK : write_out(s);
}

/* --- XLSX --- */

static lxw_error put_cells(sheet *s, const str *values)
{
    lxw_error code = LXW_NO_ERROR;
    for (size_t i = 0; i < s->n && code == LXW_NO_ERROR; i++)
        code = worksheet_write_string(s->page, s->row, (lxw_col_t)i,
                                      arena_cstr(s->lines, values[i]), NULL);
    s->row++;
    return code;
}

static err put_xlsx(sheet *s, const str *values)
{
    if (s->row == XLSX_ROWS_MOST || !s->page) {
        s->page = workbook_add_worksheet(s->book, NULL);
        s->row = 0;
        if (!s->page || put_cells(s, s->columns) != LXW_NO_ERROR)
            return ERR_IO;
    }
    lxw_error code = put_cells(s, values);
    arena_reset(s->lines);
    return code == LXW_NO_ERROR ? OK : ERR_IO;
}

/* --- all --- */

err sheet_create(arena *a, const char *path, sheet_format format, const str *columns, size_t n,
                 sheet **out_sheet)
{
    sheet *s = make(a, path, format, columns, n);
    s->fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (s->fd < 0)
        return errno == EEXIST ? ERR_CONFLICT : ERR_IO;
    *out_sheet = s;
    if (format == SHEET_CSV)
        return put_line(s, columns);
    if (format == SHEET_XLSX) {
        lxw_workbook_options options = {.constant_memory = LXW_TRUE};
        s->book = workbook_new_opt(path, &options);
        BUG_IF(!s->book); /* out of memory */
    }
    return OK;
}

err sheet_resume(arena *a, const char *path, sheet_format format, const str *columns, size_t n,
                 int64_t bytes, sheet **out_sheet)
{
    if (format == SHEET_XLSX)
        return ERR_INVALID;
    sheet *s = make(a, path, format, columns, n);
    struct stat info;
    s->fd = open(path, O_WRONLY | O_CLOEXEC);
    if (s->fd < 0 || fstat(s->fd, &info) != 0 || info.st_size < bytes ||
        ftruncate(s->fd, bytes) != 0 || lseek(s->fd, bytes, SEEK_SET) != bytes)
        return ERR_IO;
    s->bytes = bytes;
    *out_sheet = s;
    return OK;
}

err sheet_row(sheet *s, const str *values)
{
    return s->format == SHEET_XLSX ? put_xlsx(s, values) : put_line(s, values);
}

err sheet_sync(sheet *s, int64_t *out_bytes)
{
    *out_bytes = 0;
    if (s->format == SHEET_XLSX)
        return OK;
    TRY(write_out(s));
    *out_bytes = s->bytes;
    return fdatasync(s->fd) == 0 ? OK : ERR_IO;
}

err sheet_finish(sheet *s)
{
    int64_t bytes;
    if (s->format != SHEET_XLSX)
        return sheet_sync(s, &bytes);
    if (!s->page) { /* no row at all: the heading still says what the columns are */
        s->page = workbook_add_worksheet(s->book, NULL);
        if (!s->page || put_cells(s, s->columns) != LXW_NO_ERROR)
            return ERR_IO;
    }
    return workbook_close(s->book) == LXW_NO_ERROR ? OK : ERR_IO;
}
