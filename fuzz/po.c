/* SPDX-License-Identifier: EUPL-1.2 */
/* Catalogues: English text up to the first NUL, a translation behind it. What was read and written
 * reads the same again, and what passes the checks can be taken apart. */

#include "base/utf8.h"
#include "po/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MOST = 64 << 10, ARENA_BYTES = 512 << 20 };

static str write_all(arena *a, const po_catalogue *c)
{
    buf out = buf_in(a);
    po_put_header(&out, c->header);
    for (size_t i = 0; i < c->n; i++) {
        buf_put_char(&out, '\n');
        po_put_entry(&out, &c->at[i]);
    }
    return buf_str(&out);
}

static bool read_twice(arena *a, str text, po_catalogue *out_catalogue)
{
    po_faults faults = {.home = a, .path = "fuzz"}, none = faults;
    bool is_sound = po_read(a, text, &faults, out_catalogue);
    BUG_IF(is_sound != (faults.n_all == 0));
    if (!is_sound)
        return false;
    po_catalogue again;
    str once = write_all(a, out_catalogue);
    BUG_IF(!po_read(a, once, &none, &again));
    BUG_IF(!str_eq(once, write_all(a, &again)));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_BYTES_MOST)
        return 0;
    arena *a = arena_open(ARENA_BYTES);
    str rest, all = {(const char *)data, size};
    str english_text = str_cut(all, '\0', &rest);
    po_catalogue english, other;
    if (utf8_is_valid(all) && read_twice(a, english_text, &english) &&
        read_twice(a, rest, &other)) {
        po_faults faults = {.home = a, .path = "fuzz"};
        plural rule;
        if (plural_parse(a, po_header(&other, S("Plural-Forms")), &rule) != OK)
            BUG_IF(plural_parse(a, plural_header(S("pl")), &rule) != OK);
        for (uint64_t n = 0; n < 200; n++)
            BUG_IF(plural_form(&rule, n) >= rule.n_forms);
        for (size_t i = 0; i < other.n; i++) {
            const po_entry *source = po_find(&english, other.at[i].key);
            message_args args;
            if (source && message_args_of(a, source, &faults, &args))
                message_compare(a, source, &other.at[i], &rule, &faults);
        }
    }
    arena_close(a);
    return 0;
}
