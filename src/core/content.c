/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading a content folder into memory, with all its problems at once. Everything is sorted by
 * name, so that the same folder always gives the same rows and the same report. */

#include "core/content_folder.h"

#include "core/kohesio.h"
#include "core/partner.h"
#include "core/redirect.h"
#include "crypto/policy.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const str state_names[CONTENT_STATES] = {
    [CONTENT_MISSING] = STR_INIT("missing"),   [CONTENT_ORIGINAL] = STR_INIT("original"),
    [CONTENT_REVIEWED] = STR_INIT("reviewed"), [CONTENT_MACHINE] = STR_INIT("machine"),
    [CONTENT_OUTDATED] = STR_INIT("outdated"),
};

str content_state_name(content_state state)
{
    return state_names[state];
}

static const content_text *text_in(const content_item *item, str lang)
{
    for (size_t i = 0; i < item->text_count; i++)
        if (str_eq(item->texts[i].lang, lang))
            return &item->texts[i];
    return NULL;
}

content_state content_state_in(const content_item *item, str lang)
{
    const content_text *text = text_in(item, lang);
    for (size_t i = CONTENT_ORIGINAL; text && i < CONTENT_STATES; i++)
        if (str_eq(text->state, state_names[i]))
            return (content_state)i;
    return CONTENT_MISSING;
}

const content_text *content_original(const content_item *item)
{
    const content_text *found = NULL;
    for (size_t i = 0; i < item->text_count; i++) {
        if (!str_eq(item->texts[i].state, S("original")))
            continue;
        if (found)
            return NULL;
        found = &item->texts[i];
    }
    return found;
}

content_list content_items(const content_folder *folder)
{
    return (content_list){folder->items, folder->n};
}

/* --- one file --- */

static str field_names(arena *a, str kind, content_place place)
{
    buf names = buf_in(a);
    const content_field *field;
    for (size_t at = 0; (field = content_field_next(kind, place, &at));)
        buf_printf(&names, " %s", field->key);
    return buf_str(&names);
}

/* A figure is worth as much as its source. */
static void check_sourced(content_reader *r, const content_source *source, fact_list facts,
                          const fact *f)
{
    str from = arena_printf(r->a, "%.*s_source", STR_FMT(f->key));
    str date = arena_printf(r->a, "%.*s_date", STR_FMT(f->key));
    if (f->value.n && (!fact_value(facts, from).n || !fact_value(facts, date).n))
        content_error_f(r, source->path, content_line_of(source, f->key),
                        "%.*s needs a source and its date: %.*s and %.*s", STR_FMT(f->key),
                        STR_FMT(from), STR_FMT(date));
}

static void check_fields(content_reader *r, str kind, content_place place,
                         const content_source *source, fact_list facts)
{
    for (size_t i = 0; i < facts.n; i++) {
        const fact *f = &facts.at[i];
        const content_field *field = content_field_of(kind, place, f->key);
        size_t line = content_line_of(source, f->key);
        if (!field) {
            content_error_f(r, source->path, line, "%.*s is no field here; known are:%.*s",
                            STR_FMT(str_head(f->key, 80)), STR_FMT(field_names(r->a, kind, place)));
            continue;
        }
        const char *fault = content_value_fault(r->a, field, f->value);
        if (fault)
            content_error_f(r, source->path, line, "%.*s %s", STR_FMT(f->key), fault);
        if (field->flags & FLAG_SOURCED)
            check_sourced(r, source, facts, f);
    }
    const content_field *field;
    for (size_t at = 0; (field = content_field_next(kind, place, &at));)
        if ((field->flags & FLAG_NEEDED) && fact_value(facts, str_of(field->key)).n == 0)
            content_error_f(r, source->path, 0, "has no %s", field->key);
}

static void read_facts(content_reader *r, content_item *item, content_source *source, int fd,
                       str name)
{
    str path = source->path;
    if (!content_read_file(r, fd, name, source)) {
        *source = (content_source){path, S("")};
        return;
    }
    str rest = source->text;
    item->facts = content_read_facts(r, source, &rest, '=');
    check_fields(r, item->kind, IN_FACTS, source, item->facts);
}

