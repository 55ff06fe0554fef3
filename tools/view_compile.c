/* SPDX-License-Identifier: EUPL-1.2 */
/* One view to one C function; two when it has a {slot}, for what stands before and behind it.
 *
 * Blocks must leave the markup where they found it: the state at {end} is compared with the state
 * at the opening, and the branches of an {if} with each other. So what comes after a block stands
 * in the same place whichever way was taken, and one look at each directive is enough. */

#include "view.h"

static bool is_value_place(const html_state *h)
{
    return h->where == HTML_DATA || h->where == HTML_RCDATA || h->where == HTML_VALUE;
}

static block *innermost(compile *k)
{
    return k->block_count ? &k->blocks[k->block_count - 1] : NULL;
}

/* --- Blocks --- */

/* Where and in what a block begins must be where it ends; URLs and white space may have moved. */
static void check_same_place(compile *k, const html_state *was)
{
    const html_state *is = &k->html;
    bool is_same = is->where == was->where && is->depth == was->depth;
    if (is_same && is->where == HTML_TAG)
        is_same = is->tag_at == was->tag_at;
    if (is_same && is->where == HTML_VALUE)
        is_same = is->value_at == was->value_at;
    if (is_same)
        return;
    if (is->where == HTML_DATA && is->depth > was->depth)
        scan_refuse(&k->c, "<%.*s> of line %zu is not closed in its {…} block",
                    STR_FMT(is->open[is->depth - 1].name), is->open[is->depth - 1].line);
    scan_refuse(&k->c, "the block begins %.*s and ends %.*s", STR_FMT(html_describe(was)),
                STR_FMT(html_describe(is)));
}

static void open_block(compile *k, const directive *d)
{
    if (k->block_count == BLOCKS_MOST)
        scan_refuse(&k->c, "more than %d blocks inside each other", BLOCKS_MOST);
    block *b = &k->blocks[k->block_count++];
    *b = (block){.opener = *d, .entry = k->html};
    k->html.floor = k->html.depth;
}

/* Adds what the branch that ends here leaves to what the others left. */
static void join_branch(compile *k, block *b)
{
    check_same_place(k, &b->entry);
    if (!b->has_joined) {
        b->joined = k->html;
        b->has_joined = true;
        return;
    }
    html_state *j = &b->joined, *h = &k->html;
    if (h->where == HTML_VALUE && h->class == ATTRIBUTE_URL && h->url != j->url)
        scan_refuse(&k->c, "the branches end in different places of the URL");
    if (h->edge != j->edge)
        j->edge = EDGE_TEXT;
    for (size_t i = b->entry.attribute_count; i < h->attribute_count; i++) {
        bool is_known = false;
        for (size_t n = 0; n < j->attribute_count; n++)
            is_known = is_known || str_eq(j->attributes[n], h->attributes[i]);
        if (!is_known && j->attribute_count == HTML_ATTRIBUTES_MOST)
            scan_refuse(&k->c, "more than %d attributes", HTML_ATTRIBUTES_MOST);
        if (!is_known)
            j->attributes[j->attribute_count++] = h->attributes[i];
    }
}

/* The state after the block: of the joined branches, with the floor of outside. */
static void leave_block(compile *k, const block *b)
{
    html_state after = b->joined;
    after.floor = b->entry.floor;
    k->html = after;
    k->block_count--;
}

static void run_if(compile *k, const directive *d)
{
    html_settle(k);
    open_block(k, d);
    emit_code(&k->out, d->line, "if (%.*s) {", STR_FMT(d->expression));
}

static void run_else(compile *k, const directive *d)
{
    html_settle(k);
    block *b = innermost(k);
    const char *word = d->kind == DIRECTIVE_ELSE ? "else" : "elif";
    if (!b || b->opener.kind != DIRECTIVE_IF)
        scan_refuse(&k->c, "{%s} without {if}", word);
    if (b->has_else)
        scan_refuse(&k->c, "{%s} behind {else}", word);
    b->has_else = d->kind == DIRECTIVE_ELSE;
    join_branch(k, b);
    size_t floor = k->html.floor;
    k->html = b->entry;
    k->html.floor = floor;
    if (b->has_else)
        emit_code(&k->out, d->line, "} else {");
    else
        emit_code(&k->out, d->line, "} else if (%.*s) {", STR_FMT(d->expression));
}

