/* SPDX-License-Identifier: EUPL-1.2 */
/* Letters: the input as a stored letter; and its parts as the fields of a message, which is either
 * refused or comes back whole, with no line that a field could have started. */

#include "mail/mail.h"
#include "mail/sink.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void lines_check(str message)
{
    while (message.n > 0) {
        size_t end = str_find_str(message, S("\r\n"));
        BUG_IF(end == message.n || end > 998);
        for (size_t i = 0; i < end; i++)
            BUG_IF(message.at[i] == '\r' || message.at[i] == '\n' || message.at[i] == '\0');
        message = str_skip(message, end + 2);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16)
        return 0;
    arena *a = arena_open(64 << 20);
    str input = {(const char *)data, size};
    mail_letter letter;
    if (mail_letter_read(a, input, &letter) == OK)
        BUG_IF(letter.text.n > 3 * size || letter.html.n > 3 * size);

    str rest = input;
    mail_message m = {.language = S("en"), .message_id = S("<1@demo.example>")};
    m.from_name = str_cut(rest, '\x1f', &rest);
    m.from.private_text = str_cut(rest, '\x1f', &rest);
    m.to.private_text = str_cut(rest, '\x1f', &rest);
    m.reply_to = str_cut(rest, '\x1f', &rest);
    m.list_unsubscribe = str_cut(rest, '\x1f', &rest);
    m.subject = str_cut(rest, '\x1f', &rest);
    m.text = str_cut(rest, '\x1f', &rest);
    m.html = rest;
    str message;
    if (mail_build(a, &m, &message) == OK) {
        lines_check(message);
        BUG_IF(mail_letter_read(a, message, &letter) != OK);
        BUG_IF(!str_eq(letter.text, m.text) || !str_eq(letter.html, m.html));
        BUG_IF(!str_eq(letter.subject, m.subject));
    }
    arena_close(a);
    return 0;
}
