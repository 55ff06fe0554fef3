/* SPDX-License-Identifier: EUPL-1.2 */
/* A text file of a content folder, as a header with a body and as an INI: whatever it holds, every
 * pair is a view of the file, no key comes twice, and the parts of the body are counted. */

#include "core/content_folder.h"
#include "prose/language.h"
#include "prose/outline.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n);

static void must_lie_in(str part, str whole)
{
    BUG_IF(part.n && (part.at < whole.at || part.at + part.n > whole.at + whole.n));
}

static fact_list read_as(content_reader *r, const content_source *source, char separator,
                         str *out_rest)
{
    *out_rest = source->text;
    fact_list facts = content_read_facts(r, source, out_rest, separator);
    must_lie_in(*out_rest, source->text);
    for (size_t i = 0; i < facts.n; i++) {
        must_lie_in(facts.at[i].key, source->text);
        must_lie_in(facts.at[i].value, source->text);
        BUG_IF(facts.at[i].key.n == 0);
        for (size_t k = 0; k < i; k++)
            BUG_IF(str_eq(facts.at[i].key, facts.at[k].key));
    }
    return facts;
}

static void judge_values(arena *a, str kind, content_place place, fact_list facts)
{
    for (size_t i = 0; i < facts.n; i++) {
        const content_field *field = content_field_of(kind, place, facts.at[i].key);
        if (field)
            (void)content_value_fault(a, field, facts.at[i].value);
    }
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t n)
{
    static const char *const names[] = {"alliance", "declaration", "partner", "document",
                                        "story",    "action",      "page"};
    crypto_init();
    if (n > CONTENT_FILE_BYTES_MOST)
        return 0;
    arena *a = arena_open(256 << 20);
    content_report report = {0};
    content_folder folder = {0};
    content_reader r = {a, &folder, &report};
    content_source source = {S("en.md"), arena_copy(a, (str){(const char *)data, n})};
    if (content_is_clean(&r, &source)) {
        str rest, other, stray;
        fact_list ini = read_as(&r, &source, '=', &rest);
        fact_list header = read_as(&r, &source, ':', &rest);
        for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
            judge_values(a, str_of(names[i]), IN_FACTS, ini);
            judge_values(a, str_of(names[i]), IN_HEADER, header);
        }
        content_text text = {.lang = S("en"), .header = header, .body = rest};
        BUG_IF(content_stamp(a, &text).n != 12);
        outline o;
        outline_read(a, rest, &o);
        for (size_t i = 0; i < o.block_count && i < 50; i++) {
            (void)language_judge(o.blocks[i].words, S("mt"), &other);
            (void)language_stray_word(o.blocks[i].words, S("mt"), S(""), &stray);
        }
    }
    arena_close(a);
    return 0;
}