static void run_for(compile *k, const directive *d)
{
    if (k->html.where == HTML_TAG)
        scan_refuse(&k->c, "{for} inside a tag would repeat attributes");
    html_settle(k);
    open_block(k, d);
    k->html.edge = EDGE_TEXT; /* from the second time on anything may stand before */
    size_t n = ++k->loop_count;
    emit_code(&k->out, d->line, "{ const __typeof__(%.*s) list_%zu = (%.*s);",
              STR_FMT(d->expression), n, STR_FMT(d->expression));
    emit_code(&k->out, d->line, "for (size_t at_%zu = 0; at_%zu < list_%zu.n; at_%zu++) {", n, n, n,
              n);
    emit_code(&k->out, d->line,
              "const __typeof__(*list_%zu.at) *const %.*s = &list_%zu.at[at_%zu];", n,
              STR_FMT(d->name), n, n);
    emit_code(&k->out, d->line, "(void)%.*s;", STR_FMT(d->name));
    if (d->index.n)
        emit_code(&k->out, d->line, "const size_t %.*s = at_%zu;", STR_FMT(d->index), n);
}

static const char *argument_comma(const directive *d)
{
    return d->expression.n ? ", " : "";
}

static void note_use(compile *k, const directive *d)
{
    view *v = k->v;
    if (k->html.where != HTML_DATA)
        scan_refuse(&k->c, "a view may not be called %.*s", STR_FMT(html_describe(&k->html)));
    if (v->use_count == VIEW_USES_MOST)
        scan_refuse(&k->c, "more than %d calls of views", VIEW_USES_MOST);
    v->uses[v->use_count++] = (view_use){d->name, d->line, d->kind == DIRECTIVE_WRAP};
}

static void run_part(compile *k, const directive *d)
{
    note_use(k, d);
    html_touch(k);
    emit_code(&k->out, d->line, "view_%.*s(vc, o%s%.*s);", STR_FMT(d->name), argument_comma(d),
              STR_FMT(d->expression));
}

static void run_wrap(compile *k, const directive *d)
{
    note_use(k, d);
    html_settle(k);
    open_block(k, d);
    emit_code(&k->out, d->line, "view_%.*s(vc, o%s%.*s); {", STR_FMT(d->name), argument_comma(d),
              STR_FMT(d->expression));
    k->html.edge = EDGE_BLOCK;
}

static void run_end(compile *k, const directive *d)
{
    block *b = innermost(k);
    if (!b)
        scan_refuse(&k->c, "{end} without {if}, {for} or {wrap}");
    directive_kind kind = b->opener.kind;
    if (kind == DIRECTIVE_WRAP)
        k->html.has_space = false;
    html_settle(k);
    join_branch(k, b);
    if (kind == DIRECTIVE_WRAP) {
        emit_code(&k->out, d->line, "}");
        emit_code(&k->out, b->opener.line, "view_%.*s__after(vc, o%s%.*s);",
                  STR_FMT(b->opener.name), argument_comma(&b->opener),
                  STR_FMT(b->opener.expression));
        b->joined.edge = EDGE_BLOCK;
    } else {
        emit_code(&k->out, d->line, kind == DIRECTIVE_FOR ? "} }" : "}");
        /* Nothing may have been written at all: the way past an {if} without {else}, no item. */
        k->html = b->entry;
        if (!b->has_else)
            join_branch(k, b);
    }
    leave_block(k, b);
}

/* --- Values and messages --- */

static void run_value(compile *k, const directive *d)
{
    html_state *h = &k->html;
    const char *place = "text";
    if (!is_value_place(h))
        scan_refuse(&k->c, "a value may not stand %.*s", STR_FMT(html_describe(h)));
    if (k->v->is_text) {
        place = "plain";
    } else if (h->where == HTML_DATA || h->where == HTML_RCDATA) {
        place = html_is_plain(h) ? "rcdata" : "text";
        html_touch(k);
    } else if (h->class == ATTRIBUTE_LITERAL) {
        scan_refuse(&k->c, "a value may not stand in the attribute %.*s",
                    STR_FMT(h->attributes[h->attribute_count - 1]));
    } else if (h->class == ATTRIBUTE_PLAIN) {
        place = "attribute";
    } else if (h->class == ATTRIBUTE_SOURCES) {
        place = "sources";
    } else if (h->url == URL_HOST) {
        scan_refuse(&k->c, "a value may not stand in the host of a URL");
    } else {
        place = h->url == URL_START ? "url" : "url_part";
        h->url = URL_LATER;
    }
    emit_code(&k->out, d->line, "view_%s(vc, o, %.*s);", place, STR_FMT(d->expression));
}

static void put_upper(buf *b, str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.at[i];
        if (c >= 'a' && c <= 'z')
            c = (char)(c - ('a' - 'A'));
        buf_put_char(b, c == '.' ? '_' : c);
    }
}

/* "MSG_SIGN_TITLE" of "sign.title". */
static str message_constant(compile *k, str key)
{
    buf b = buf_in(k->a);
    buf_put(&b, S("MSG_"));
    put_upper(&b, key);
    return buf_str(&b);
}

