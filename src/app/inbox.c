/* SPDX-License-Identifier: EUPL-1.2 */
/* Mails as pages. A mail is whatever bytes somebody sent: it is read by mail/ and shown as text. */

#include "app/inbox.h"

#include "lang/view.h"
#include "mail/sink.h"
#include "page_views.h"
#include "static/assets.h"
#include "web/inbox.h"

enum { LETTERS_SHOWN = 100 };

static err show_list(const inbox *in, req *rq, reply *out)
{
    arena *a = req_arena(rq);
    str_list names;
    TRY(mail_inbox_list(a, in->folder, LETTERS_SHOWN, &names));
    inbox_line *lines = arena_array(a, inbox_line, names.n);
    inbox_list list = {lines, 0};
    for (size_t i = 0; i < names.n; i++) {
        str bytes;
        mail_letter m;
        if (mail_inbox_read(a, in->folder, names.at[i], &bytes) == OK &&
            mail_letter_read(a, bytes, &m) == OK)
            lines[list.n++] = (inbox_line){names.at[i], m.subject, m.to, m.date, m.language};
    }
    html_out o = reply_html(out, 200);
    view_context vc = {a, LANG_EN, NULL};
    view_inbox_list(&vc, &o, &list);
    return OK;
}

static bool ends_address(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '<' || c == '>' || c == ')';
}

/* Cuts a text before and behind each http address. */
static inbox_pieces cut(arena *a, str text)
{
    size_t most = 1;
    for (size_t i = 0; i + 4 < text.n; i++)
        most += memcmp(text.at + i, "http", 4) == 0 ? 2 : 0;
    inbox_piece *pieces = arena_array(a, inbox_piece, most);
    inbox_pieces cut = {pieces, 0};
    while (text.n) {
        size_t at = str_find_str(text, S("http"));
        str rest = str_skip(text, at);
        bool is_link = str_starts(rest, S("http://")) || str_starts(rest, S("https://"));
        size_t n = is_link ? 0 : rest.n < 4 ? rest.n : 4;
        while (is_link && n < rest.n && !ends_address(rest.at[n]))
            n++;
        if (at || !is_link)
            pieces[cut.n++] = (inbox_piece){str_head(text, is_link ? at : at + n), false};
        if (is_link)
            pieces[cut.n++] = (inbox_piece){str_head(rest, n), true};
        text = str_skip(rest, n);
    }
    return cut;
}

static err show_letter(const inbox *in, req *rq, reply *out, str name)
{
    arena *a = req_arena(rq);
    str bytes;
    mail_letter m;
    TRY(mail_inbox_read(a, in->folder, name, &bytes));
    TRY(mail_letter_read(a, bytes, &m));
    inbox_letter letter = {m.subject, m.from, m.to, m.date, m.language, cut(a, m.text)};
    html_out o = reply_html(out, 200);
    view_context vc = {a, LANG_EN, NULL};
    view_inbox_letter(&vc, &o, &letter);
    return OK;
}

static err answer(const inbox *in, req *rq, reply *out)
{
    str path = req_path(rq);
    const asset *file = asset_find(path);
    if (file) {
        reply_constant(out, file->content_type, file->identity, file->gzip, file->br);
        return OK;
    }
    if (str_eq(path, S("/")))
        return show_list(in, rq, out);
    if (str_starts(path, S("/mail/")))
        return show_letter(in, rq, out, str_skip(path, 6));
    return ERR_NOT_FOUND;
}

err inbox_handle(void *of, req *rq, reply *out)
{
    err e = answer(of, rq, out);
    if (e != OK)
        buf_put(reply_body(out, e == ERR_NOT_FOUND ? 404 : 500, S("text/plain; charset=utf-8")),
                e == ERR_NOT_FOUND ? S("There is no such mail.\n")
                                   : S("The inbox cannot be read.\n"));
    reply_no_store(out);
    return OK;
}
