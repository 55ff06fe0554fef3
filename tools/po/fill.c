/* SPDX-License-Identifier: EUPL-1.2 */
/* A list for translating without a .po editor: one line a text, "sign.title = …", plural forms as
 * "count.signatures[0] = …", line ends inside a text as \n, remarks behind '#'. What a language
 * lacks is printed in this form with the English text, and read back with the translation. */

#include "set.h"
#include "source.h"

#include "base/number.h"

static void put_escaped(buf *out, str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.at[i] == '\n')
            buf_put(out, S("\\n"));
        else if (s.at[i] == '\\')
            buf_put(out, S("\\\\"));
        else
            buf_put_char(out, s.at[i]);
    }
}

static void put_remarks(buf *out, str lines)
{
    while (lines.n) {
        str line = str_cut(lines, '\n', &lines);
        buf_printf(out, "# %.*s\n", STR_FMT(line));
    }
}

void fill_print_lacking(arena *a, const po_set *s, size_t language)
{
    buf out = buf_in(a);
    for (size_t i = 0; i < s->english->n; i++) {
        const po_entry *english = &s->english->at[i];
        if (po_set_state(s, language, english) < PO_OUTDATED)
            continue;
        const po_entry *e = po_set_entry(s, language, english);
        put_remarks(&out, e ? e->note : english->note);
        if (e && e->is_fuzzy) {
            buf_put(&out, S("# before, from another source: "));
            put_escaped(&out, e->forms[0]);
            buf_put_char(&out, '\n');
        }
        size_t n_forms = english->is_plural ? s->rules[language].n_forms : 1;
        for (size_t form = 0; form < n_forms; form++) {
            buf_put(&out, english->key);
            if (english->is_plural)
                buf_printf(&out, "[%zu]", form);
            buf_put(&out, S(" = "));
            bool is_one = !english->is_plural ||
                          strcmp(plural_category(plural_language(language), form), "one") == 0;
            put_escaped(&out, is_one ? english->source : english->source_plural);
            buf_put_char(&out, '\n');
        }
        buf_put_char(&out, '\n');
    }
    fwrite(buf_str(&out).at, 1, buf_str(&out).n, stdout);
}

static str unescape(arena *a, const source *list, size_t line, str s)
{
    buf out = buf_in(a);
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        if (c == '\\') {
            char code = i + 1 < s.n ? s.at[++i] : 0;
            if (code != 'n' && code != '\\')
                source_refuse(list, line, "only \\n and \\\\ are known");
            c = code == 'n' ? '\n' : '\\';
        }
        buf_put_char(&out, c);
    }
    return buf_str(&out);
}

/* "key" or "key[2]". */
static po_entry *find_target(const po_catalogue *c, const source *list, size_t line, str name,
                             size_t *out_form)
{
    str digits;
    str key = str_cut(name, '[', &digits);
    const po_entry *found = po_find(c, key);
    if (!found)
        source_refuse(list, line, "%s has no '%.*s'", c->path, STR_FMT(key));
    int64_t form = 0;
    bool has_form = digits.n > 0;
    if (has_form != found->is_plural ||
        (has_form &&
         (!str_ends(digits, S("]")) || number_parse(str_head(digits, digits.n - 1), 0,
                                                    (int64_t)found->n_forms - 1, &form) != OK)))
        source_refuse(list, line, "'%.*s' is not a form of this message", STR_FMT(name));
    *out_form = (size_t)form;
    return &c->at[found - c->at];
}

bool fill_from_list(arena *a, const char *po_path, const char *list_path)
{
    source before = source_read(a, po_path);
    po_faults faults = {.home = a, .path = po_path};
    po_catalogue c;
    if (!po_read(a, before.text, &faults, &c)) {
        fprintf(stderr, "%s:%zu: %.*s\n", po_path, faults.at[0].line, STR_FMT(faults.at[0].text));
        return false;
    }
    source list = source_read(a, list_path);
    str rest = list.text, line;
    size_t filled = 0;
    for (size_t number = 1; source_line(&rest, &line); number++) {
        if (str_trim(line).n == 0 || line.at[0] == '#')
            continue;
        size_t equals = str_find_str(line, S(" = "));
        if (equals >= line.n)
            source_refuse(&list, number, "expected: key = text");
        size_t form;
        po_entry *e = find_target(&c, &list, number, str_trim(str_head(line, equals)), &form);
        e->forms[form] = unescape(a, &list, number, str_skip(line, equals + 3));
        e->is_fuzzy = false;
        e->previous = (str){"", 0};
        filled++;
    }
    buf out = buf_in(a);
    po_put_header(&out, c.header);
    for (size_t i = 0; i < c.n; i++) {
        buf_put_char(&out, '\n');
        po_put_entry(&out, &c.at[i]);
    }
    source_write(po_path, buf_str(&out));
    printf("%s: %zu texts filled\n", po_path, filled);
    return true;
}