/* The arguments behind the message: array and number. */
static str message_arguments(compile *k, const directive *d, str constant)
{
    if (d->value_count == 0)
        return S("NULL, 0");
    buf b = buf_in(k->a);
    buf_printf(&b, "(const msg_arg[%.*s__ARGS]){", STR_FMT(constant));
    for (size_t i = 0; i < d->value_count; i++) {
        const message_value *value = &d->values[i];
        bool is_url = str_eq(value->name, S("href")) || str_ends(value->name, S("_href"));
        buf_printf(&b, "%s[%.*s__ARG_", i ? ", " : "", STR_FMT(constant));
        put_upper(&b, value->name);
        buf_printf(&b, "] = %s(%.*s)", is_url ? "msg_arg_url" : "msg_arg_of",
                   STR_FMT(value->expression));
    }
    buf_printf(&b, "}, %.*s__ARGS", STR_FMT(constant));
    return buf_str(&b);
}

static void note_key(compile *k, const directive *d)
{
    buf_put(&k->keys, d->name);
    buf_put_char(&k->keys, '\n');
}

static void run_message(compile *k, const directive *d)
{
    html_state *h = &k->html;
    str constant = message_constant(k, d->name);
    str arguments = message_arguments(k, d, constant);
    bool is_attribute = h->where == HTML_VALUE && h->class == ATTRIBUTE_PLAIN;
    if (!is_attribute && h->where != HTML_DATA && h->where != HTML_RCDATA)
        scan_refuse(&k->c, "a message may not stand %s",
                    h->where == HTML_VALUE ? "in this attribute" : html_describe(h).at);
    note_key(k, d);
    if (!is_attribute)
        html_touch(k);
    emit_code(&k->out, d->line,
              "_Static_assert(%.*s__ARGS == %zu, \"%.*s has other placeholders\");",
              STR_FMT(constant), d->value_count, STR_FMT(d->name));
    if (k->v->is_text)
        emit_code(&k->out, d->line, "buf_put(o->to, lang_text(vc->a, vc->l, %.*s, %.*s));",
                  STR_FMT(constant), STR_FMT(arguments));
    else
        emit_code(&k->out, d->line, "%s(o, vc->l, %.*s, %.*s);",
                  is_attribute || html_is_plain(h) ? "lang_attribute" : "lang_html",
                  STR_FMT(constant), STR_FMT(arguments));
}

static void run_attr(compile *k, const directive *d)
{
    bool is_aria = str_starts(d->name, S("aria-"));
    if (k->html.where != HTML_TAG)
        scan_refuse(&k->c, "{attr} stands only inside a tag");
    if (!is_aria && !rules_attribute_is_boolean(d->name))
        scan_refuse(&k->c, "%.*s is not an attribute that is there or not: use {if}",
                    STR_FMT(d->name));
    html_attribute_name(k, d->name);
    emit_code(&k->out, d->line, "if (%.*s)", STR_FMT(d->expression));
    emit_literal(&k->out, S(" "));
    emit_literal(&k->out, d->name);
    if (is_aria)
        emit_literal(&k->out, S("=\"true\""));
    emit_flush(&k->out);
}

/* --- The frame of the function --- */

