/* SPDX-License-Identifier: EUPL-1.2 */
/* A title, a NUL, a body, a NUL, a question. What is marked is the text as it was, cut at
 * characters; a text is found by each of its own first words. */

#include "search/search.h"
#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_marks(arena *a, const search_index *index, const search_question *q, str text)
{
    search_pieces whole = search_mark(a, index, q, text, 0);
    size_t n = 0;
    for (size_t i = 0; i < whole.n; i++) {
        BUG_IF(n + whole.at[i].text.n > text.n ||
               memcmp(text.at + n, whole.at[i].text.at, whole.at[i].text.n) != 0);
        n += whole.at[i].text.n;
    }
    BUG_IF(n != text.n);
    search_pieces cut = search_mark(a, index, q, text, 40);
    for (size_t i = 0; i < cut.n; i++)
        BUG_IF(utf8_is_valid(text) && !utf8_is_valid(cut.at[i].text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 4 << 10)
        return 0;
    str body, question, title = str_cut((str){(const char *)data, size}, '\0', &body);
    body = str_cut(body, '\0', &question);
    arena *a = arena_open(64 << 20);
    search_builder *b = search_begin();
    search_add_thing(b, 1);
    search_add_text(b, 1, SEARCH_TITLE, title);
    search_add_text(b, 0, SEARCH_BODY, body);
    search_add_file(b, 0, 0, title);
    search_index *index = search_end(b);
    search_question q;
    if (search_ask(a, question, &q) == OK) {
        search_hits hits = search_find(a, index, &q, 0);
        BUG_IF(hits.n > 1 || (hits.n == 1 && (hits.at[0].thing != 0 || hits.at[0].tongue > 1)));
        check_marks(a, index, &q, title);
        check_marks(a, index, &q, body);
    } else {
        BUG_IF(utf8_is_valid(question) && question.n <= SEARCH_QUESTION_BYTES_MOST);
    }
    if (utf8_is_valid(body) && search_ask(a, str_head(body, 20), &q) == OK && q.n > 0) {
        q.n = 1; /* the last may be cut within its letters */
        size_t end = str_find(body, ' ');
        if (end < 20 && end > 0)
            BUG_IF(search_find(a, index, &q, 0).n != 1);
    }
    search_close(index);
    arena_close(a);
    return 0;
}
