/* SPDX-License-Identifier: EUPL-1.2 */
/* floors ROOT: reads the sources below ROOT and says what breaks the rules of the house: an include
 * past the module's floor (src/floors.table), a source file without its licence line, longer than
 * people read, with an absolute path of somebody's machine or a mark of unfinished work.
 *
 * The compiler refuses an include past the floor too, as long as nobody adds an include path; this
 * is the second lock, and the one that explains. Exits 1 when anything was said. */

#include "source.h"

#include "base/base.h"

#include <dirent.h>
#include <sys/stat.h>

enum {
    MODULES_MOST = 40,
    NAMES_MOST = 30,
    LONG_MOST = 100,
    FILE_LINES = 600,
    HEADER_LINES = 150,
    FUNCTION_LINES = 60,
};

typedef struct floor_rule {
    str module;
    str names[NAMES_MOST];
    size_t n;
} floor_rule;

typedef struct house {
    arena *a;
    str root;
    str own_path; /* ROOT as the machine knows it */
    floor_rule rules[MODULES_MOST];
    size_t rules_n;
    str longs[LONG_MOST];
    bool long_seen[LONG_MOST];
    size_t longs_n;
    size_t files;
    size_t complaints;
} house;

static void complain(house *h, str path, size_t line, const char *why, str what)
{
    if (line > 0)
        printf("%.*s:%zu: %s", STR_FMT(path), line, why);
    else
        printf("%.*s: %s", STR_FMT(path), why);
    if (what.n > 0)
        printf(" '%.*s'", STR_FMT(what));
    putchar('\n');
    h->complaints++;
}

/* ---- the table ---- */

static void floor_line(house *h, const source *table, size_t number, str line)
{
    str rest;
    str module = str_trim(str_cut(line, ':', &rest));
    if (module.n == 0 || source_identifier(module) != module.n || str_find(line, ':') == line.n)
        source_refuse(table, number, "expected 'floor MODULE: NAME…'");
    if (h->rules_n == MODULES_MOST)
        source_refuse(table, number, "too many modules");
    for (size_t i = 0; i < h->rules_n; i++)
        if (str_eq(h->rules[i].module, module))
            source_refuse(table, number, "'%.*s' has a floor already", STR_FMT(module));
    floor_rule *rule = &h->rules[h->rules_n++];
    rule->module = module;
    while ((rest = str_trim(rest)).n > 0) {
        if (rule->n == NAMES_MOST)
            source_refuse(table, number, "too many names");
        rule->names[rule->n++] = str_cut(rest, ' ', &rest);
    }
}

static void long_line(house *h, const source *table, size_t number, str line)
{
    str reason;
    str path = str_cut(line, ' ', &reason);
    if (str_trim(reason).n == 0)
        source_refuse(table, number, "'%.*s' is long without a reason", STR_FMT(path));
    if (h->longs_n == LONG_MOST)
        source_refuse(table, number, "too many long files");
    h->longs[h->longs_n++] = path;
}

static void table_read(house *h)
{
    str path = arena_printf(h->a, "%.*s/src/floors.table", STR_FMT(h->root));
    source table = source_read(h->a, arena_cstr(h->a, path));
    str rest = table.text, line, argument;
    for (size_t number = 1; source_line(&rest, &line); number++) {
        line = str_trim(line);
        if (line.n == 0 || line.at[0] == '#')
            continue;
        str word = str_cut(line, ' ', &argument);
        if (str_eq(word, S("floor")))
            floor_line(h, &table, number, argument);
        else if (str_eq(word, S("long")))
            long_line(h, &table, number, argument);
        else
            source_refuse(&table, number, "expected 'floor' or 'long'");
    }
}

static const floor_rule *rule_of(const house *h, str module)
{
    for (size_t i = 0; i < h->rules_n; i++)
        if (str_eq(h->rules[i].module, module))
            return &h->rules[i];
    return NULL;
}

/* ---- one file ---- */

static str last_part(str path)
{
    for (size_t i = path.n; i > 0; i--)
        if (path.at[i - 1] == '/')
            return str_skip(path, i);
    return path;
}

static bool is_test(str name)
{
    return str_ends(name, S("_test.c")) || str_starts(name, S("test_")) ||
           str_find_str(name, S("_test_")) < name.n;
}

