/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading and writing .po files line by line.
 *
 * An entry is open from its first line until a blank line or until a line that can only start the
 * next one. Strings are unescaped when read, so that checks see what a reader will see. */

#include "catalogue.h"

#include "base/number.h"
#include "base/utf8.h"

#include <stdarg.h>

typedef enum part { PART_NONE, PART_KEY, PART_SOURCE, PART_PLURAL, PART_FORM } part;

typedef struct reader {
    arena *home;
    po_faults *faults;
    po_catalogue *into;
    size_t line;
    size_t room;
    po_entry now;
    bool has_key, has_source, has_comment;
    part open; /* the string that a continuation line goes on */
    buf note, remark, previous, value;
} reader;

void po_fault_add(po_faults *f, size_t line, const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    f->n_all++;
    if (f->n < PO_FAULTS_MOST)
        f->at[f->n++] = (po_fault){line, arena_copy(f->home, str_of(text))};
}

/* "…" with \n, \t, \" and \\ to its bytes, appended to out. */
static bool unquote(reader *r, str quoted, buf *out)
{
    if (quoted.n < 2 || quoted.at[0] != '"' || quoted.at[quoted.n - 1] != '"') {
        po_fault_add(r->faults, r->line, "expected a \"string\" up to the end of the line");
        return false;
    }
    str inner = str_head(str_skip(quoted, 1), quoted.n - 2);
    for (size_t i = 0; i < inner.n; i++) {
        char c = inner.at[i];
        if (c == '"') {
            po_fault_add(r->faults, r->line, "a quote inside a string needs a backslash");
            return false;
        }
        if (c == '\\') {
            c = i + 1 < inner.n ? inner.at[++i] : 0;
            if (c == 'n' || c == 't') {
                c = c == 'n' ? '\n' : '\t';
            } else if (c != '"' && c != '\\') {
                po_fault_add(r->faults, r->line, "only \\n, \\t, \\\" and \\\\ are known");
                return false;
            }
        }
        buf_put_char(out, c);
    }
    if (out->n > PO_TEXT_MOST) {
        po_fault_add(r->faults, r->line, "longer than %d bytes", PO_TEXT_MOST);
        out->n = 0;
        return false;
    }
    return true;
}

/* The string that was being collected goes to its place. */
static void close_string(reader *r)
{
    str value = arena_copy(r->home, buf_str(&r->value));
    r->value.n = 0;
    switch (r->open) {
    case PART_NONE:
        break;
    case PART_KEY:
        r->now.key = value;
        break;
    case PART_SOURCE:
        r->now.source = value;
        break;
    case PART_PLURAL:
        r->now.source_plural = value;
        break;
    case PART_FORM:
        r->now.forms[r->now.n_forms - 1] = value;
        break;
    }
    r->open = PART_NONE;
}

static void take_header(reader *r)
{
    if (r->into->header_line)
        po_fault_add(r->faults, r->now.line, "a second header");
    else if (r->into->n)
        po_fault_add(r->faults, r->now.line, "the header is not the first entry");
    r->into->header = r->now.forms[0];
    r->into->header_line = r->now.line;
}

static bool is_whole(reader *r)
{
    const po_entry *e = &r->now;
    const char *missing = !r->has_key       ? "msgctxt (its key)"
                          : !r->has_source  ? "msgid"
                          : e->n_forms == 0 ? "msgstr"
                                            : NULL;
    if (missing) {
        po_fault_add(r->faults, e->line ? e->line : r->line, "the entry has no %s", missing);
        return false;
    }
    if (e->key.n == 0 || e->source.n == 0) {
        po_fault_add(r->faults, e->line, "an empty %s", e->key.n ? "msgid" : "msgctxt");
        return false;
    }
    return true;
}

static void close_entry(reader *r)
{
    close_string(r);
    po_entry *e = &r->now;
    e->note = arena_copy(r->home, buf_str(&r->note));
    e->remark = arena_copy(r->home, buf_str(&r->remark));
    e->previous = arena_copy(r->home, buf_str(&r->previous));
    po_catalogue *c = r->into;
    if (e->line && !r->has_key && r->has_source && e->source.n == 0 && e->n_forms == 1) {
        take_header(r);
    } else if (e->line && is_whole(r)) {
        if (c->n == r->room) {
            size_t room = r->room ? 2 * r->room : 64;
            po_entry *more = arena_array(r->home, po_entry, room);
            if (c->n)
                memcpy(more, c->at, c->n * sizeof *more);
            c->at = more;
            r->room = room;
        }
        c->at[c->n++] = *e;
    }
    r->now = (po_entry){0};
    r->has_key = r->has_source = r->has_comment = false;
    r->note.n = r->remark.n = r->previous.n = 0;
}

