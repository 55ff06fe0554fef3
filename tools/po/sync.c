/* SPDX-License-Identifier: EUPL-1.2 */
/* Bringing all catalogues to the messages of en.po.
 *
 * The order is that of en.po, where messages of one section (the first word of the key) are kept
 * together, so that two authors who add to different sections do not touch the same lines. */

#include "set.h"
#include "source.h"

#include <unistd.h>

typedef struct syncing {
    arena *home;
    po_catalogue english;
    bool is_trivial;
    bool is_sound;
} syncing;

static bool same_section(str a, str b)
{
    return str_eq(str_head(a, str_find(a, '.')), str_head(b, str_find(b, '.')));
}

/* Sections in order of first appearance, and inside each the order of the file. */
static void group_sections(arena *a, po_catalogue *c)
{
    po_entry *out = arena_array(a, po_entry, c->n ? c->n : 1);
    bool *is_taken = arena_array(a, bool, c->n ? c->n : 1);
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (is_taken[i])
            continue;
        for (size_t k = i; k < c->n; k++) {
            if (is_taken[k] || !same_section(c->at[k].key, c->at[i].key))
                continue;
            is_taken[k] = true;
            out[n++] = c->at[k];
        }
    }
    BUG_IF(n != c->n);
    c->at = out;
}

/* Reads folder/XX.po; false when it is not there. */
static bool read_catalogue(syncing *s, const char *path, po_catalogue *out_catalogue)
{
    if (access(path, F_OK) != 0)
        return false;
    source text = source_read(s->home, path);
    po_faults faults = {.home = s->home, .path = path};
    if (!po_read(s->home, text.text, &faults, out_catalogue)) {
        for (size_t i = 0; i < faults.n; i++)
            fprintf(stderr, "%s:%zu: %.*s\n", path, faults.at[i].line, STR_FMT(faults.at[i].text));
        s->is_sound = false;
    }
    return true;
}

static str new_header(arena *a, str code)
{
    str forms = plural_header(code);
    return arena_printf(a,
                        "Project-Id-Version: undersigned\n"
                        "PO-Revision-Date: 2026-11-22 12:00+0000\n"
                        "Last-Translator: \n"
                        "Language-Team: \n"
                        "Language: %.*s\n"
                        "MIME-Version: 1.0\n"
                        "Content-Type: text/plain; charset=UTF-8\n"
                        "Content-Transfer-Encoding: 8bit\n"
                        "Plural-Forms: %.*s\n"
                        "X-State: machine\n",
                        STR_FMT(code), STR_FMT(forms));
}

/* "[0] one: 1 21 31 41 …; [1] few: 2 3 4 22 …": for whoever fills the forms. */
static str forms_note(arena *a, str code)
{
    plural rule;
    BUG_IF(plural_parse(a, plural_header(code), &rule) != OK);
    buf out = buf_in(a);
    buf_put(&out, S("forms:"));
    for (size_t form = 0; form < rule.n_forms; form++) {
        buf_printf(&out, "%s [%zu] %s:", form ? ";" : "", form, plural_category(code, form));
        size_t shown = 0;
        for (uint64_t n = 0; n < 200 && shown < 5; n++) {
            if (plural_form(&rule, n) == form) {
                buf_printf(&out, shown < 4 ? " %d" : " …", (int)n);
                shown++;
            }
        }
        if (plural_form(&rule, 1000000) == form && shown == 0)
            buf_put(&out, S(" whole millions"));
        else if (shown == 0)
            buf_put(&out, S(" fractions only"));
    }
    buf_put_char(&out, '\n');
    return buf_str(&out);
}

/* A translation whose key is gone while its text is the source of a new key was renamed. */
static const po_entry *find_old(const syncing *s, const po_catalogue *c, const po_entry *english)
{
    const po_entry *old = po_find(c, english->key);
    for (size_t i = 0; !old && i < c->n; i++) {
        const po_entry *e = &c->at[i];
        if (str_eq(e->source, english->source) && !po_find(&s->english, e->key))
            old = e;
    }
    return old;
}

