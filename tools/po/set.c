/* SPDX-License-Identifier: EUPL-1.2 */
/* Reading all catalogues and holding each against the source. */

#include "set.h"

#include "source.h"

static bool report(const po_faults *f)
{
    for (size_t i = 0; i < f->n; i++)
        fprintf(stderr, "%s:%zu: %.*s\n", f->path, f->at[i].line, STR_FMT(f->at[i].text));
    if (f->n_all > f->n)
        fprintf(stderr, "%s: and %zu more\n", f->path, f->n_all - f->n);
    return f->n_all == 0;
}

static str code_of_path(const char *path)
{
    str name = str_of(path);
    for (size_t slash; (slash = str_find(name, '/')) < name.n;)
        name = str_skip(name, slash + 1);
    return str_ends(name, S(".po")) ? str_head(name, name.n - 3) : (str){"", 0};
}

static size_t language_at(str code)
{
    size_t i = 0;
    while (i < PLURAL_LANGUAGES && !str_eq(plural_language(i), code))
        i++;
    return i;
}

static void check_header(arena *a, const po_catalogue *c, str code, po_faults *faults,
                         plural *out_rule)
{
    plural ours;
    BUG_IF(plural_parse(a, plural_header(code), &ours) != OK);
    *out_rule = ours;
    if (!c->header_line)
        return;
    if (!str_eq(po_header(c, S("Language")), code))
        po_fault_add(faults, c->header_line, "the header has no 'Language: %.*s'", STR_FMT(code));
    if (!str_eq(po_header(c, S("Content-Type")), S("text/plain; charset=UTF-8")))
        po_fault_add(faults, c->header_line,
                     "the header has no 'Content-Type: text/plain; charset=UTF-8'");
    str state = po_header(c, S("X-State"));
    if (state.n && !str_eq(state, S("machine")) && !str_eq(state, S("reviewed")))
        po_fault_add(faults, c->header_line, "X-State is neither 'machine' nor 'reviewed'");
    plural theirs;
    if (plural_parse(a, po_header(c, S("Plural-Forms")), &theirs) != OK ||
        !plural_same(&ours, &theirs)) {
        str wanted = plural_header(code);
        po_fault_add(faults, c->header_line, "the header has no 'Plural-Forms: %.*s'",
                     STR_FMT(wanted));
    }
}

static void check_english(arena *a, po_set *s, po_faults *faults)
{
    const po_catalogue *c = s->english;
    message_args *args = arena_array(a, message_args, c->n ? c->n : 1);
    s->args = args;
    for (size_t i = 0; i < c->n; i++) {
        const po_entry *e = &c->at[i];
        if (!message_key_is_sound(e->key))
            po_fault_add(faults, e->line, "'%.*s' is not a free key such as \"sign.title\"",
                         STR_FMT(e->key));
        if (e->is_fuzzy)
            po_fault_add(faults, e->line, "the source itself cannot be fuzzy");
        if (!message_args_of(a, e, faults, &args[i]))
            continue;
        /* An empty msgstr is the msgid: authors need not write it twice. */
        bool is_same = e->n_forms == (e->is_plural ? 2u : 1u);
        for (size_t k = 0; k < e->n_forms; k++) {
            str text = k ? e->source_plural : e->source;
            is_same = is_same && (e->forms[k].n == 0 || str_eq(e->forms[k], text));
        }
        if (!is_same)
            po_fault_add(faults, e->line, "in en.po msgstr repeats msgid or is empty");
    }
    for (size_t i = 1; i < c->n; i++) {
        /* "a.b_c" and "a_b.c" give the same name in C. */
        for (size_t k = 0; k < i; k++) {
            str x = c->at[i].key, y = c->at[k].key;
            size_t n = 0;
            while (n < x.n && x.n == y.n &&
                   (x.at[n] == '.' ? '_' : x.at[n]) == (y.at[n] == '.' ? '_' : y.at[n]))
                n++;
            if (n == x.n && x.n == y.n && !str_eq(x, y))
                po_fault_add(faults, c->at[i].line, "the same name in C as line %zu",
                             c->at[k].line);
        }
    }
}

static void check_translation(arena *a, const po_set *s, size_t language, po_faults *faults)
{
    const po_catalogue *c = &s->of[language];
    for (size_t i = 0; i < c->n; i++) {
        const po_entry *e = &c->at[i];
        const po_entry *english = po_find(s->english, e->key);
        if (!english)
            po_fault_add(faults, e->line, "en.po has no '%.*s': run tools/po.sh sync",
                         STR_FMT(e->key));
        else if (po_set_state(s, language, english) < PO_OUTDATED)
            message_compare(a, english, e, &s->rules[language], faults);
        else if (!e->is_fuzzy && po_is_translated(e))
            po_fault_add(faults, e->line, "the source has changed: run tools/po.sh sync");
        else if (!e->is_fuzzy)
            message_compare(a, english, e, &s->rules[language], faults);
    }
}

bool po_set_read(arena *a, char *const *paths, size_t n, po_set *out_set)
{
    po_set *s = out_set;
    *s = (po_set){0};
    po_faults *faults = arena_array(a, po_faults, n ? n : 1);
    bool is_sound = true;
    for (size_t i = 0; i < n; i++) {
        str code = code_of_path(paths[i]);
        size_t at = language_at(code);
        if (at == PLURAL_LANGUAGES || s->of[at].path) {
            fprintf(stderr, "%s:1: not XX.po of one of the 24 languages, or twice\n", paths[i]);
            return false;
        }
        source text = source_read(a, paths[i]);
        faults[i] = (po_faults){.home = a, .path = paths[i]};
        po_read(a, text.text, &faults[i], &s->of[at]);
        check_header(a, &s->of[at], code, &faults[i], &s->rules[at]);
        if (str_eq(code, S("en"))) {
            s->english_at = at;
            s->english = &s->of[at];
            check_english(a, s, &faults[i]);
        }
    }
    if (!s->english) {
        fprintf(stderr, "po/en.po is missing\n");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        size_t at = language_at(code_of_path(paths[i]));
        if (at != s->english_at)
            check_translation(a, s, at, &faults[i]);
        is_sound = report(&faults[i]) && is_sound;
    }
    return is_sound;
}

const po_entry *po_set_entry(const po_set *s, size_t language, const po_entry *english)
{
    return s->of[language].path ? po_find(&s->of[language], english->key) : NULL;
}

po_state po_set_state(const po_set *s, size_t language, const po_entry *english)
{
    if (language == s->english_at)
        return PO_ORIGINAL;
    const po_entry *e = po_set_entry(s, language, english);
    if (!e || !po_is_translated(e))
        return PO_MISSING;
    if (e->is_fuzzy || e->is_plural != english->is_plural || !str_eq(e->source, english->source) ||
        !str_eq(e->source_plural, english->source_plural))
        return PO_OUTDATED;
    str rest = e->remark, state = po_header(&s->of[language], S("X-State"));
    while (rest.n) {
        str line = str_cut(rest, '\n', &rest);
        if (str_starts(line, S("state:")))
            state = str_trim(str_skip(line, sizeof "state:" - 1));
    }
    return str_eq(state, S("reviewed")) ? PO_REVIEWED : PO_MACHINE;
}

const char *po_state_name(po_state state)
{
    static const char *const names[] = {"original", "reviewed", "machine", "outdated", "missing"};
    return names[state];
}
