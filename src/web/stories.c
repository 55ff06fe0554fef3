/* SPDX-License-Identifier: EUPL-1.2 */
/* Stories in the words of a language, and the dates of sources. */

#include "web/page_story.h"

#include "base/number.h"
#include "page_views.h"
#include "routes.h"

enum { FUNDS = 4 };

static const struct {
    str code;
    msg name;
} funds[FUNDS] = {
    {STR_INIT("ERDF"), MSG_FUND_ERDF},
    {STR_INIT("ESF"), MSG_FUND_ESF},
    {STR_INIT("CF"), MSG_FUND_CF},
    {STR_INIT("JTF"), MSG_FUND_JTF},
};

static str fund_name(const page_context *pc, str code)
{
    for (size_t i = 0; i < FUNDS; i++)
        if (str_eq(funds[i].code, code))
            return lang_text(pc->a, pc->frame.l, funds[i].name, NULL, 0);
    return code;
}

bool story_fund_is_known(str code)
{
    for (size_t i = 0; i < FUNDS; i++)
        if (str_eq(funds[i].code, code))
            return true;
    return false;
}

choice_list story_funds(const page_context *pc, shown_list stories)
{
    choice *all = arena_array(pc->a, choice, FUNDS);
    size_t n = 0;
    for (size_t i = 0; i < FUNDS; i++)
        if (filter_finds(stories, S("fund"), funds[i].code))
            all[n++] = (choice){funds[i].code, fund_name(pc, funds[i].code)};
    return (choice_list){all, n};
}

/* Days from 1970-01-01 to the first of March of a year, and from there to a day: the calendar's
 * leap day then stands at the end. */
static int64_t day_number(int64_t year, int64_t month, int64_t day)
{
    int64_t y = month > 2 ? year : year - 1;
    int64_t months = month > 2 ? month - 3 : month + 9;
    return 365 * y + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1 - 719468;
}

str page_date(arena *a, lang l, str written)
{
    int64_t year, month, day;
    if (written.n < 10)
        return str_head(written, 4);
    if (written.n > 10 || number_parse(str_head(written, 4), 1, 9999, &year) != OK ||
        number_parse(str_head(str_skip(written, 5), 2), 1, 12, &month) != OK ||
        number_parse(str_skip(written, 8), 1, 31, &day) != OK)
        return written;
    /* Noon, so that no time zone moves the day. */
    return lang_date(a, l, day_number(year, month, day) * 86400000 + 43200000);
}

static story story_of(const page_context *pc, const shown *s)
{
    return (story){
        .text = *s,
        .picture = shown_picture_of(pc->a, s, S("picture")),
        .country = lang_country(pc->frame.l, shown_fact(s, S("country"))),
        .fund = fund_name(pc, shown_fact(s, S("fund"))),
        .source = shown_fact(s, S("source")),
        .date = page_date(pc->a, pc->frame.l, shown_fact(s, S("source_date"))),
    };
}

/* --- one story --- */

enum { STORY_FACTS_MOST = 8 };

typedef struct fact_box {
    const page_context *pc;
    const shown *s;
    story_fact *at;
    size_t n;
} fact_box;

static str text_of(const fact_box *b, msg m)
{
    return lang_text(b->pc->a, b->pc->frame.l, m, NULL, 0);
}

static void add(fact_box *b, msg name, str value, str code)
{
    if (value.n)
        b->at[b->n++] = (story_fact){text_of(b, name), value, code};
}

static void add_euros(fact_box *b, msg name, str key)
{
    int64_t amount;
    if (number_parse(shown_fact(b->s, key), 1, INT64_MAX, &amount) != OK)
        return;
    const msg_arg arg[MSG_STORY_EUROS__ARGS] = {[MSG_STORY_EUROS__ARG_AMOUNT] = msg_arg_of(amount)};
    add(b, name, lang_text(b->pc->a, b->pc->frame.l, MSG_STORY_EUROS, arg, MSG_STORY_EUROS__ARGS),
        (str){"", 0});
}

static str day_of(const fact_box *b, str key)
{
    return page_date(b->pc->a, b->pc->frame.l, shown_fact(b->s, key));
}