/* The translator's remarks without the claim that the text was reviewed. */
static str without_state(arena *a, str remark)
{
    buf out = buf_in(a);
    while (remark.n) {
        str line = str_cut(remark, '\n', &remark);
        if (!str_starts(line, S("state:")))
            buf_printf(&out, "%.*s\n", STR_FMT(line));
    }
    return buf_str(&out);
}

static str previous_source(arena *a, str text)
{
    po_entry probe = {.source = text, .n_forms = 0};
    buf out = buf_in(a);
    po_put_entry(&out, &probe);
    str all = buf_str(&out);
    return str_skip(all, str_find_str(all, S("msgid ")));
}

static po_entry merge(const syncing *s, const po_catalogue *c, str code, const po_entry *english)
{
    arena *a = s->home;
    plural rule;
    BUG_IF(plural_parse(a, plural_header(code), &rule) != OK);
    po_entry e = *english;
    e.n_forms = e.is_plural ? rule.n_forms : 1;
    memset(e.forms, 0, sizeof e.forms);
    e.remark = e.previous = (str){"", 0};
    if (e.is_plural)
        e.note = arena_printf(a, "%.*s%.*s", STR_FMT(english->note), STR_FMT(forms_note(a, code)));
    const po_entry *old = find_old(s, c, english);
    if (!old)
        return e;
    e.remark = old->remark;
    if (old->is_plural != e.is_plural || old->n_forms != e.n_forms)
        return e;
    memcpy(e.forms, old->forms, sizeof e.forms);
    bool has_changed = !str_eq(old->source, english->source) ||
                       !str_eq(old->source_plural, english->source_plural);
    bool is_empty = true;
    for (size_t i = 0; i < e.n_forms; i++)
        is_empty = is_empty && e.forms[i].n == 0;
    if (is_empty)
        return e;
    e.is_fuzzy = old->is_fuzzy;
    e.previous = old->is_fuzzy ? old->previous : (str){"", 0};
    if (has_changed && !s->is_trivial && !old->is_fuzzy) {
        e.is_fuzzy = true;
        e.previous = previous_source(a, old->source);
        e.remark = without_state(a, old->remark);
    }
    return e;
}

/* In en.po each text stands twice, so that gettext tools show it as translated. */
static po_entry repeat_source(const po_entry *english)
{
    po_entry e = *english;
    e.n_forms = e.is_plural ? 2 : 1;
    e.forms[0] = e.source;
    e.forms[1] = e.source_plural;
    return e;
}

static str compose(const syncing *s, const po_catalogue *c, str code)
{
    buf out = buf_in(s->home);
    po_put_header(&out, c->header_line ? c->header : new_header(s->home, code));
    for (size_t i = 0; i < s->english.n; i++) {
        const po_entry *english = &s->english.at[i];
        po_entry e = str_eq(code, S("en")) ? repeat_source(english) : merge(s, c, code, english);
        buf_put_char(&out, '\n');
        po_put_entry(&out, &e);
    }
    return buf_str(&out);
}

bool sync_folder(arena *a, const char *folder, bool is_trivial)
{
    syncing s = {.home = a, .is_trivial = is_trivial, .is_sound = true};
    const char *paths[PLURAL_LANGUAGES];
    po_catalogue of[PLURAL_LANGUAGES] = {0};
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        str code = plural_language(i);
        str path = arena_printf(a, "%s/%.*s.po", folder, STR_FMT(code));
        paths[i] = arena_cstr(a, path);
        bool is_there = read_catalogue(&s, paths[i], &of[i]);
        if (str_eq(code, S("en"))) {
            if (!is_there) {
                fprintf(stderr, "%s: missing\n", paths[i]);
                return false;
            }
            s.english = of[i];
        }
    }
    if (!s.is_sound)
        return false;
    group_sections(a, &s.english);
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++)
        source_write(paths[i], compose(&s, &of[i], plural_language(i)));
    return true;
}
