/* SPDX-License-Identifier: EUPL-1.2 */
/* Taking message texts apart and comparing a translation with its source. */

#include "message.h"

#include "base/utf8.h"

static bool is_name(str s)
{
    if (s.n == 0 || s.n > 40 || s.at[0] < 'a' || s.at[0] > 'z')
        return false;
    for (size_t i = 1; i < s.n; i++) {
        char c = s.at[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        if (!is_fine || (c == '_' && s.at[i - 1] == '_'))
            return false;
    }
    return s.at[s.n - 1] != '_';
}

static bool is_link(str tag)
{
    return str_eq(tag, S("a")) ||
           (tag.n == 2 && tag.at[0] == 'a' && tag.at[1] >= '1' && tag.at[1] <= '9');
}

static bool is_tag(str tag)
{
    return str_eq(tag, S("b")) || str_eq(tag, S("em")) || is_link(tag);
}

bool message_key_is_sound(str key)
{
    /* MSG_COUNT and MSG_ARG_… are names of lang.h. */
    if (key.n > 60 || str_eq(key, S("count")) || str_starts(key, S("arg.")) ||
        str_starts(key, S("arg_")) || str_ends(key, S(".")))
        return false;
    while (key.n) {
        if (!is_name(str_cut(key, '.', &key)))
            return false;
    }
    return true;
}

/* What stands between mark `open` at the front of text and mark `close`; *rest follows it. */
static bool cut_mark(str text, char close, str *out_inner, str *rest)
{
    size_t end = str_find(text, close);
    if (end >= text.n)
        return false;
    *out_inner = str_head(str_skip(text, 1), end - 1);
    *rest = str_skip(text, end + 1);
    return true;
}

/* Opens or closes a tag on the stack of open ones. */
static bool nest(str inner, str *stack, size_t *depth, message_part *out_part, const char **out_why)
{
    bool closes = inner.n && inner.at[0] == '/';
    str tag = closes ? str_skip(inner, 1) : inner;
    *out_part = (message_part){closes ? PART_CLOSE : PART_OPEN, tag};
    *out_why = NULL;
    if (!is_tag(tag)) {
        *out_why = "is not one of <b>, <em>, <a>, <a1> to <a9>";
    } else if (closes) {
        if (*depth == 0 || !str_eq(stack[*depth - 1], tag))
            *out_why = "closes what is not open";
        else
            (*depth)--;
    } else {
        for (size_t i = 0; i < *depth; i++) {
            if (str_eq(stack[i], tag) || (is_link(stack[i]) && is_link(tag)))
                *out_why = "stands inside itself or inside another link";
        }
        if (*depth == 3)
            *out_why = "is nested too deep";
        if (!*out_why)
            stack[(*depth)++] = tag;
    }
    return *out_why == NULL;
}

static bool has_bad_controls(arena *a, str text)
{
    buf without = buf_in(a);
    for (size_t i = 0; i < text.n; i++) {
        if (text.at[i] != '\n')
            buf_put_char(&without, text.at[i]);
    }
    return utf8_has_controls(buf_str(&without));
}

bool message_parse(arena *a, str text, size_t line, po_faults *faults, message_text *out_text)
{
    message_text t = {0};
    str stack[4];
    size_t depth = 0;
    if (has_bad_controls(a, text)) {
        po_fault_add(faults, line, "a control or invisible direction character");
        return false;
    }
    while (text.n) {
        message_part part = {PART_TEXT, {"", 0}};
        str inner = {"", 0};
        size_t n = 0;
        while (n < text.n && !strchr("{}<>", text.at[n]))
            n++;
        if (n) {
            part.text = str_head(text, n);
            text = str_skip(text, n);
        } else if (text.at[0] == '{') {
            if (!cut_mark(text, '}', &inner, &text) || !is_name(inner)) {
                po_fault_add(faults, line, "a brace that is not a {placeholder}");
                return false;
            }
            part = (message_part){PART_ARG, inner};
        } else if (text.at[0] == '<' && cut_mark(text, '>', &inner, &text)) {
            const char *why;
            if (!nest(inner, stack, &depth, &part, &why)) {
                po_fault_add(faults, line, "<%.*s> %s", STR_FMT(str_head(inner, 40)), why);
                return false;
            }
        } else {
            po_fault_add(faults, line, "a stray '%c'", text.at[0]);
            return false;
        }
        if (t.n == MESSAGE_PARTS_MOST) {
            po_fault_add(faults, line, "more than %d parts", MESSAGE_PARTS_MOST);
            return false;
        }
        t.at[t.n++] = part;
    }
    if (depth)
        po_fault_add(faults, line, "<%.*s> is not closed", STR_FMT(stack[depth - 1]));
    *out_text = t;
    return depth == 0;
}

str message_href_name(arena *a, str tag)
{
    return arena_printf(a, "%.*s_href", STR_FMT(tag));
}

size_t message_arg_index(const message_args *args, str name)
{
    size_t i = 0;
    while (i < args->n && !str_eq(args->at[i], name))
        i++;
    return i;
}

static bool collect(arena *a, str text, size_t line, po_faults *faults, message_args *args)
{
    message_text t;
    if (!message_parse(a, text, line, faults, &t))
        return false;
    for (size_t i = 0; i < t.n; i++) {
        str name = t.at[i].text;
        if (t.at[i].kind == PART_OPEN) {
            args->has_markup = true;
            if (!is_link(name))
                continue;
            name = message_href_name(a, name);
        } else if (t.at[i].kind != PART_ARG) {
            continue;
        }
        if (message_arg_index(args, name) < args->n)
            continue;
        if (args->n == MESSAGE_ARGS_MOST) {
            po_fault_add(faults, line, "more than %d placeholders", MESSAGE_ARGS_MOST);
            return false;
        }
        args->at[args->n++] = name;
    }
    return true;
}

bool message_args_of(arena *a, const po_entry *source, po_faults *faults, message_args *out_args)
{
    message_args args = {0};
    if (!collect(a, source->source, source->line, faults, &args))
        return false;
    if (source->is_plural) {
        if (!collect(a, source->source_plural, source->line, faults, &args))
            return false;
        if (str_find_str(source->source_plural, S("{count}")) >= source->source_plural.n) {
            po_fault_add(faults, source->line,
                         "msgid_plural does not show {count}, which picks the form");
            return false;
        }
    }
    *out_args = args;
    return true;
}

/* How often the text uses this part, as a placeholder or as an opened tag. */
static size_t uses(const message_text *t, message_part_kind kind, str name)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++)
        n += t->at[i].kind == kind && str_eq(t->at[i].text, name);
    return n;
}

