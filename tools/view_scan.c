/* SPDX-License-Identifier: EUPL-1.2 */
/* Directives. An expression is C that the compiler will judge; here it is only made sure that it is
 * one expression: balanced, on one line, and without anything that could end or comment out the
 * statement it is put into. */

#include "view_scan.h"

#include <stdarg.h>

char scan_peek(const scan *c, size_t ahead)
{
    return c->at + ahead < c->src->text.n ? c->src->text.at[c->at + ahead] : 0;
}

str scan_rest(const scan *c)
{
    return str_skip(c->src->text, c->at);
}

void scan_skip(scan *c, size_t n)
{
    for (size_t i = 0; i < n && c->at < c->src->text.n; i++)
        c->line += c->src->text.at[c->at++] == '\n';
}

_Noreturn void scan_refuse(const scan *c, const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    source_refuse(c->src, c->line, "%s", message);
}

/* Length of the C literal in quotes at the front of s; 0 when it does not end. */
static size_t quoted_length(str s)
{
    for (size_t i = 1; i < s.n; i++) {
        if (s.at[i] == '\\')
            i++;
        else if (s.at[i] == s.at[0])
            return i + 1;
    }
    return 0;
}

/* The text between the braces at the cursor, which moves behind them. */
static str take_braces(scan *c)
{
    str rest = scan_rest(c);
    str line = str_head(rest, str_find(rest, '\n'));
    for (size_t i = 1; i < line.n; i++) {
        char ch = line.at[i];
        if (ch == '"' || ch == '\'') {
            size_t n = quoted_length(str_skip(line, i));
            if (n == 0)
                scan_refuse(c, "a quote inside { } is not closed on its line");
            i += n - 1;
        } else if (ch == '{') {
            scan_refuse(c, "a brace inside { }: write {{ for a literal one");
        } else if (ch == '}') {
            str inside = {line.at + 1, i - 1};
            scan_skip(c, i + 1);
            return str_trim(inside);
        }
    }
    scan_refuse(c, "{ is not closed on its line: write {{ for a literal one");
}

static void refuse_operators(const scan *c, str s, size_t i)
{
    char ch = s.at[i], next = i + 1 < s.n ? s.at[i + 1] : 0, last = i > 0 ? s.at[i - 1] : 0;
    if (ch == ';' || ch == '\\' || ch == '#' || ch == '`' || ch == '@' || ch == '$')
        scan_refuse(c, "'%c' may not stand in an expression", ch);
    if (ch == '/' && (next == '/' || next == '*'))
        scan_refuse(c, "a comment inside an expression: write {# … #}");
    if ((ch == '+' && next == '+') || (ch == '-' && next == '-'))
        scan_refuse(c, "views do not compute: %c%c", ch, ch);
    if (ch == '=' && next != '=' && !(last == '=' || last == '<' || last == '>' || last == '!'))
        scan_refuse(c, "views do not assign: =");
    if (ch == '=' && (last == '<' || last == '>') && i > 1 && s.at[i - 2] == last)
        scan_refuse(c, "views do not assign: %c%c=", last, last);
}

/* Refuses what is not plainly one expression, or one list of them. */
static void check_expression(const scan *c, str s, bool is_list)
{
    char closers[32];
    size_t depth = 0;
    if (s.n == 0 && !is_list)
        scan_refuse(c, "an expression is missing");
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.at[i];
        if (ch == '"' || ch == '\'') {
            size_t n = quoted_length(str_skip(s, i));
            if (n == 0)
                scan_refuse(c, "a quote inside { } is not closed");
            i += n - 1;
        } else if (ch == '(' || ch == '[') {
            if (depth == sizeof closers)
                scan_refuse(c, "the expression nests too deep");
            closers[depth++] = ch == '(' ? ')' : ']';
        } else if (ch == ')' || ch == ']') {
            if (depth == 0 || closers[--depth] != ch)
                scan_refuse(c, "'%c' without its opening in the expression", ch);
        } else if (ch == ',' && depth == 0 && !is_list) {
            scan_refuse(c, "two expressions where one is wanted");
        } else if ((unsigned char)ch < ' ' || (unsigned char)ch > '~') {
            scan_refuse(c, "only ASCII may stand in an expression outside quotes");
        } else {
            refuse_operators(c, s, i);
        }
    }
    if (depth > 0)
        scan_refuse(c, "'%c' is missing in the expression", closers[depth - 1]);
}

static str take_word(str *s)
{
    size_t n = source_identifier(*s);
    str word = str_head(*s, n);
    *s = str_trim(str_skip(*s, n));
    return word;
}

/* "name(arguments)", the whole of s. */
static void read_call(const scan *c, str s, directive *d)
{
    d->name = take_word(&s);
    if (d->name.n == 0 || !str_starts(s, S("(")) || !str_ends(s, S(")")))
        scan_refuse(c, "write name(…)");
    d->expression = str_trim((str){s.at + 1, s.n - 2});
    check_expression(c, d->expression, true);
}

/* "item in slice" or "item, index in slice". */
static void read_loop(const scan *c, str s, directive *d)
{
    d->name = take_word(&s);
    if (str_starts(s, S(","))) {
        s = str_trim(str_skip(s, 1));
        d->index = take_word(&s);
        if (d->index.n == 0)
            scan_refuse(c, "write {for item, index in slice}");
    }
    if (d->name.n == 0 || !str_eq(take_word(&s), S("in")))
        scan_refuse(c, "write {for item in slice}");
    check_expression(c, s, false);
    d->expression = s;
}

static bool is_key(str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char ch = s.at[i];
        bool is_dot = ch == '.' && i > 0 && i + 1 < s.n && s.at[i - 1] != '.';
        if (!is_dot && ch != '_' && !(ch >= 'a' && ch <= 'z') && !(ch >= '0' && ch <= '9'))
            return false;
    }
    return s.n > 0;
}

