/* SPDX-License-Identifier: EUPL-1.2 */
/* Stories in the words of a language, and the dates of sources. */

#include "web/page_content.h"

#include "base/number.h"

static str fund_name(const page_context *pc, str code)
{
    static const struct {
        str code;
        msg name;
    } funds[] = {
        {STR_INIT("ERDF"), MSG_FUND_ERDF},
        {STR_INIT("ESF"), MSG_FUND_ESF},
        {STR_INIT("CF"), MSG_FUND_CF},
        {STR_INIT("JTF"), MSG_FUND_JTF},
    };
    for (size_t i = 0; i < sizeof funds / sizeof *funds; i++)
        if (str_eq(funds[i].code, code))
            return lang_text(pc->a, pc->frame.l, funds[i].name, NULL, 0);
    return code;
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

story_list stories_shown(page_context *pc)
{
    shown_list items = shown_items(pc, S("story"), SIZE_MAX);
    story *all = arena_array(pc->a, story, items.n);
    for (size_t i = 0; i < items.n; i++) {
        const shown *s = &items.at[i];
        all[i] = (story){
            .text = *s,
            .country = lang_country(pc->frame.l, shown_fact(s, S("country"))),
            .fund = fund_name(pc, shown_fact(s, S("fund"))),
            .source = shown_fact(s, S("source")),
            .date = page_date(pc->a, pc->frame.l, shown_fact(s, S("source_date"))),
        };
    }
    return (story_list){all, items.n};
}
