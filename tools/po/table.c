/* SPDX-License-Identifier: EUPL-1.2 */
/* Writing messages.h and messages.c.
 *
 * A text becomes bytes that src/lang/message.c walks: words as they are, \1 and a placeholder's
 * position plus one, \2 and \3 with the tag that opens and closes (a link's tag is followed by the
 * position of its address). Those control bytes cannot stand in a text, so no escape is needed. */

#include "set.h"
#include "source.h"

enum { TAG_B = 1, TAG_EM = 2, TAG_A = 3 };

static void put_name(buf *out, str key)
{
    for (size_t i = 0; i < key.n; i++) {
        char c = key.at[i];
        buf_put_char(out, c == '.' ? '_' : c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
    }
}

static void put_header(arena *a, buf *out, const po_set *s)
{
    const po_catalogue *c = s->english;
    buf_put(out, S("/* Made by tools/poc from po/: do not edit. */\n#pragma once\n\n"
                   "typedef enum msg {\n"));
    for (size_t i = 0; i < c->n; i++) {
        buf_put(out, S("    MSG_"));
        put_name(out, c->at[i].key);
        buf_printf(out, ", /* %.*s */\n", STR_FMT(c->at[i].key));
    }
    buf_put(out, S("    MSG_COUNT\n} msg;\n\n"
                   "/* For each message the positions of its placeholders, their number, and\n"
                   " * whether it holds tags (then it fits element content only). */\n"));
    for (size_t i = 0; i < c->n; i++) {
        const message_args *args = &s->args[i];
        buf name = buf_in(a);
        put_name(&name, c->at[i].key);
        buf_put(out, S("enum {"));
        for (size_t k = 0; k < args->n; k++) {
            buf_printf(out, " MSG_%.*s__ARG_", STR_FMT(buf_str(&name)));
            put_name(out, args->at[k]);
            buf_printf(out, " = %zu,", k);
        }
        buf_printf(out, " MSG_%.*s__ARGS = %zu,", STR_FMT(buf_str(&name)), args->n);
        buf_printf(out, " MSG_%.*s__MARKUP = %d };\n", STR_FMT(buf_str(&name)), args->has_markup);
    }
}

static char tag_code(str tag)
{
    return str_eq(tag, S("b")) ? TAG_B : str_eq(tag, S("em")) ? TAG_EM : TAG_A;
}

/* English with accents, 40 % longer: what stays plain on a page was not written as a message, and
 * what breaks would break in Finnish. */
static void put_pseudo_words(buf *out, str words)
{
    static const char plain[] = "aeiouAEIOUcnsyzCNSYZ";
    static const char *const accented[] = {"á", "é", "í", "ó", "ú", "Á", "É", "Í", "Ó", "Ú",
                                           "ç", "ñ", "š", "ý", "ž", "Ç", "Ñ", "Š", "Ý", "Ž"};
    for (size_t i = 0; i < words.n; i++) {
        const char *found = strchr(plain, words.at[i]);
        str letter = found ? str_of(accented[found - plain]) : (str){&words.at[i], 1};
        buf_put(out, letter);
        if (found && i % 5 < 2)
            buf_put(out, letter);
    }
}

static str encode(arena *a, str text, const message_args *args, bool is_pseudo)
{
    message_text t;
    po_faults none = {.home = a};
    BUG_IF(!message_parse(a, text, 0, &none, &t));
    buf out = buf_in(a);
    if (is_pseudo)
        buf_put(&out, S("["));
    for (size_t i = 0; i < t.n; i++) {
        str part = t.at[i].text;
        switch (t.at[i].kind) {
        case PART_TEXT:
            if (is_pseudo)
                put_pseudo_words(&out, part);
            else
                buf_put(&out, part);
            break;
        case PART_ARG:
            buf_put_char(&out, 1);
            buf_put_char(&out, (char)(message_arg_index(args, part) + 1));
            break;
        case PART_OPEN:
            buf_put_char(&out, 2);
            buf_put_char(&out, tag_code(part));
            if (tag_code(part) == TAG_A)
                buf_put_char(&out, (char)(message_arg_index(args, message_href_name(a, part)) + 1));
            break;
        case PART_CLOSE:
            buf_put_char(&out, 3);
            buf_put_char(&out, tag_code(part));
            break;
        }
    }
    if (is_pseudo) {
        for (size_t padding = text.n / 8; padding; padding--)
            buf_put(&out, S("·"));
        buf_put(&out, S("]"));
    }
    return buf_str(&out);
}

static const char *state_macro(po_state state)
{
    static const char *const names[] = {"MESSAGE_ORIGINAL", "MESSAGE_REVIEWED", "MESSAGE_MACHINE",
                                        "MESSAGE_OUTDATED", "MESSAGE_MISSING"};
    return names[state];
}

/* The texts of one language and, for each message, where its first form is; no forms: English. */
static void put_language(arena *a, buf *out, const po_set *s, size_t language, bool is_pseudo)
{
    str code = is_pseudo ? S("pseudo") : plural_language(language);
    buf entries = buf_in(a);
    size_t first = 0;
    buf_printf(out, "\nstatic const str text_%.*s[] = {\n", STR_FMT(code));
    for (size_t i = 0; i < s->english->n; i++) {
        const po_entry *english = &s->english->at[i];
        po_state state = po_set_state(s, language, english);
        const po_entry *e = state < PO_OUTDATED ? po_set_entry(s, language, english) : NULL;
        size_t n_forms = e ? e->n_forms : 0;
        for (size_t k = 0; k < n_forms; k++) {
            str text = e->forms[k].n ? e->forms[k] : k ? e->source_plural : e->source;
            buf_put(out, S("    STR_INIT("));
            source_put_literal(out, encode(a, text, &s->args[i], is_pseudo));
            buf_put(out, S("),\n"));
        }
        buf_printf(&entries, "    {%zu, %zu, %s},\n", first, n_forms, state_macro(state));
        first += n_forms;
    }
    buf_put(out, S("    {\"\", 0},\n};\n"));
    buf_printf(out, "static const message_entry entries_%.*s[] = {\n%.*s    {0, 0, 0},\n};\n",
               STR_FMT(code), STR_FMT(buf_str(&entries)));
    if (is_pseudo)
        return;
    buf_printf(out, "static unsigned plural_%.*s(uint64_t n)\n{\n    return (unsigned)",
               STR_FMT(code));
    plural_put_c(out, &s->rules[language]);
    buf_put(out, S(";\n}\n"));
}

static void put_source(arena *a, buf *out, const po_set *s, bool with_pseudo)
{
    buf_put(out, S("/* Made by tools/poc from po/: do not edit. */\n"
                   "#include \"lang/catalogue.h\"\n\n"
                   "const message_shape message_shapes[MSG_COUNT + 1] = {\n"));
    for (size_t i = 0; i < s->english->n; i++) {
        const po_entry *e = &s->english->at[i];
        const message_args *args = &s->args[i];
        buf_put(out, S("    {"));
        source_put_literal(out, e->key);
        buf_printf(out, ", %zu, %zd},\n", args->n,
                   e->is_plural ? (ssize_t)message_arg_index(args, S("count")) : -1);
    }
    buf_put(out, S("    {\"\", 0, -1},\n};\n"));
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++)
        put_language(a, out, s, i, false);
    if (with_pseudo)
        put_language(a, out, s, s->english_at, true);
    buf_put(out, S("\nconst catalogue catalogues[LANG_SLOTS] = {\n"));
    for (size_t i = 0; i < PLURAL_LANGUAGES; i++) {
        str code = plural_language(i);
        buf_printf(out, "    {text_%.*s, entries_%.*s, plural_%.*s},\n", STR_FMT(code),
                   STR_FMT(code), STR_FMT(code));
    }
    if (with_pseudo)
        buf_put(out, S("    {text_pseudo, entries_pseudo, plural_en},\n"));
    buf_put(out, S("};\n"));
}

void table_write(arena *a, const po_set *s, bool with_pseudo, const char *header_path,
                 const char *source_path)
{
    buf header = buf_in(a), body = buf_in(a);
    put_header(a, &header, s);
    put_source(a, &body, s, with_pseudo);
    source_write(header_path, buf_str(&header));
    source_write(source_path, buf_str(&body));
}