static void read_text(content_reader *r, content_item *item, content_source *source, int fd,
                      str name)
{
    if (!content_read_file(r, fd, name, source))
        return;
    str rest = source->text;
    content_text *text = &item->texts[item->text_count++];
    *text = (content_text){.lang = str_head(name, 2)};
    text->header = content_read_facts(r, source, &rest, ':');
    text->state = fact_value(text->header, S("state"));
    text->body = str_trim(rest);
    check_fields(r, item->kind, IN_HEADER, source, text->header);
    if (text->body.n && !content_kind_of(item->kind)->has_body)
        content_error_f(r, source->path, content_line_of(source, text->body),
                        "has a body, which no page shows of a %.*s", STR_FMT(item->kind));
    r->report->texts++;
}

/* --- one item --- */

/* "da.md", and whether it is one of ours. */
static bool is_language_file(str name, bool *out_is_known)
{
    if (name.n != 5 || !str_ends(name, S(".md")))
        return false;
    *out_is_known = false;
    for (size_t i = 0; i < CONTENT_LANGUAGES; i++)
        *out_is_known = *out_is_known || str_eq(str_head(name, 2), str_of(content_languages[i]));
    return true;
}

/* 0: the key is not there. */
static size_t line_of_fact(const content_origin *origin, const content_item *item, str key)
{
    for (size_t i = 0; i < item->facts.n; i++)
        if (str_eq(item->facts.at[i].key, key))
            return content_line_of(&origin->facts, item->facts.at[i].key);
    return 0;
}

/* What a declaration's INI says must be understood before anything is signed under it. */
static void check_rules(content_reader *r, const content_item *item, const content_origin *origin)
{
    declaration_rules rules;
    str key;
    const char *message;
    str path = origin->facts.path.n ? origin->facts.path : origin->path;
    if (declaration_rules_read(item->facts, &rules, &key, &message) != OK) {
        content_error_f(r, path, line_of_fact(origin, item, key), "%.*s %s", STR_FMT(key), message);
    } else if (!text_in(item, rules.original)) {
        content_error(r, path,
                      content_line_of(&origin->facts, fact_value(item->facts, S("original"))),
                      "original names no text that is there");
    }
}

/* Witnesses that would only be found wanting when the first checkpoint is signed. */
static void read_policy(content_reader *r, content_item *item, str path, int fd)
{
    policy p;
    policy_fault fault;
    content_source source = {path, S("")};
    if (!content_read_file(r, fd, S("policy"), &source))
        return;
    item->policy = source.text;
    if (policy_read(r->a, item->policy, &p, &fault) != OK)
        content_error_f(r, path, (size_t)fault.line, "is no tlog-policy: %s", fault.what);
}