static void read_comment(reader *r, str line)
{
    if (str_starts(line, S("#~"))) /* what gettext tools keep of removed messages */
        return;
    if (r->now.line)
        close_entry(r);
    r->has_comment = true;
    str text = str_trim(str_skip(line, 2));
    if (str_starts(line, S("#,"))) {
        for (str flag; text.n;) {
            flag = str_trim(str_cut(text, ',', &text));
            if (str_eq(flag, S("fuzzy")))
                r->now.is_fuzzy = true;
            else if (!str_starts(flag, S("no-")))
                po_fault_add(r->faults, r->line, "unknown flag '%.*s'", STR_FMT(flag));
        }
        return;
    }
    buf *into = NULL;
    if (str_starts(line, S("#.")))
        into = &r->note;
    else if (str_starts(line, S("#|")))
        into = &r->previous;
    else if (line.n == 1 || line.at[1] == ' ')
        into = &r->remark;
    else if (!str_starts(line, S("#:")))
        po_fault_add(r->faults, r->line, "unknown kind of comment");
    if (into && into->n + text.n < PO_TEXT_MOST) {
        buf_put(into, text);
        buf_put_char(into, '\n');
    }
}

/* msgstr or msgstr[N]: N must be the next one. */
static bool open_form(reader *r, str word)
{
    po_entry *e = &r->now;
    int64_t number = 0;
    if (e->is_plural) {
        str digits = str_skip(word, sizeof "msgstr[" - 1);
        if (!str_starts(word, S("msgstr[")) || !str_ends(digits, S("]")) ||
            number_parse(str_head(digits, digits.n - 1), 0, PO_FORMS_MOST - 1, &number) != OK) {
            po_fault_add(r->faults, r->line, "a plural message needs msgstr[0] and so on");
            return false;
        }
    } else if (!str_eq(word, S("msgstr"))) {
        po_fault_add(r->faults, r->line, "msgstr[…] without msgid_plural");
        return false;
    }
    if ((size_t)number != e->n_forms) {
        po_fault_add(r->faults, r->line, "expected form %zu", e->n_forms);
        return false;
    }
    e->form_lines[e->n_forms++] = r->line;
    r->open = PART_FORM;
    return true;
}

/* msgctxt, msgid, msgid_plural, msgstr: in this order, each once. */
static bool open_part(reader *r, str word)
{
    po_entry *e = &r->now;
    bool is_key = str_eq(word, S("msgctxt"));
    bool starts = is_key || (str_eq(word, S("msgid")) && (!r->has_key || r->has_source));
    close_string(r);
    if (starts && e->line)
        close_entry(r);
    if (!e->line)
        e->line = r->line;
    if (is_key) {
        r->has_key = true;
        r->open = PART_KEY;
    } else if (str_eq(word, S("msgid"))) {
        r->has_source = true;
        r->open = PART_SOURCE;
    } else if (!r->has_source) {
        po_fault_add(r->faults, r->line, "expected msgctxt or msgid");
        return false;
    } else if (str_eq(word, S("msgid_plural")) && !e->is_plural && e->n_forms == 0) {
        e->is_plural = true;
        r->open = PART_PLURAL;
    } else if (str_starts(word, S("msgstr"))) {
        return open_form(r, word);
    } else {
        po_fault_add(r->faults, r->line, "'%.*s' is not known here", STR_FMT(str_head(word, 40)));
        return false;
    }
    return true;
}

static void read_line(reader *r, str line)
{
    str trimmed = str_trim(line);
    if (trimmed.n == 0) {
        close_entry(r);
        return;
    }
    if (line.at[0] == '#') {
        read_comment(r, trimmed);
        return;
    }
    if (line.at[0] == '"') {
        if (r->open == PART_NONE)
            po_fault_add(r->faults, r->line, "a string that belongs to nothing");
        else
            unquote(r, trimmed, &r->value);
        return;
    }
    str quoted;
    str word = str_cut(trimmed, ' ', &quoted);
    if (open_part(r, word) && !unquote(r, str_trim(quoted), &r->value))
        r->value.n = 0;
}