static bool is_identifier_char(char c)
{
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* The last word of each parameter is its name. */
static void read_parameters(compile *k, str parameters)
{
    view *v = k->v;
    v->parameters = parameters;
    str rest = parameters;
    while (rest.n) {
        str one = str_trim(str_cut(rest, ',', &rest));
        size_t start = one.n;
        while (start > 0 && is_identifier_char(one.at[start - 1]))
            start--;
        str name = str_skip(one, start);
        if (start == 0 || name.n == 0 || source_identifier(name) != name.n)
            scan_refuse(&k->c, "each parameter is a type and a name: %.*s", STR_FMT(one));
        if (str_eq(name, S("vc")) || str_eq(name, S("o")))
            scan_refuse(&k->c, "every view has the parameters vc and o already");
        if (v->parameter_count == VIEW_PARAMETERS_MOST)
            scan_refuse(&k->c, "more than %d parameters", VIEW_PARAMETERS_MOST);
        v->parameter_names[v->parameter_count++] = name;
    }
}

static void put_function(compile *k, const char *suffix)
{
    const view *v = k->v;
    emit_code(&k->out, v->line, "void view_%.*s%s(const view_context *vc, html_out *o%s%.*s)",
              STR_FMT(v->name), suffix, v->parameters.n ? ", " : "", STR_FMT(v->parameters));
    emit_code(&k->out, v->line, "{ (void)vc; (void)o;");
}

static void run_view(compile *k, const directive *d)
{
    view *v = k->v;
    if (k->is_started)
        scan_refuse(&k->c, "{view} twice");
    if (!str_eq(d->name, v->expected_name))
        scan_refuse(&k->c, "the view of this file is named %.*s", STR_FMT(v->expected_name));
    k->is_started = true;
    v->name = d->name;
    v->line = d->line;
    read_parameters(k, d->expression);
    put_function(k, "");
}

static void run_include(compile *k, const directive *d)
{
    view *v = k->v;
    if (k->has_body)
        scan_refuse(&k->c, "{include} stands directly below {view}");
    if (v->includes.n == VIEW_INCLUDES_MOST)
        scan_refuse(&k->c, "more than %d headers", VIEW_INCLUDES_MOST);
    v->includes.at[v->includes.n++] = d->name;
}

/* Parameters may be needed in one half only. */
static void ignore_parameters(compile *k)
{
    for (size_t i = 0; i < k->v->parameter_count; i++)
        emit_code(&k->out, k->v->line, "(void)%.*s;", STR_FMT(k->v->parameter_names[i]));
}

static void run_slot(compile *k, const directive *d)
{
    (void)d;
    if (k->v->has_slot)
        scan_refuse(&k->c, "{slot} twice");
    if (k->block_count || k->html.where != HTML_DATA)
        scan_refuse(&k->c, "{slot} stands in content and outside every block");
    k->v->has_slot = true;
    k->html.has_space = false;
    k->html.edge = EDGE_BLOCK;
    ignore_parameters(k);
    emit_code(&k->out, k->c.line, "}");
    put_function(k, "__after");
    ignore_parameters(k);
}

static void run_directive(compile *k)
{
    static void (*const run[])(compile *, const directive *) = {
        [DIRECTIVE_VALUE] = run_value,     [DIRECTIVE_MESSAGE] = run_message,
        [DIRECTIVE_IF] = run_if,           [DIRECTIVE_ELIF] = run_else,
        [DIRECTIVE_ELSE] = run_else,       [DIRECTIVE_FOR] = run_for,
        [DIRECTIVE_WRAP] = run_wrap,       [DIRECTIVE_END] = run_end,
        [DIRECTIVE_PART] = run_part,       [DIRECTIVE_SLOT] = run_slot,
        [DIRECTIVE_ATTR] = run_attr,       [DIRECTIVE_VIEW] = run_view,
        [DIRECTIVE_INCLUDE] = run_include,
    };
    directive d;
    scan_directive(&k->c, &d);
    if (d.kind == DIRECTIVE_COMMENT)
        return;
    /* Messages name the line of the directive. */
    size_t line = k->c.line;
    k->c.line = d.line;
    if (!k->is_started && d.kind != DIRECTIVE_VIEW)
        scan_refuse(&k->c, "the first directive is {view name(…)}");
    if (d.kind != DIRECTIVE_VIEW && d.kind != DIRECTIVE_INCLUDE)
        k->has_body = true;
    if (k->html.where == HTML_EMPTY)
        scan_refuse(&k->c, "{ %.*s", STR_FMT(html_describe(&k->html)));
    if (k->html.where == HTML_TAG)
        k->html.has_gap = true;
    run[d.kind](k, &d);
    k->c.line = line;
}

static void run_step(compile *k)
{
    char c = scan_peek(&k->c, 0), next = scan_peek(&k->c, 1);
    bool is_space = c == ' ' || c == '\n' || c == '\t';
    if (k->v->is_text && (k->c.at == 0 || k->c.src->text.at[k->c.at - 1] == '\n'))
        text_line_start(k);
    if (c == '{' && next != '{') {
        run_directive(k);
        return;
    }
    if (!k->is_started && !is_space)
        scan_refuse(&k->c, "the view begins with {view name(…)}");
    if (!is_space)
        k->has_body = true;
    if (c == '{' || c == '}') {
        if (next != c)
            scan_refuse(&k->c, "a single }: write }} for a literal one");
        if (k->v->is_text)
            emit_literal(&k->out, (str){c == '{' ? "{" : "}", 1});
        else
            html_brace(k, (str){c == '{' ? "{" : "}", 1});
        scan_skip(&k->c, 2);
    } else if (k->v->is_text) {
        text_step(k);
    } else {
        html_step(k);
    }
}

void view_compile(arena *a, view *v)
{
    compile *k = arena_new(a, compile);
    *k = (compile){.a = a, .v = v, .c = {&v->src, 0, 1}};
    k->out = (emit){buf_in(a), buf_in(a), v->src.path};
    k->keys = buf_in(a);
    k->html.edge = EDGE_BLOCK;
    v->includes.at = arena_array(a, str, VIEW_INCLUDES_MOST);
    v->uses = arena_array(a, view_use, VIEW_USES_MOST);
    while (k->c.at < v->src.text.n)
        run_step(k);
    if (!k->is_started)
        source_refuse(&v->src, 1, "no {view name(…)}");
    if (k->block_count)
        source_refuse(&v->src, innermost(k)->opener.line, "the block has no {end}");
    html_end(k);
    emit_code(&k->out, v->line, "}");
    v->code = buf_str(&k->out.code);
    v->keys = buf_str(&k->keys);
}
