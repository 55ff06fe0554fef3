/* SPDX-License-Identifier: EUPL-1.2 */
/* JSON that stands in HTML: '<', '>' and '&' are written as escapes, so that no parser of markup
 * sees anything in it. */

#include "html/linked_data.h"

#include <stdio.h>

static void put_string(linked_data *to, str value)
{
    buf quoted = buf_in(to->json.home);
    buf_put_json(&quoted, value);
    for (size_t i = 0; i < quoted.n; i++) {
        char c = quoted.at[i];
        if (c == '<' || c == '>' || c == '&')
            buf_printf(&to->json, "\\u%04x", (unsigned)c);
        else
            buf_put_char(&to->json, c);
    }
}

/* The comma and the name before a value. */
static void put_name(linked_data *to, str name)
{
    char last = to->json.at[to->json.n - 1];
    if (last != '{' && last != '[')
        buf_put_char(&to->json, ',');
    if (name.n) {
        put_string(to, name);
        buf_put_char(&to->json, ':');
    }
}

static void deepen(linked_data *to, char opener, char closer)
{
    BUG_IF(to->depth == LINKED_DATA_DEPTH_MOST);
    buf_put_char(&to->json, opener);
    to->closers[to->depth++] = closer;
}

linked_data linked_data_begin(arena *a)
{
    linked_data to = {.json = buf_in(a)};
    buf_put(&to.json, S("{\"@context\":\"https://schema.org\",\"@graph\":["));
    return to;
}

void linked_data_open(linked_data *to, str name, str type)
{
    put_name(to, name);
    deepen(to, '{', '}');
    linked_data_put(to, S("@type"), type);
}

void linked_data_list(linked_data *to, str name)
{
    put_name(to, name);
    deepen(to, '[', ']');
}

void linked_data_close(linked_data *to)
{
    BUG_IF(to->depth == 0);
    buf_put_char(&to->json, to->closers[--to->depth]);
}

void linked_data_put(linked_data *to, str name, str value)
{
    if (value.n == 0)
        return;
    put_name(to, name);
    put_string(to, value);
}

void linked_data_put_int(linked_data *to, str name, int64_t value)
{
    put_name(to, name);
    buf_put_int(&to->json, value);
}

safe_html linked_data_end(linked_data *to)
{
    BUG_IF(to->depth != 0);
    buf markup = buf_in(to->json.home);
    buf_put(&markup, S("<script type=\"application/ld+json\">"));
    buf_put(&markup, buf_str(&to->json));
    buf_put(&markup, S("]}</script>"));
    return (safe_html){buf_str(&markup)};
}
