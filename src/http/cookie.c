/* SPDX-License-Identifier: EUPL-1.2 */
/* Strict on purpose: a cookie that two readers could understand differently is no proof. */

#include "http/cookie.h"

#include "http/head.h"

static bool is_value(str value)
{
    for (size_t i = 0; i < value.n; i++) {
        unsigned char c = (unsigned char)value.at[i];
        if (c <= 0x20 || c >= 0x7f || c == '"' || c == ',' || c == ';' || c == '\\')
            return false;
    }
    return true;
}

err cookie_read(str line, str name, str *out_value)
{
    str found = {0};
    bool is_found = false;
    while (line.n) {
        size_t end = str_find(line, ';');
        str value = {0};
        str one = str_head(line, end);
        bool has_value = memchr(one.at, '=', one.n) != NULL;
        str this_name = str_cut(one, '=', &value);
        if (!has_value || !head_is_token(this_name) || !is_value(value))
            return ERR_INVALID;
        if (str_eq(this_name, name)) {
            if (is_found)
                return ERR_INVALID;
            is_found = true;
            found = value;
        }
        if (end == line.n)
            break;
        if (end + 2 >= line.n || line.at[end + 1] != ' ')
            return ERR_INVALID;
        line = str_skip(line, end + 2);
    }
    if (!is_found)
        return ERR_NOT_FOUND;
    *out_value = found;
    return OK;
}
