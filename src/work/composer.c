/* SPDX-License-Identifier: EUPL-1.2 */
/* Which words a letter has, by its kind; the views hold how they stand. */

#include "work/composer.h"

#include "core/signature.h"
#include "lang/view.h"

#include "mail_views.h"

enum { DAY_MS = 86400000 };

typedef void letter_view(const view_context *vc, html_out *o, const letter_page *p);

static const struct wording {
    letter_kind kind;
    msg subject, lead, button;
    letter_view *html, *text;
} wordings[] = {
    {LETTER_CONFIRM, MSG_MAIL_CONFIRM_SUBJECT, MSG_MAIL_CONFIRM_LEAD, MSG_MAIL_CONFIRM_BUTTON,
     view_mail_confirm, view_mail_confirm_text},
    {LETTER_REMIND, MSG_MAIL_REMIND_SUBJECT, MSG_MAIL_REMIND_LEAD, MSG_MAIL_CONFIRM_BUTTON,
     view_mail_remind, view_mail_remind_text},
    {LETTER_ALREADY, MSG_MAIL_ALREADY_SUBJECT, MSG_MAIL_ALREADY_LEAD, MSG_MAIL_ALREADY_BUTTON,
     view_mail_already, view_mail_already_text},
    {LETTER_FULL, MSG_MAIL_FULL_SUBJECT, MSG_MAIL_FULL_LEAD, MSG_MAIL_FULL_BUTTON, view_mail_full,
     view_mail_full_text},
    {LETTER_LINK, MSG_MAIL_LINK_SUBJECT, MSG_MAIL_LINK_LEAD, MSG_MAIL_ALREADY_BUTTON,
     view_mail_link, view_mail_link_text},
    {LETTER_RENEW, MSG_MAIL_RENEW_SUBJECT, MSG_MAIL_RENEW_LEAD, MSG_MAIL_ALREADY_BUTTON,
     view_mail_renew, view_mail_renew_text},
};

static const struct wording *wording_of(letter_kind kind)
{
    for (size_t i = 0; i < sizeof wordings / sizeof *wordings; i++)
        if (wordings[i].kind == kind)
            return &wordings[i];
    return NULL;
}

static str alliance_name(const alliance *al, str code)
{
    content_list found = alliance_items(al, S("alliance"));
    const content_text *text = found.n ? content_text_in(&found.at[0], code) : NULL;
    return text ? fact_value(text->header, S("title")) : S("");
}

static str host_of(str origin)
{
    return str_skip(origin, str_find_str(origin, S("://")) + 3);
}

/* Empty: the letter is not one of those that can be left. */
static str leave_url(const composer *c, arena *a, const letter *what)
{
    if (what->leave_token.n == 0)
        return S("");
    str path = c->paths.leave(a, what->lang, what->leave_token);
    return arena_printf(a, "%.*s%.*s", STR_FMT(c->origin), STR_FMT(path));
}

static str leave_mail(const composer *c, arena *a, const letter *what)
{
    str to = personal_text(c->leave_by_mail);
    return what->leave_token.n && to.n ? arena_printf(a, "mailto:%.*s?subject=leave-%.*s",
                                                      STR_FMT(to), STR_FMT(what->leave_token))
                                       : S("");
}

static letter_page page_of(const composer *c, arena *a, const alliance *al, const letter *what,
                           const declaration *d, const struct wording *w, lang l,
                           int64_t created_ms)
{
    const declaration_text *text = declaration_text_in(d, d->version, what->lang);
    str path = what->kind == LETTER_FULL ? c->paths.ask(a, what->lang)
                                         : c->paths.own(a, what->lang, what->token);
    str title = text ? text->title : d->slug;
    /* Every lead names the declaration and nothing else. */
    _Static_assert(MSG_MAIL_CONFIRM_LEAD__ARGS == 1 && MSG_MAIL_REMIND_LEAD__ARGS == 1 &&
                       MSG_MAIL_ALREADY_LEAD__ARGS == 1 && MSG_MAIL_FULL_LEAD__ARGS == 1 &&
                       MSG_MAIL_LINK_LEAD__ARGS == 1 && MSG_MAIL_RENEW_LEAD__ARGS == 1,
                   "leads take the title");
    return (letter_page){
        .subject = lang_text(a, l, w->subject, NULL, 0),
        .lead = lang_text(a, l, w->lead, (const msg_arg[]){msg_arg_of_str(title)}, 1),
        .button = lang_text(a, l, w->button, NULL, 0),
        .link = arena_printf(a, "%.*s%.*s", STR_FMT(c->origin), STR_FMT(path)),
        .alliance = alliance_name(al, what->lang),
        .host = host_of(c->origin),
        .until = lang_date(a, l, created_ms + (int64_t)PENDING_DAYS * DAY_MS),
        .days = LINK_DAYS,
        .per_mailbox = d->per_mailbox,
        .leave = leave_url(c, a, what),
    };
}

static str render(arena *a, lang l, letter_view *view, const letter_page *p)
{
    buf b = buf_in(a);
    html_out o = {&b};
    view_context vc = {a, l, NULL};
    view(&vc, &o, p);
    return buf_str(&b);
}

err composer_write(const composer *c, arena *a, const alliance *al, const letter *what,
                   int64_t created_ms, int64_t now_ms, mail_message *out_message)
{
    const struct wording *w = wording_of(what->kind);
    const declaration *d = alliance_declaration_by_id(al, what->declaration);
    lang l;
    if (!w || !d || !mail_address_ok(what->to))
        return ERR_INVALID;
    if (lang_by_code(what->lang, &l) != OK)
        l = LANG_EN;
    letter_page page = page_of(c, a, al, what, d, w, l, created_ms);
    *out_message = (mail_message){
        .from_name = c->from_name.n ? c->from_name : page.alliance,
        .from = page.leave.n ? c->mailing_from : c->from,
        .to = what->to,
        .reply_to = c->reply_to,
        .subject = page.subject,
        .message_id = mail_message_id(a, c->id_host),
        .language = lang_code(l),
        .text = render(a, l, w->text, &page),
        .html = render(a, l, w->html, &page),
        .list_unsubscribe = page.leave,
        .list_unsubscribe_mail = leave_mail(c, a, what),
        .date_ms = now_ms,
    };
    return OK;
}