/* Everything that `from` uses is used by `to`. `is_number_clear`: to may leave {count} out. */
static void compare_parts(const message_text *from, const message_text *to, bool is_number_clear,
                          const char *verb, size_t line, po_faults *faults)
{
    for (size_t i = 0; i < from->n; i++) {
        const message_part *p = &from->at[i];
        bool is_arg = p->kind == PART_ARG;
        if (!is_arg && p->kind != PART_OPEN)
            continue;
        size_t wanted = uses(from, p->kind, p->text), found = uses(to, p->kind, p->text);
        if (is_arg ? found > 0 : found == wanted)
            continue;
        if (is_arg && is_number_clear && str_eq(p->text, S("count")))
            continue;
        po_fault_add(faults, line, is_arg ? "%s {%.*s}" : "%s <%.*s>", verb, STR_FMT(p->text));
    }
}

static size_t line_ends(str s)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n; i++)
        n += s.at[i] == '\n';
    return n;
}

static bool same_outer_space(str a, str b)
{
    static const char space[] = " \t\n";
    bool a_first = strchr(space, a.at[0]) != NULL, b_first = strchr(space, b.at[0]) != NULL;
    bool a_last = strchr(space, a.at[a.n - 1]) != NULL,
         b_last = strchr(space, b.at[b.n - 1]) != NULL;
    return a_first == b_first && a_last == b_last;
}

static void compare_form(arena *a, str source, str text, bool is_number_clear, size_t line,
                         po_faults *faults)
{
    message_text from, to;
    /* Faults of the source are reported where it stands. */
    po_faults elsewhere = {.home = a};
    if (!message_parse(a, source, line, &elsewhere, &from) ||
        !message_parse(a, text, line, faults, &to))
        return;
    compare_parts(&from, &to, is_number_clear, "the source has", line, faults);
    compare_parts(&to, &from, false, "the source has no", line, faults);
    if (line_ends(source) != line_ends(text))
        po_fault_add(faults, line, "the source has %zu line ends", line_ends(source));
    if (!same_outer_space(source, text))
        po_fault_add(faults, line, "space at the start or end differs from the source");
}

void message_compare(arena *a, const po_entry *source, const po_entry *translation,
                     const plural *rule, po_faults *faults)
{
    const po_entry *t = translation;
    if (t->is_plural != source->is_plural) {
        po_fault_add(faults, t->line, "the source %s plural", source->is_plural ? "is" : "is not");
        return;
    }
    size_t wanted = t->is_plural ? rule->n_forms : 1, filled = 0;
    for (size_t i = 0; i < t->n_forms; i++)
        filled += t->forms[i].n > 0;
    if (filled == 0)
        return;
    if (t->n_forms != wanted || filled != wanted) {
        po_fault_add(faults, t->line, "%zu of %zu plural forms", filled, wanted);
        return;
    }
    for (size_t i = 0; i < wanted; i++) {
        bool is_number_clear = t->is_plural && plural_only_number(rule, i) >= 0;
        str from = t->is_plural ? source->source_plural : source->source;
        compare_form(a, from, t->forms[i], is_number_clear, t->form_lines[i], faults);
    }
}
