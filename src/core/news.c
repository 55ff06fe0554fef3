/* SPDX-License-Identifier: EUPL-1.2 */
/* The seal names the signature, so that no address can be moved to somebody else's consent. */

#include "core/news.h"

#include "sql/q_news.h"

err news_add(db_tx *tx, arena *scratch, const core_keys *keys, const mailed_link *l,
             int64_t declaration_id, str lang)
{
    email_address to;
    if (link_address(scratch, l, &to) != OK)
        return OK;
    str context = arena_printf(scratch, "news/%lld", (long long)l->signature);
    return q_news_put(tx, l->signature, declaration_id, lang,
                      seal_make(scratch, &keys->news, context, personal_text(to)));
}

err news_remove(db_tx *tx, int64_t signature)
{
    return q_news_delete(tx, signature);
}
