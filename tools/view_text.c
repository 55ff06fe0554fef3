/* SPDX-License-Identifier: EUPL-1.2 */
/* Text views (mails): what is written is sent as it stands. A line that holds only directives which
 * write nothing themselves vanishes with its line end. */

#include "view.h"

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Whether the line at the cursor holds directives and white space only, and none of them writes a
 * value or a message. */
static bool is_bare(scan c, bool *out_has_directive)
{
    bool has_directive = false;
    for (char ch; (ch = scan_peek(&c, 0)) != 0 && ch != '\n';) {
        if (ch == '{' && scan_peek(&c, 1) != '{') {
            directive d;
            scan_directive(&c, &d);
            if (d.kind == DIRECTIVE_VALUE || d.kind == DIRECTIVE_MESSAGE)
                return false;
            has_directive = true;
        } else if (ch == ' ') {
            scan_skip(&c, 1);
        } else {
            return false;
        }
    }
    *out_has_directive = has_directive;
    return true;
}

void text_line_start(compile *k)
{
    bool has_directive = false;
    k->is_bare_line = is_bare(k->c, &has_directive) && has_directive;
}

void text_step(compile *k)
{
    char c = scan_peek(&k->c, 0);
    size_t n = 1;
    if (((unsigned char)c < ' ' && c != '\n') || c == 0x7F)
        scan_refuse(&k->c, "a control character");
    if (is_letter(c)) {
        bool has_lower = false;
        for (n = 0; is_letter(scan_peek(&k->c, n)); n++)
            has_lower = has_lower || scan_peek(&k->c, n) >= 'a';
        if (n >= 2 && has_lower)
            scan_refuse(&k->c, "\"%.*s\" would not be translated: use {t key}", (int)n,
                        scan_rest(&k->c).at);
    }
    if (!k->is_bare_line && k->has_body)
        emit_literal(&k->out, str_head(scan_rest(&k->c), n));
    scan_skip(&k->c, n);
}