/* Whether a file of that name lies in the same folder. */
static bool is_neighbour(const house *h, str path, str name)
{
    str folder = str_head(path, path.n - last_part(path).n);
    str full =
        arena_printf(h->a, "%.*s/%.*s%.*s", STR_FMT(h->root), STR_FMT(folder), STR_FMT(name));
    struct stat status;
    return stat(arena_cstr(h->a, full), &status) == 0;
}

/* src/MODULE/… with #include "target". */
static void include_check(house *h, str path, size_t line, str target)
{
    str rest;
    str module = str_cut(str_skip(path, 4), '/', &rest);
    const floor_rule *rule = rule_of(h, module);
    if (!rule) {
        complain(h, path, line,
                 "belongs to a module that has no floor in src/floors.table:", module);
        return;
    }
    if (is_test(last_part(path)))
        return;
    if (str_find_str(target, S("..")) < target.n) {
        complain(h, path, line, "includes by a path upwards:", target);
        return;
    }
    size_t slash = str_find(target, '/');
    str name = str_head(target, slash);
    bool is_own = slash == target.n ? is_neighbour(h, path, target) : str_eq(name, module);
    for (size_t i = 0; i < rule->n && !is_own; i++)
        is_own = str_eq(rule->names[i], name) || str_eq(rule->names[i], S("*"));
    if (!is_own)
        complain(h, path, line, "includes what its floor does not allow:", target);
}

static void include_line(house *h, str path, size_t number, str line)
{
    str s = str_trim(line);
    if (!str_starts(path, S("src/")) || s.n == 0 || s.at[0] != '#')
        return;
    s = str_trim(str_skip(s, 1));
    if (!str_starts(s, S("include")))
        return;
    s = str_trim(str_skip(s, 7));
    if (s.n == 0 || s.at[0] != '"')
        return;
    s = str_skip(s, 1);
    include_check(h, path, number, str_head(s, str_find(s, '"')));
}

static bool is_word_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

static bool has_word(str line, str word)
{
    for (size_t from = 0;;) {
        size_t at = from + str_find_str(str_skip(line, from), word);
        if (at >= line.n)
            return false;
        bool starts = at == 0 || !is_word_byte(line.at[at - 1]);
        bool ends = at + word.n == line.n || !is_word_byte(line.at[at + word.n]);
        if (starts && ends)
            return true;
        from = at + 1;
    }
}

/* Split, so that this file does not find itself. */
static const str marks[] = {STR_INIT("TO"
                                     "DO"),
                            STR_INIT("FIX"
                                     "ME"),
                            STR_INIT("X"
                                     "XX"),
                            STR_INIT("HA"
                                     "CK")};
static const str homes[] = {STR_INIT("/ho"
                                     "me/"),
                            STR_INIT("/Us"
                                     "ers/"),
                            STR_INIT("/ro"
                                     "ot/")};

/* A path from the root, not the middle of one. */
static bool has_path(str line, str start)
{
    size_t at = str_find_str(line, start);
    char before = at > 0 && at < line.n ? line.at[at - 1] : ' ';
    return at < line.n && !is_word_byte(before) && before != '.' && before != '}' && before != '-';
}

static void words_check(house *h, str path, size_t number, str line)
{
    for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
        if (has_word(line, marks[i]))
            complain(h, path, number, "is marked as unfinished:", marks[i]);
    for (size_t i = 0; i < sizeof(homes) / sizeof(homes[0]); i++)
        if (has_path(line, homes[i]))
            complain(h, path, number, "names a place on somebody's machine:", homes[i]);
    if (h->own_path.n > 1 && str_find_str(line, h->own_path) < line.n)
        complain(h, path, number, "names a place on this machine:", h->own_path);
}

typedef struct kind {
    const char *end;
    size_t lines_most; /* 0: any number */
    bool is_c;
} kind;

static const kind kinds[] = {
    {".c", FILE_LINES, true},    {".h", HEADER_LINES, true},
    {".sh", FILE_LINES, false},  {".js", FILE_LINES, false},
    {".mjs", FILE_LINES, false}, {".py", FILE_LINES, false},
    {".css", 0, false},          {".sql", FILE_LINES, false},
    {"meson.build", 0, false},   {"meson_options.txt", 0, false},
};