static int by_key(const void *left, const void *right)
{
    const po_entry *const *a = left, *const *b = right;
    int order = str_cmp((*a)->key, (*b)->key);
    return order ? order : ((*a)->line > (*b)->line) - ((*a)->line < (*b)->line);
}

static void index_keys(arena *a, po_catalogue *c, po_faults *faults)
{
    c->index = arena_alloc_array(a, c->n ? c->n : 1, sizeof *c->index);
    for (size_t i = 0; i < c->n; i++)
        c->index[i] = &c->at[i];
    qsort(c->index, c->n, sizeof *c->index, by_key);
    for (size_t i = 1; i < c->n; i++) {
        if (str_eq(c->index[i - 1]->key, c->index[i]->key))
            po_fault_add(faults, c->index[i]->line, "the key '%.*s' stands in line %zu already",
                         STR_FMT(c->index[i]->key), c->index[i - 1]->line);
    }
}

bool po_read(arena *a, str text, po_faults *faults, po_catalogue *out_catalogue)
{
    po_catalogue c = {.path = faults->path};
    reader r = {.home = a, .faults = faults, .into = &c};
    r.note = r.remark = r.previous = r.value = buf_in(a);
    size_t before = faults->n_all;
    for (str line; text.n && c.n < PO_ENTRIES_MOST;) {
        line = str_cut(text, '\n', &text);
        r.line++;
        read_line(&r, line);
    }
    if (text.n)
        po_fault_add(faults, r.line, "more than %d messages", PO_ENTRIES_MOST);
    close_entry(&r);
    if (!c.header_line)
        po_fault_add(faults, 1, "no header (an entry with msgid \"\" first)");
    index_keys(a, &c, faults);
    *out_catalogue = c;
    return faults->n_all == before;
}

str po_header(const po_catalogue *c, str name)
{
    str rest = c->header;
    while (rest.n) {
        str value;
        str line = str_cut(rest, '\n', &rest);
        if (str_eq(str_cut(line, ':', &value), name))
            return str_trim(value);
    }
    return (str){"", 0};
}

const po_entry *po_find(const po_catalogue *c, str key)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(c->index[middle]->key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->n && str_eq(c->index[low]->key, key) ? c->index[low] : NULL;
}

bool po_is_translated(const po_entry *e)
{
    for (size_t i = 0; i < e->n_forms; i++) {
        if (e->forms[i].n == 0)
            return false;
    }
    return e->n_forms > 0;
}

static void put_quoted(buf *out, str s)
{
    buf_put_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        switch (s.at[i]) {
        case '\n':
            buf_put(out, S("\\n"));
            break;
        case '\t':
            buf_put(out, S("\\t"));
            break;
        case '"':
        case '\\':
            buf_put_char(out, '\\');
            buf_put_char(out, s.at[i]);
            break;
        default:
            buf_put_char(out, s.at[i]);
        }
    }
    buf_put(out, S("\"\n"));
}

static void put_string(buf *out, const char *word, str s)
{
    buf_printf(out, "%s ", word);
    if (str_find(s, '\n') >= s.n) {
        put_quoted(out, s);
        return;
    }
    buf_put(out, S("\"\"\n"));
    while (s.n) {
        size_t n = str_find(s, '\n');
        n = n < s.n ? n + 1 : s.n;
        put_quoted(out, str_head(s, n));
        s = str_skip(s, n);
    }
}

static void put_comment(buf *out, str mark, str lines)
{
    while (lines.n) {
        str line = str_cut(lines, '\n', &lines);
        buf_put(out, mark);
        if (line.n)
            buf_put_char(out, ' ');
        buf_put(out, line);
        buf_put_char(out, '\n');
    }
}

void po_put_entry(buf *out, const po_entry *e)
{
    put_comment(out, S("#"), e->remark);
    put_comment(out, S("#."), e->note);
    if (e->is_fuzzy)
        buf_put(out, S("#, fuzzy\n"));
    put_comment(out, S("#|"), e->previous);
    put_string(out, "msgctxt", e->key);
    put_string(out, "msgid", e->source);
    if (e->is_plural)
        put_string(out, "msgid_plural", e->source_plural);
    for (size_t i = 0; i < e->n_forms; i++) {
        char word[16];
        snprintf(word, sizeof word, e->is_plural ? "msgstr[%zu]" : "msgstr", i);
        put_string(out, word, e->forms[i]);
    }
}

void po_put_header(buf *out, str header)
{
    buf_put(out, S("msgid \"\"\n"));
    put_string(out, "msgstr", header);
}
