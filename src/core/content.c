/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading a content folder into memory, with all its problems at once. The order of files is
 * sorted, so that the same folder always gives the same rows. */

#include "core/content_folder.h"

#include "base/utf8.h"
#include "core/kohesio.h"
#include "core/redirect.h"
#include "crypto/policy.h"

#include <dirent.h>
#include <sys/stat.h>

enum { PROBLEMS_MOST = 200, NAME_BYTES_MOST = 64, LANGUAGES_MOST = 40 };

static const str kinds[] = {STR_INIT("alliance"), STR_INIT("declaration"), STR_INIT("partner"),
                            STR_INIT("document"), STR_INIT("story"),       STR_INIT("action"),
                            STR_INIT("page"),     STR_INIT("news"),        STR_INIT("topic")};

typedef struct reader {
    arena *a;
    content_folder *folder;
    content_report *report;
} reader;

void content_report_add(content_report *report, str file, size_t line, str message)
{
    content_problems *p = &report->problems;
    if (p->n < PROBLEMS_MOST)
        p->at[p->n++] = (content_problem){file, line, message};
}

static void problem(reader *r, str file, size_t line, const char *message)
{
    content_report_add(r->report, file, line, str_of(message));
}

static bool name_is_good(str name)
{
    for (size_t i = 0; i < name.n; i++) {
        char c = name.at[i];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'))
            return false;
    }
    return name.n > 0 && name.n <= NAME_BYTES_MOST;
}

/* Names in a folder, sorted, without those that start with a dot. */
static int compare_names(const void *a, const void *b)
{
    return str_cmp(*(const str *)a, *(const str *)b);
}

