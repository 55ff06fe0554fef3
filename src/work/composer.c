/* SPDX-License-Identifier: EUPL-1.2 */
/* Which words a letter has, by its kind; the views hold how they stand. */

#include "work/composer.h"

#include "core/joining.h"
#include "core/signature.h"
#include "lang/view.h"

#include "mail_views.h"

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
    {LETTER_JOIN, MSG_MAIL_JOIN_SUBJECT, MSG_MAIL_JOIN_LEAD, MSG_MAIL_CONFIRM_BUTTON,
     view_mail_join, view_mail_join_text},
    {LETTER_JOINED, MSG_MAIL_JOINED_SUBJECT, MSG_MAIL_JOINED_LEAD, MSG_MAIL_JOINED_BUTTON,
     view_mail_joined, view_mail_joined_text},
    {LETTER_INTEREST, MSG_MAIL_INTEREST_SUBJECT, MSG_MAIL_INTEREST_LEAD, MSG_MAIL_CONFIRM_BUTTON,
     view_mail_interest, view_mail_interest_text},
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

/* What the letter is about: the declaration, the action, or the alliance itself. Empty: it is
 * gone. */
static str title_of(const alliance *al, const letter *what)
{
    if (what->kind == LETTER_JOIN || what->kind == LETTER_JOINED)
        return alliance_name(al, what->lang);
    if (what->kind == LETTER_INTEREST) {
        const content_item *action = alliance_item(al, S("action"), what->action);
        const content_text *text = action ? content_text_in(action, what->lang) : NULL;
        return text ? fact_value(text->header, S("title")) : S("");
    }
    const declaration *d = alliance_declaration_by_id(al, what->declaration);
    const declaration_text *text = d ? declaration_text_in(d, d->version, what->lang) : NULL;
    return text ? text->title : d ? d->slug : S("");
}

static str path_of(const composer *c, arena *a, const letter *what)
{
    switch (what->kind) {
    case LETTER_FULL:
        return c->paths.ask(a, what->lang);
    case LETTER_JOIN:
    case LETTER_JOINED:
        return c->paths.join(a, what->lang, what->token);
    case LETTER_INTEREST:
        return c->paths.interest(a, what->lang, what->token);
    case LETTER_CONFIRM:
    case LETTER_REMIND:
    case LETTER_LINK:
    case LETTER_AGAIN:
    case LETTER_ALREADY:
    case LETTER_RENEW:
        break;
    }
    return c->paths.own(a, what->lang, what->token);
}

static letter_page page_of(const composer *c, arena *a, const alliance *al, const letter *what,
                           str title, const struct wording *w, lang l)
{
    const declaration *d = alliance_declaration_by_id(al, what->declaration);
    str path = path_of(c, a, what);
    /* Every lead names what title_of gives, and nothing else. */
    _Static_assert(MSG_MAIL_CONFIRM_LEAD__ARGS == 1 && MSG_MAIL_REMIND_LEAD__ARGS == 1 &&
                       MSG_MAIL_ALREADY_LEAD__ARGS == 1 && MSG_MAIL_FULL_LEAD__ARGS == 1 &&
                       MSG_MAIL_LINK_LEAD__ARGS == 1 && MSG_MAIL_INTEREST_LEAD__ARGS == 1 &&
                       MSG_MAIL_JOIN_LEAD__ARGS == 1 && MSG_MAIL_JOINED_LEAD__ARGS == 1 &&
                       MSG_MAIL_RENEW_LEAD__ARGS == 1,
                   "leads take the title");
    return (letter_page){
        .subject = lang_text(a, l, w->subject, NULL, 0),
        .lead = lang_text(a, l, w->lead, (const msg_arg[]){msg_arg_of_str(title)}, 1),
        .button = lang_text(a, l, w->button, NULL, 0),
        .link = arena_printf(a, "%.*s%.*s", STR_FMT(c->origin), STR_FMT(path)),
        .alliance = alliance_name(al, what->lang),
        .host = host_of(c->origin),
        .until = lang_date(a, l, what->until_ms),
        .days = LINK_DAYS,
        .per_mailbox = d ? d->per_mailbox : 0,
        .is_numbered = d && d->records == RECORDS_BROWSER && d->per_mailbox > 1,
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
                   int64_t now_ms, mail_message *out_message)
{
    const struct wording *w = wording_of(what->kind);
    str title = title_of(al, what);
    lang l;
    if (!w || title.n == 0 || !mail_address_ok(what->to))
        return ERR_INVALID;
    if (lang_by_code(what->lang, &l) != OK)
        l = LANG_EN;
    letter_page page = page_of(c, a, al, what, title, w, l);
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