/* Length of the expression at the front of s: up to white space outside quotes and brackets. */
static size_t argument_length(str s)
{
    size_t depth = 0, i = 0;
    while (i < s.n && (depth > 0 || s.at[i] != ' ')) {
        if (s.at[i] == '"' || s.at[i] == '\'') {
            size_t n = quoted_length(str_skip(s, i));
            i += n ? n : 1;
            continue;
        }
        if (s.at[i] == '(' || s.at[i] == '[')
            depth++;
        else if ((s.at[i] == ')' || s.at[i] == ']') && depth > 0)
            depth--;
        i++;
    }
    return i;
}

/* "key name=expression …". */
static void read_message(const scan *c, str s, directive *d)
{
    size_t n = str_find(s, ' ');
    d->name = str_head(s, n);
    s = str_trim(str_skip(s, n));
    if (!is_key(d->name))
        scan_refuse(c, "write {t key name=value …}; a key is small letters, digits, _ and dots");
    while (s.n) {
        if (d->value_count == MESSAGE_VALUES_MOST)
            scan_refuse(c, "more than %d values for a message", MESSAGE_VALUES_MOST);
        message_value *value = &d->values[d->value_count++];
        value->name = str_head(s, source_identifier(s));
        s = str_skip(s, value->name.n);
        if (value->name.n == 0 || !str_starts(s, S("=")))
            scan_refuse(c,
                        "write name=value for each placeholder, an expression with spaces in ()");
        s = str_skip(s, 1);
        value->expression = str_head(s, argument_length(s));
        check_expression(c, value->expression, false);
        s = str_trim(str_skip(s, value->expression.n));
        for (size_t i = 0; i + 1 < d->value_count; i++)
            if (str_eq(d->values[i].name, value->name))
                scan_refuse(c, "placeholder %.*s twice", STR_FMT(value->name));
    }
}

/* "name if condition". */
static void read_attr(const scan *c, str s, directive *d)
{
    size_t n = str_find(s, ' ');
    d->name = str_head(s, n);
    s = str_trim(str_skip(s, n));
    if (!str_starts(s, S("if ")))
        scan_refuse(c, "write {attr name if condition}");
    d->expression = str_trim(str_skip(s, 3));
    check_expression(c, d->expression, false);
}

static void read_include(const scan *c, str s, directive *d)
{
    bool is_good = s.n > 2 && s.at[0] == '"' && quoted_length(s) == s.n;
    for (size_t i = 1; is_good && i + 1 < s.n; i++)
        is_good = s.at[i] != '\\' && s.at[i] != '"';
    if (!is_good)
        scan_refuse(c, "write {include \"module/file.h\"}");
    d->name = s;
}

static void take_comment(scan *c)
{
    size_t n = str_find_str(scan_rest(c), S("#}"));
    if (n == scan_rest(c).n)
        scan_refuse(c, "{# is not closed by #}");
    scan_skip(c, n + 2);
}

static const struct keyword {
    str word;
    directive_kind kind;
    bool is_alone; /* nothing follows the word */
} keywords[] = {
    {STR_INIT("view"), DIRECTIVE_VIEW, false}, {STR_INIT("include"), DIRECTIVE_INCLUDE, false},
    {STR_INIT("if"), DIRECTIVE_IF, false},     {STR_INIT("elif"), DIRECTIVE_ELIF, false},
    {STR_INIT("else"), DIRECTIVE_ELSE, true},  {STR_INIT("end"), DIRECTIVE_END, true},
    {STR_INIT("for"), DIRECTIVE_FOR, false},   {STR_INIT("part"), DIRECTIVE_PART, false},
    {STR_INIT("wrap"), DIRECTIVE_WRAP, false}, {STR_INIT("slot"), DIRECTIVE_SLOT, true},
    {STR_INIT("t"), DIRECTIVE_MESSAGE, false}, {STR_INIT("attr"), DIRECTIVE_ATTR, false},
};

/* The keyword that begins s; the rest of s follows it. NULL: s is an expression. */
static const struct keyword *take_keyword(const scan *c, str *s)
{
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        const struct keyword *k = &keywords[i];
        if (!str_starts(*s, k->word) || (s->n > k->word.n && s->at[k->word.n] != ' '))
            continue;
        str rest = str_trim(str_skip(*s, k->word.n));
        if (k->is_alone && rest.n)
            scan_refuse(c, "nothing may follow {%.*s", STR_FMT(k->word));
        *s = rest;
        return k;
    }
    return NULL;
}

void scan_directive(scan *c, directive *out_directive)
{
    directive *d = out_directive;
    *d = (directive){.line = c->line};
    if (scan_peek(c, 1) == '#') {
        d->kind = DIRECTIVE_COMMENT;
        take_comment(c);
        return;
    }
    str s = take_braces(c);
    const struct keyword *k = take_keyword(c, &s);
    d->kind = k ? k->kind : DIRECTIVE_VALUE;
    if (d->kind == DIRECTIVE_VIEW || d->kind == DIRECTIVE_PART || d->kind == DIRECTIVE_WRAP) {
        read_call(c, s, d);
    } else if (d->kind == DIRECTIVE_FOR) {
        read_loop(c, s, d);
    } else if (d->kind == DIRECTIVE_MESSAGE) {
        read_message(c, s, d);
    } else if (d->kind == DIRECTIVE_ATTR) {
        read_attr(c, s, d);
    } else if (d->kind == DIRECTIVE_INCLUDE) {
        read_include(c, s, d);
    } else if (!k || !k->is_alone) {
        check_expression(c, s, false);
        d->expression = s;
    }
}