/* The record of a story's project. What the author's INI says goes before it. */
static void read_kohesio(content_reader *r, content_item *item, str path, int fd)
{
    content_source source = {path, S("")};
    fact_list found;
    const char *message;
    if (!content_read_foreign(r, fd, S("kohesio.csv"), &source))
        return;
    if (kohesio_read(r->a, source.text, &found, &message) != OK) {
        content_error(r, path, 0, message);
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

/* Members by name or host. That the list has changed is a change of the partner's facts. */
static void read_members(content_reader *r, content_item *item, str path, int fd)
{
    content_source source = {path, S("")};
    size_t line;
    if (!content_read_file(r, fd, S("members"), &source))
        return;
    item->members = source.text;
    if (partner_members_check(r->a, item->members, &line) != OK)
        content_error(r, path, line,
                      "is neither a name of three letters nor a host, or one too many");
    fact_list all = {arena_array(r->a, fact, item->facts.n + 1), 0};
    for (size_t i = 0; i < item->facts.n; i++)
        all.at[all.n++] = item->facts.at[i];
    hash32 hash = hash_sha256(item->members);
    all.at[all.n++] = (fact){S("members_hash"), hex_make(r->a, hash_str(&hash))};
    item->facts = all;
}

/* Pictures and documents: here only whether they may lie there at all. */
static bool take_file(content_reader *r, content_item *item, int fd, str path, str name)
{
    const file_type *type = file_type_of(name);
    struct stat info;
    if (!type)
        return false;
    if (!file_name_is_good(name))
        content_error(r, path, 0, "has a name with other characters than a-z, 0-9, - and _");
    else if (fstatat(fd, arena_cstr(r->a, name), &info, AT_SYMLINK_NOFOLLOW) != 0 ||
             !S_ISREG(info.st_mode))
        content_error(r, path, 0, "is no plain file");
    else if (info.st_size == 0 || info.st_size > type->most_bytes)
        content_error_f(r, path, 0,
                        "is empty, or larger than the %lld MiB that such a file may have",
                        (long long)(type->most_bytes >> 20));
    else
        item->given[item->given_count++] = (given_file){name, path};
    return true;
}

static void read_entry(content_reader *r, content_item *item, content_origin *origin, int fd,
                       str name)
{
    str ini = arena_printf(r->a, "%.*s.ini", STR_FMT(item->kind));
    str path = arena_printf(r->a, "%.*s/%.*s", STR_FMT(origin->path), STR_FMT(name));
    bool is_known = false;
    if (str_eq(name, ini) && content_kind_of(item->kind)->has_facts) {
        origin->facts.path = path;
        read_facts(r, item, &origin->facts, fd, name);
    } else if (is_language_file(name, &is_known) && is_known) {
        content_source *source = &origin->texts[item->text_count];
        *source = (content_source){path, S("")};
        read_text(r, item, source, fd, name);
    } else if (str_eq(name, S("policy")) && str_eq(item->kind, S("declaration"))) {
        read_policy(r, item, path, fd);
    } else if (str_eq(name, S("kohesio.csv")) && str_eq(item->kind, S("story"))) {
        origin->kohesio = path; /* behind the INI */
    } else if (str_eq(name, S("members")) && str_eq(item->kind, S("partner"))) {
        origin->members = path; /* likewise */
    } else if (!take_file(r, item, fd, path, name)) {
        content_error(
            r, path, 0,
            "is no known file: INI of the kind, the .md of one of 24 languages, a picture "
            "(jpg png webp svg), a document (pdf odt docx), a film or its captions (mp4 "
            "vtt)");
    }
}

static content_item *add_item(content_folder *f, arena *a)
{
    if (f->n == f->room) {
        f->room = f->room ? 2 * f->room : 64;
        content_item *items = arena_array(a, content_item, f->room);
        content_origin *origins = arena_array(a, content_origin, f->room);
        if (f->n) {
            memcpy(items, f->items, f->n * sizeof *items);
            memcpy(origins, f->origins, f->n * sizeof *origins);
        }
        f->items = items;
        f->origins = origins;
    }
    return &f->items[f->n++];
}

static void read_item(content_reader *r, const content_kind *kind, str slug, int above_fd, str path)
{
    int fd = content_open_folder(r, above_fd, slug, path);
    if (fd < 0)
        return;
    if (!content_name_is_good(slug))
        content_error(r, path, 0, "has a name with other characters than a-z, 0-9 and -");
    content_item *item = add_item(r->folder, r->a);
    content_origin *origin = &r->folder->origins[r->folder->n - 1];
    str_list names = content_names(r, fd, path);
    size_t most = names.n < CONTENT_LANGUAGES ? names.n : CONTENT_LANGUAGES;
    *item = (content_item){.kind = str_of(kind->name), .slug = slug};
    item->texts = arena_array(r->a, content_text, most);
    item->given = arena_array(r->a, given_file, names.n);
    *origin = (content_origin){.path = path, .texts = arena_array(r->a, content_source, most)};
    for (size_t i = 0; i < names.n; i++)
        read_entry(r, item, origin, fd, names.at[i]);
    if (origin->kohesio.n)
        read_kohesio(r, item, origin->kohesio, fd);
    if (origin->members.n)
        read_members(r, item, origin->members, fd);
    close(fd);
    if (item->text_count == 0)
        content_error(r, path, 0, "has no text in any language");
    if (str_eq(item->kind, S("declaration")))
        check_rules(r, item, origin);
    if (str_eq(item->kind, S("partner")) && str_eq(slug, S("join")))
        content_error(r, path, 0, "has a name that is taken by a page of the site");
    content_mark_outdated(r->a, item);
    r->report->items++;
}

/* --- the folder --- */

static void read_kind(content_reader *r, const content_kind *kind, int fd)
{
    str name = str_of(kind->name);
    str path = arena_printf(r->a, "%.*s/%s", STR_FMT(r->folder->path), kind->name);
    if (kind->is_single) {
        read_item(r, kind, name, fd, path);
        return;
    }
    int kind_fd = content_open_folder(r, fd, name, path);
    if (kind_fd < 0)
        return;
    str_list names = content_names(r, kind_fd, path);
    for (size_t i = 0; i < names.n; i++) {
        str item_path = arena_printf(r->a, "%.*s/%.*s", STR_FMT(path), STR_FMT(names.at[i]));
        if (r->folder->n == CONTENT_ITEMS_MOST) {
            content_error_f(r, item_path, 0, "is one item too many: %d at most",
                            CONTENT_ITEMS_MOST);
            break;
        }
        read_item(r, kind, names.at[i], kind_fd, item_path);
    }
    close(kind_fd);
}

/* A slip in the name of a folder would lose all that is in it without a word. */
static void check_top(content_reader *r, int fd)
{
    str_list names = content_names(r, fd, r->folder->path);
    for (size_t i = 0; i < names.n; i++) {
        struct stat info;
        bool is_folder =
            fstatat(fd, arena_cstr(r->a, names.at[i]), &info, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(info.st_mode);
        str path = arena_printf(r->a, "%.*s/%.*s", STR_FMT(r->folder->path), STR_FMT(names.at[i]));
        if (str_eq(names.at[i], S("redirects")))
            continue;
        if (!content_kind_of(names.at[i]) && is_folder)
            content_error(r, path, 0, "is no kind of content");
        else if (!content_kind_of(names.at[i]))
            content_warn_f(r, path, 0, "is not read: it belongs to no item");
    }
}

/* What can only be judged when all items are there. */
static void check_items(content_reader *r)
{
    for (size_t i = 0; i < r->folder->n; i++) {
        const content_item *item = &r->folder->items[i];
        const content_source *ini = &r->folder->origins[i].facts;
        str key;
        const char *message;
        if (content_item_check(r->folder, item, &key, &message) != OK)
            content_error_f(r, ini->path.n ? ini->path : r->folder->origins[i].path,
                            line_of_fact(&r->folder->origins[i], item, key), "%.*s %s",
                            STR_FMT(key), message);
    }
}

static void read_redirects(content_reader *r, int fd)
{
    struct stat info;
    redirect_list redirects;
    redirect_fault fault;
    content_source source = {arena_printf(r->a, "%.*s/redirects", STR_FMT(r->folder->path)), S("")};
    if (fstatat(fd, "redirects", &info, AT_SYMLINK_NOFOLLOW) != 0 ||
        !content_read_file(r, fd, S("redirects"), &source))
        return;
    r->folder->redirects = source.text;
    if (redirects_read(r->a, source.text, &redirects, &fault) != OK)
        content_error(r, source.path, fault.line, fault.what);
}

/* By file, and within it by line: a stable order whatever found them. */
static int compare_problems(const void *a, const void *b)
{
    const content_problem *p = a, *q = b;
    int order = str_cmp(p->file, q->file);
    if (order == 0)
        order = p->line < q->line ? -1 : p->line > q->line;
    return order ? order : str_cmp(p->message, q->message);
}

err content_read(arena *a, str folder, content_folder **out_folder, content_report *out_report)
{
    *out_report = (content_report){0};
    content_reader r = {a, arena_new(a, content_folder), out_report};
    while (folder.n > 1 && folder.at[folder.n - 1] == '/')
        folder.n--;
    r.folder->path = folder;
    int fd = open(arena_cstr(a, folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return ERR_NOT_FOUND;
    check_top(&r, fd);
    for (const content_kind *kind = content_kinds; kind->name; kind++)
        read_kind(&r, kind, fd);
    read_redirects(&r, fd);
    close(fd);
    content_check(&r);
    check_items(&r);
    content_problems *problems = &out_report->problems;
    if (problems->n)
        qsort(problems->at, problems->n, sizeof *problems->at, compare_problems);
    *out_folder = r.folder;
    return out_report->errors ? ERR_INVALID : OK;
}