static str_list list_folder(reader *r, str path)
{
    str_list names = {NULL, 0};
    DIR *dir = opendir(arena_cstr(r->a, path));
    if (!dir)
        return names;
    size_t room = 0;
    struct dirent *entry;
    while ((entry = readdir(dir)) && names.n < CONTENT_FOLDER_ENTRIES_MOST) {
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
    closedir(dir);
    if (entry)
        problem(r, path, 0, "has too many entries");
    if (names.n)
        qsort(names.at, names.n, sizeof *names.at, compare_names);
    return names;
}

/* The number of the line at a byte. */
static size_t line_at(str text, size_t at)
{
    size_t number = 1;
    for (size_t i = 0; i < at; i++)
        number += text.at[i] == '\n';
    return number;
}

/* The line that gives a key, or 0. */
static size_t line_of(str text, str key)
{
    for (size_t number = 1; text.n; number++) {
        str value;
        str line = str_cut(text, '\n', &text);
        if (str_eq(str_trim(str_cut(line, '=', &value)), key))
            return number;
    }
    return 0;
}

/* The file's text, or a problem. Only our own formats insist on LF. */
static bool read_text_file(reader *r, str path, bool may_have_cr, str *out_text)
{
    FILE *file = fopen(arena_cstr(r->a, path), "rb");
    struct stat info;
    bool is_read = false;
    if (file && fstat(fileno(file), &info) == 0 && info.st_size <= CONTENT_FILE_BYTES_MOST) {
        char *bytes = arena_alloc(r->a, (size_t)info.st_size + 1);
        size_t n = fread(bytes, 1, (size_t)info.st_size, file);
        is_read = n == (size_t)info.st_size;
        *out_text = (str){bytes, n};
    }
    if (file)
        fclose(file);
    if (!is_read)
        problem(r, path, 0, "cannot be read, or is larger than 256 KiB");
    else if (!utf8_is_valid(*out_text))
        problem(r, path, 0, "is not UTF-8");
    else if (!may_have_cr && str_find(*out_text, '\r') < out_text->n)
        problem(r, path, line_at(*out_text, str_find(*out_text, '\r')), "has CR line ends");
    else if (str_find(*out_text, '\0') < out_text->n)
        problem(r, path, line_at(*out_text, str_find(*out_text, '\0')), "holds a NUL byte");
    else
        return true;
    return false;
}

static bool read_file(reader *r, str path, str *out_text)
{
    return read_text_file(r, path, false, out_text);
}

/* "key SEPARATOR value" lines up to an empty line or the end. */
static fact_list read_facts(reader *r, str path, str *rest, char separator)
{
    size_t most = 1;
    for (size_t i = 0; i < rest->n; i++)
        most += rest->at[i] == '\n';
    fact_list facts = {arena_array(r->a, fact, most), 0};
    for (size_t number = 1; rest->n; number++) {
        str line = str_cut(*rest, '\n', rest);
        if (line.n == 0 && separator == ':')
            break;
        if (line.n == 0 || line.at[0] == '#')
            continue;
        str value;
        str key = str_trim(str_cut(line, separator, &value));
        if (str_find(line, separator) == line.n || key.n == 0)
            problem(r, path, number, "is not a key with a value");
        else if (fact_value(facts, key).n)
            problem(r, path, number, "gives a key twice");
        else
            facts.at[facts.n++] = (fact){key, str_trim(value)};
    }
    return facts;
}

static void read_text(reader *r, content_item *item, str path, str lang)
{
    str rest;
    if (!read_file(r, path, &rest))
        return;
    content_text *text = &item->texts[item->text_count++];
    text->lang = lang;
    text->header = read_facts(r, path, &rest, ':');
    text->state = fact_value(text->header, S("state"));
    text->body = str_trim(rest);
    if (fact_value(text->header, S("title")).n == 0)
        problem(r, path, 0, "has no title");
    if (!str_eq(text->state, S("original")) && !str_eq(text->state, S("machine")) &&
        !str_eq(text->state, S("reviewed")))
        problem(r, path, 0, "has a state other than original, machine or reviewed");
    r->report->texts++;
}

/* "da.md": which languages exist is for others to know. */
static bool is_language_file(str name)
{
    return name.n == 5 && str_ends(name, S(".md")) && name.at[0] >= 'a' && name.at[0] <= 'z' &&
           name.at[1] >= 'a' && name.at[1] <= 'z';
}

static bool has_text(const content_item *item, str lang)
{
    for (size_t i = 0; i < item->text_count; i++)
        if (str_eq(item->texts[i].lang, lang))
            return true;
    return false;
}

/* What a declaration's INI says must be understood before anything is signed under it. */
static void check_rules(reader *r, const content_item *item, str ini_path, str ini)
{
    declaration_rules rules;
    str key;
    const char *message;
    if (declaration_rules_read(item->facts, &rules, &key, &message) != OK)
        problem(r, ini_path, line_of(ini, key),
                arena_printf(r->a, "%.*s %s", STR_FMT(key), message).at);
    else if (!has_text(item, rules.original))
        problem(r, ini_path, line_of(ini, S("original")), "original names no text that is there");
}

/* Witnesses that would only be found wanting when the first checkpoint is signed. */
static void read_policy(reader *r, content_item *item, str path)
{
    policy p;
    policy_fault fault;
    if (!read_file(r, path, &item->policy))
        return;
    if (policy_read(r->a, item->policy, &p, &fault) != OK)
        problem(r, path, (size_t)fault.line,
                arena_printf(r->a, "is no tlog-policy: %s", fault.what).at);
}

/* The record of a story's project. What the author's INI says goes before it. */
static void read_kohesio(reader *r, content_item *item, str path)
{
    str text;
    fact_list found;
    const char *message;
    if (!read_text_file(r, path, true, &text))
        return;
    if (kohesio_read(r->a, text, &found, &message) != OK) {
        problem(r, path, 0, message);
        return;
    }
    fact_list all = {arena_array(r->a, fact, item->facts.n + found.n), 0};
    for (size_t i = 0; i < item->facts.n; i++)
        all.at[all.n++] = item->facts.at[i];
    for (size_t i = 0; i < found.n; i++)
        if (fact_value(item->facts, found.at[i].key).n == 0)
            all.at[all.n++] = found.at[i];
    item->facts = all;
}

/* Pictures and documents: here only whether they may lie there at all. */
static bool take_file(reader *r, content_item *item, str path, str name)
{
    const file_type *type = file_type_of(name);
    struct stat info;
    if (!type)
        return false;
    if (!file_name_is_good(name))
        problem(r, path, 0, "has a name with other characters than a-z, 0-9, - and _");
    else if (lstat(arena_cstr(r->a, path), &info) != 0 || !S_ISREG(info.st_mode))
        problem(r, path, 0, "is no plain file");
    else if (info.st_size == 0 || info.st_size > type->most_bytes)
        problem(r, path, 0,
                arena_printf(r->a,
                             "is empty, or larger than the %lld MiB that such a file may have",
                             (long long)(type->most_bytes >> 20))
                    .at);
    else
        item->given[item->given_count++] = (given_file){name, path};
    return true;
}

static void read_item(reader *r, str kind, str slug, str folder)
{
    str ini_text = S(""), ini_path = folder, kohesio_path = S("");
    if (!name_is_good(slug))
        problem(r, folder, 0, "has a name with other characters than a-z, 0-9 and -");
    if (r->folder->n == CONTENT_ITEMS_MOST) {
        problem(r, folder, 0, "is one item too many");
        return;
    }
    content_item *item = &r->folder->items[r->folder->n++];
    *item = (content_item){.kind = kind, .slug = slug};
    item->texts = arena_array(r->a, content_text, LANGUAGES_MOST);
    str_list names = list_folder(r, folder);
    item->given = arena_array(r->a, given_file, names.n);
    str ini = arena_printf(r->a, "%.*s.ini", STR_FMT(kind));
    for (size_t i = 0; i < names.n; i++) {
        str path = arena_printf(r->a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(names.at[i]));
        bool is_known = str_eq(names.at[i], ini);
        if (is_known) {
            ini_path = path;
            if (read_file(r, path, &ini_text)) {
                str text = ini_text;
                item->facts = read_facts(r, path, &text, '=');
            }
        }
        if (is_language_file(names.at[i]) && item->text_count < LANGUAGES_MOST) {
            is_known = true;
            read_text(r, item, path, str_head(names.at[i], 2));
        }
        if (str_eq(kind, S("declaration")) && str_eq(names.at[i], S("policy"))) {
            is_known = true;
            read_policy(r, item, path);
        }
        if (str_eq(kind, S("story")) && str_eq(names.at[i], S("kohesio.csv"))) {
            is_known = true;
            kohesio_path = path; /* behind the INI */
        }
        if (!is_known && !take_file(r, item, path, names.at[i]))
            problem(r, path, 0,
                    "is no known file: INI of the kind, a language's .md, a picture (jpg png webp "
                    "svg), a document (pdf odt docx), a film or its captions (mp4 vtt)");
    }
    if (kohesio_path.n)
        read_kohesio(r, item, kohesio_path);
    if (item->text_count == 0)
        problem(r, folder, 0, "has no text in any language");
    if (str_eq(kind, S("declaration")))
        check_rules(r, item, ini_path, ini_text);
    r->report->items++;
}

/* What can only be judged when all items are there. */
static void check_items(reader *r, str folder)
{
    for (size_t i = 0; i < r->folder->n; i++) {
        const content_item *item = &r->folder->items[i];
        str key, ini;
        const char *message;
        if (content_item_check(r->folder, item, &key, &message) == OK)
            continue;
        str path = arena_printf(r->a, "%.*s/%.*s/%.*s/%.*s.ini", STR_FMT(folder),
                                STR_FMT(item->kind), STR_FMT(item->slug), STR_FMT(item->kind));
        if (read_file(r, path, &ini))
            problem(r, path, line_of(ini, key),
                    arena_printf(r->a, "%.*s %s", STR_FMT(key), message).at);
    }
}

static void read_redirects(reader *r, str folder)
{
    redirect_list redirects;
    redirect_fault fault;
    str path = arena_printf(r->a, "%.*s/redirects", STR_FMT(folder));
    struct stat info;
    if (stat(arena_cstr(r->a, path), &info) != 0 || !read_file(r, path, &r->folder->redirects))
        return;
    if (redirects_read(r->a, r->folder->redirects, &redirects, &fault) != OK)
        problem(r, path, fault.line, fault.what);
}

err content_read(arena *a, str folder, content_folder **out_folder, content_report *out_report)
{
    reader r = {a, arena_new(a, content_folder), out_report};
    *out_report = (content_report){.problems.at = arena_array(a, content_problem, PROBLEMS_MOST)};
    r.folder->items = arena_array(a, content_item, CONTENT_ITEMS_MOST);
    struct stat info;
    if (stat(arena_cstr(a, folder), &info) != 0 || !S_ISDIR(info.st_mode))
        return ERR_NOT_FOUND;
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        str path = arena_printf(a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(kinds[k]));
        if (str_eq(kinds[k], S("alliance"))) {
            read_item(&r, kinds[k], kinds[k], path);
            continue;
        }
        str_list names = list_folder(&r, path);
        for (size_t i = 0; i < names.n; i++)
            read_item(&r, kinds[k], names.at[i],
                      arena_printf(a, "%.*s/%.*s", STR_FMT(path), STR_FMT(names.at[i])));
    }
    check_items(&r, folder);
    read_redirects(&r, folder);
    *out_folder = r.folder;
    return out_report->problems.n ? ERR_INVALID : OK;
}