/* Commands without an ending in their name. */
static const str commands[] = {STR_INIT("run"), STR_INIT("check"), STR_INIT(".ci/run")};

static const kind *kind_of(str path)
{
    static const kind command = {"", FILE_LINES, false};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (str_ends(path, str_of(kinds[i].end)))
            return &kinds[i];
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
        if (str_eq(path, commands[i]))
            return &command;
    return NULL;
}

static bool may_be_long(house *h, str path)
{
    for (size_t i = 0; i < h->longs_n; i++)
        if (str_eq(h->longs[i], path)) {
            h->long_seen[i] = true;
            return true;
        }
    return false;
}

static void file_check(house *h, str path)
{
    const kind *k = kind_of(path);
    if (!k)
        return;
    h->files++;
    arena *before = h->a;
    h->a = arena_open(64 << 20);
    str full = arena_printf(h->a, "%.*s/%.*s", STR_FMT(h->root), STR_FMT(path));
    source s = source_read(h->a, arena_cstr(h->a, full));
    str rest = s.text, line;
    bool is_licensed = false;
    bool may = may_be_long(h, path);
    size_t number = 1, body = 0;
    for (; source_line(&rest, &line); number++) {
        is_licensed =
            is_licensed ||
            (number <= 3 && str_find_str(line, S("SPDX-License-Identifier: EUPL-1.2")) < line.n);
        words_check(h, path, number, line);
        if (!k->is_c)
            continue;
        include_line(h, path, number, line);
        if (str_eq(line, S("{")))
            body = number;
        if (str_eq(line, S("}")) && body > 0 && number - body + 1 > FUNCTION_LINES && !may)
            complain(h, path, body, "a function is longer than 60 lines", S(""));
    }
    if (!is_licensed)
        complain(h, path, 1, "has no line 'SPDX-License-Identifier: EUPL-1.2' at its head", S(""));
    if (k->lines_most > 0 && number - 1 > k->lines_most && !may)
        complain(h, path, number - 1,
                 k->lines_most == HEADER_LINES ? "a header is longer than 150 lines"
                                               : "is longer than 600 lines",
                 S(""));
    arena_close(h->a);
    h->a = before;
}

/* ---- the tree ---- */

/* Not ours, or made, or wrong on purpose. */
static bool is_passed_over(str path, str name)
{
    return (str_starts(name, S(".")) && !str_eq(path, S(".ci"))) ||
           (str_starts(name, S("build")) && str_eq(path, name)) ||
           str_eq(name, S("node_modules")) || str_eq(path, S("data")) ||
           str_eq(path, S("fuzz/corpus")) ||
           (str_starts(path, S("tests/refuse/")) && str_find(name, '.') == name.n);
}

static void folder_check(house *h, str folder)
{
    str full = arena_printf(h->a, "%.*s/%.*s", STR_FMT(h->root), STR_FMT(folder));
    struct dirent **entries;
    int n = scandir(arena_cstr(h->a, full), &entries, NULL, alphasort);
    if (n < 0) {
        complain(h, folder, 0, "cannot be read", S(""));
        return;
    }
    for (int i = 0; i < n; i++) {
        str name = str_of(entries[i]->d_name);
        str path = folder.n > 0 ? arena_printf(h->a, "%.*s/%.*s", STR_FMT(folder), STR_FMT(name))
                                : arena_copy(h->a, name);
        if (!is_passed_over(path, name)) {
            if (entries[i]->d_type == DT_DIR)
                folder_check(h, path);
            else if (entries[i]->d_type == DT_REG)
                file_check(h, path);
        }
        free(entries[i]);
    }
    free(entries);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: floors ROOT\n", stderr);
        return 2;
    }
    house *h = &(house){.a = arena_open(64 << 20), .root = str_of(argv[1])};
    char *own_path = realpath(argv[1], NULL);
    h->own_path = str_of(own_path);
    table_read(h);
    folder_check(h, S(""));
    for (size_t i = 0; i < h->longs_n; i++)
        if (!h->long_seen[i])
            complain(h, S("src/floors.table"), 0,
                     "names a long file that is not there:", h->longs[i]);
    if (h->complaints == 0)
        printf("%zu files keep the rules\n", h->files);
    free(own_path);
    int outcome = h->complaints > 0;
    arena_close(h->a);
    return outcome;
}
