/* SPDX-License-Identifier: EUPL-1.2 */
/* A register shows days and no moments: when a line entered the log would otherwise tell whose it
 * is. Pages with counts are made anew each minute, so "today" is wrong for a minute at most. */

#include "web/signers.h"

#include "core/website.h"
#include "web/kind.h"

str signer_country(const view_context *vc, str code)
{
    return lang_country_is_known(code) ? lang_country(vc->l, code)
                                       : lang_text(vc->a, vc->l, MSG_SIGNER_NO_COUNTRY, NULL, 0);
}

/* "first, second", or the one that is there. */
static str join(arena *a, str first, str second)
{
    if (first.n == 0 || second.n == 0)
        return first.n ? first : second;
    return arena_printf(a, "%.*s, %.*s", STR_FMT(first), STR_FMT(second));
}

static str role_of(arena *a, const listed *row)
{
    switch (row->kind) {
    case SIGNER_ORGANISATION:
        return join(a, row->name, row->function);
    case SIGNER_MANDATE:
        return join(a, join(a, row->function, row->organisation), row->group);
    case SIGNER_PERSON:
        break;
    }
    return (str){"", 0};
}

/* Who signed an earlier text is marked: nobody is carried over to a new one. */
static str version_of(page_context *pc, const declaration *d, const listed *row)
{
    const msg_arg args[MSG_VERSION_TAG__ARGS] = {[MSG_VERSION_TAG__ARG_VERSION] =
                                                     msg_arg_of_int(row->version)};
    if (row->version == 0 || row->version >= d->version)
        return (str){"", 0};
    return lang_text(pc->a, pc->frame.l, MSG_VERSION_TAG, args, MSG_VERSION_TAG__ARGS);
}

static signer show(page_context *pc, const declaration *d, const listed *row)
{
    arena *a = pc->a;
    lang l = pc->frame.l;
    str type = kind_type_name(a, l, row->kind, row->type);
    bool is_organisation = row->kind == SIGNER_ORGANISATION && row->organisation.n;
    str kind = lang_text(a, l, kind_message(row->kind), NULL, 0);
    return (signer){
        .row = row,
        .name = is_organisation ? row->organisation : row->name,
        .role = role_of(a, row),
        .kind = is_organisation && type.n ? type : join(a, kind, type),
        .place = join(a, row->region, signer_country(&pc->view, row->country)),
        .website = is_organisation ? website_host(a, row->website) : (str){"", 0},
        .version = version_of(pc, d, row),
        .day = lang_day(a, l, row->confirmed_ms, pc->frame.now_ms),
        .date = lang_date(a, l, row->confirmed_ms),
        .day_code = lang_day_code(a, row->confirmed_ms),
    };
}

signer_list signers_shown(page_context *pc, const declaration *d, const listing_page *rows)
{
    signer *all = arena_array(pc->a, signer, rows->n);
    for (size_t i = 0; i < rows->n; i++) {
        all[i] = show(pc, d, &rows->at[i]);
        pc->frame.has_samples = pc->frame.has_samples || rows->at[i].is_sample;
    }
    return (signer_list){all, rows->n};
}
