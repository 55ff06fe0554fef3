/* SPDX-License-Identifier: EUPL-1.2 */
/* Writes each line of the input as html_url writes it, for oracle.mjs. In a line "\xHH" stands for
 * that byte, so that any byte can be sent. */

#include "base/number.h"
#include "html/html.h"

static str decoded(arena *a, str line)
{
    buf b = buf_in(a);
    while (line.n) {
        unsigned char byte;
        bool is_code = str_starts(line, S("\\x")) && line.n >= 4 &&
                       number_parse_hex((str){line.at + 2, 2}, &byte, 1) == OK;
        buf_put_char(&b, is_code ? (char)byte : line.at[0]);
        line = str_skip(line, is_code ? 4 : 1);
    }
    return buf_str(&b);
}

int main(void)
{
    char line[4096];
    arena *a = arena_open(1 << 20);
    while (fgets(line, sizeof line, stdin)) {
        buf b = buf_in(a);
        str s = str_of(line);
        s.n -= s.n && s.at[s.n - 1] == '\n';
        html_url(&(html_out){&b}, decoded(a, s));
        buf_put_char(&b, '\n');
        fwrite(b.at, 1, b.n, stdout);
        arena_reset(a);
    }
    arena_close(a);
    return 0;
}