static story_facts facts_of(const page_context *pc, const story *told)
{
    fact_box b = {pc, &told->text, arena_array(pc->a, story_fact, STORY_FACTS_MOST), 0};
    const str own = {"", 0};
    /* Names of bodies and programmes stay in the language of the country, which is not known here.
     */
    add(&b, MSG_STORY_FUND, told->fund, own);
    add(&b, MSG_STORY_PROGRAMME, shown_fact(&told->text, S("programme")), S("und"));
    add(&b, MSG_STORY_BENEFICIARY, shown_fact(&told->text, S("beneficiary")), S("und"));
    add_euros(&b, MSG_STORY_TOTAL, S("total"));
    add_euros(&b, MSG_STORY_EU, S("eu"));
    add(&b, MSG_STORY_START, day_of(&b, S("start")), own);
    add(&b, MSG_STORY_END, day_of(&b, S("end")), own);
    return (story_facts){b.at, b.n};
}

/* "captions-da.vtt" beside the film. */
static film film_of(const page_context *pc, const shown *s)
{
    film f = {.url = shown_file_url(pc->a, s, shown_fact(s, S("film")))};
    caption *all = arena_array(pc->a, caption, s->item->files.n);
    size_t n = 0;
    for (size_t i = 0; i < s->item->files.n; i++) {
        str name = s->item->files.at[i].name, code = str_head(str_skip(name, 9), 2);
        lang l;
        if (name.n != 15 || !str_starts(name, S("captions-")) || !str_ends(name, S(".vtt")) ||
            lang_by_code(code, &l) != OK)
            continue;
        all[n++] = (caption){shown_file_url(pc->a, s, name), code, lang_native_name(l),
                             str_eq(code, pc->frame.code)};
    }
    f.captions = (caption_list){all, n};
    return f;
}

story_list stories_of(page_context *pc, shown_list items)
{
    story *all = arena_array(pc->a, story, items.n);
    for (size_t i = 0; i < items.n; i++)
        all[i] = story_of(pc, &items.at[i]);
    return (story_list){all, items.n};
}

story_list stories_shown(page_context *pc, size_t most)
{
    return stories_of(pc, shown_items(pc, S("story"), most));
}

/* For machines, and for who shares it. */
static void describe(page_context *pc, const shown *text)
{
    frame *f = &pc->frame;
    linked_data *ld = &f->about;
    const content_file *picture =
        content_file_named(text->item, shown_fact(text, S("picture")), FILE_FORM_ELSEWHERE);
    f->section = (frame_link){.url = url_stories(pc->a, f->code),
                              .name = lang_text(pc->a, f->l, MSG_STORIES_TITLE, NULL, 0)};
    if (picture) {
        str words = shown_header(text, S("picture_alt"));
        f->picture = url_media(pc->a, picture->hash, picture->published);
        f->picture_words = words.n ? words : text->title;
    }
    linked_data_open(ld, S(""), S("Article"));
    linked_data_put(ld, S("@id"), frame_address(pc->a, f));
    linked_data_put(ld, S("headline"), text->title);
    linked_data_put(ld, S("description"), shown_header(text, S("summary")));
    linked_data_put(ld, S("inLanguage"), text->lang);
    linked_data_put(ld, S("contentLocation"), shown_header(text, S("place")));
    if (picture)
        linked_data_put(ld, S("image"), frame_picture_address(pc->a, f));
    linked_data_close(ld);
}

err page_story(struct app *ap, req *rq, reply *out)
{
    page_context pc;
    shown text;
    story_page p = {.told = {.country = {"", 0}}};
    figure g;
    TRY(page_begin(ap, rq, &pc));
    TRY(shown_item(&pc, S("story"), req_segment(rq, 1), &text));
    p.told = story_of(&pc, &text);
    p.credit = shown_fact(&text, S("picture_credit"));
    p.film = film_of(&pc, &text);
    p.facts = facts_of(&pc, &p.told);
    str number = shown_fact(&text, S("kohesio"));
    if (number.n)
        p.record_url = arena_printf(pc.a, "https://kohesio.ec.europa.eu/%.*s/projects/%.*s",
                                    STR_FMT(pc.frame.code), STR_FMT(number));
    p.share = share_page(&pc, text.title, shown_header(&text, S("summary")));
    if (pc.frame.main) {
        g = figure_of(&pc, pc.frame.main);
        p.figure = &g;
    }
    pc.frame.title = text.title;
    pc.frame.description = shown_header(&text, S("summary"));
    describe(&pc, &text);
    html_out o = page_reply(&pc, out, 200);
    view_page_story(&pc.view, &o, &p);
    return OK;
}
