/* SPDX-License-Identifier: EUPL-1.2 */
/* Showing: the text as it is written, with the pieces that answer the question apart. */

#include "search/index.h"

#include "base/utf8.h"
#include "text/text.h"

enum { BEFORE_BYTES = 60 }; /* how much of an excerpt stands before the first match */

typedef struct marking {
    arena *a;
    const search_index *index;
    const search_question *question;
    search_piece *at;
    size_t n, room;
} marking;

static bool answers(const marking *m, str word)
{
    for (size_t i = 0; i < m->question->n; i++)
        if (search_is_answer(word, m->question->words[i]))
            return true;
    return false;
}

static bool is_match(const marking *m, str piece)
{
    word_list words;
    if (lexicon_find(&m->index->words, piece, &words)) {
        for (size_t i = 0; i < words.n; i++)
            if (answers(m, m->index->words.words[words.at[i]]))
                return true;
        return false;
    }
    str folded;
    if (text_fold(m->a, piece, &folded) != OK)
        return false;
    while (folded.n)
        if (answers(m, str_cut(folded, ' ', &folded)))
            return true;
    return false;
}

static void put(marking *m, str text, bool is_match)
{
    if (text.n == 0)
        return;
    if (m->n == m->room) {
        m->room = m->room ? 2 * m->room : 16;
        search_piece *grown = arena_array(m->a, search_piece, m->room);
        if (m->n)
            memcpy(grown, m->at, m->n * sizeof *grown);
        m->at = grown;
    }
    m->at[m->n++] = (search_piece){text, is_match};
}

/* Where the first match begins; 0 when there is none. */
static size_t first_match(const marking *m, str text)
{
    str rest = text;
    for (str piece; lexicon_cut(&rest, &piece);)
        if (is_match(m, piece))
            return (size_t)(piece.at - text.at);
    return 0;
}

/* Back to the beginning of a word at or before a place, or of a character when the word is long. */
static size_t word_start(str text, size_t at, size_t lowest)
{
    size_t start = at;
    while (start > lowest && text.at[start - 1] != ' ' && text.at[start - 1] != '\n')
        start--;
    if (start > lowest || lowest == 0)
        return start;
    while (at < text.n && ((unsigned char)text.at[at] & 0xC0) == 0x80)
        at++;
    return at;
}

search_pieces search_mark(arena *a, const search_index *index, const search_question *question,
                          str text, size_t bytes_most)
{
    marking m = {.a = a, .index = index, .question = question};
    size_t begin = 0, end = text.n;
    if (bytes_most && text.n > bytes_most) {
        size_t match = first_match(&m, text);
        if (match > BEFORE_BYTES)
            begin = word_start(text, match - BEFORE_BYTES,
                               match > 2 * BEFORE_BYTES ? match - 2 * BEFORE_BYTES : 0);
        if (text.n - begin > bytes_most)
            end = word_start(text, begin + bytes_most, begin + bytes_most / 2);
    }
    str rest = str_head(str_skip(text, begin), end - begin);
    if (begin > 0)
        put(&m, S("\u2026 "), false);
    str plain = {rest.at, 0}; /* since the last match */
    for (str piece; lexicon_cut(&rest, &piece);) {
        if (!is_match(&m, piece))
            continue;
        plain.n = (size_t)(piece.at - plain.at);
        put(&m, plain, false);
        put(&m, piece, true);
        plain.at = piece.at + piece.n;
    }
    plain.n = (size_t)(text.at + end - plain.at);
    put(&m, plain, false);
    if (end < text.n)
        put(&m, S(" \u2026"), false);
    return (search_pieces){m.at, m.n};
}
