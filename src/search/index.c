/* SPDX-License-Identifier: EUPL-1.2 */
/* Building an index: places are collected as they come, then sorted. */

#include "search/index.h"

#include "base/log.h"
#include "base/utf8.h"

#include <stdlib.h>

enum { THINGS_MOST = 1 << 24, SCRATCH_BYTES_MOST = 1 << 30, PLACES_FIRST = 4096 };

static const uint8_t weights[] = {[SEARCH_FILE] = WEIGHT_FILE,
                                  [SEARCH_BODY] = WEIGHT_BODY,
                                  [SEARCH_SUMMARY] = WEIGHT_SUMMARY,
                                  [SEARCH_TITLE] = WEIGHT_TITLE};

/* word << 32 | place: sorted by word, then thing. */
typedef struct raw_places {
    uint64_t *at;
    size_t n, room;
} raw_places;

struct search_builder {
    search_index *index;
    arena *scratch;
    raw_places raw[SEARCH_TONGUES_MOST];
    size_t place_n, thing_room;
    uint32_t *file_words; /* of the file that is being added */
    size_t file_word_room;
    bool is_full;
};

search_builder *search_begin(void)
{
    arena *home = arena_open(INDEX_BYTES_MOST), *scratch = arena_open(SCRATCH_BYTES_MOST);
    search_builder *b = arena_new(scratch, search_builder);
    b->scratch = scratch;
    b->index = arena_new(home, search_index);
    b->index->home = home;
    lexicon_open(&b->index->words, home);
    return b;
}

size_t search_add_thing(search_builder *b, int original)
{
    search_index *i = b->index;
    BUG_IF(original < 0 || original >= SEARCH_TONGUES_MOST || i->n == THINGS_MOST);
    if (i->n == b->thing_room) {
        b->thing_room = b->thing_room ? 2 * b->thing_room : 256;
        thing *grown = arena_array(i->home, thing, b->thing_room);
        if (i->n)
            memcpy(grown, i->things, i->n * sizeof *grown);
        i->things = grown;
    }
    i->things[i->n] = (thing){0, original};
    return i->n++;
}

static void put_place(search_builder *b, size_t number, int tongue, uint32_t word,
                      search_field field)
{
    raw_places *r = &b->raw[tongue];
    if (r->n == r->room) {
        r->room = r->room ? 2 * r->room : PLACES_FIRST;
        uint64_t *grown = arena_array(b->scratch, uint64_t, r->room);
        if (r->n)
            memcpy(grown, r->at, r->n * sizeof *grown);
        r->at = grown;
    }
    r->at[r->n++] = (uint64_t)word << 32 | (uint32_t)number << WEIGHT_BITS | weights[field];
    b->place_n++;
}

/* Tables grow to twice their size, so a quarter must be left of what they may have. */
static bool has_room(const search_builder *b, str text)
{
    return b->place_n + text.n <= PLACES_MOST &&
           arena_used(b->index->home) <= INDEX_BYTES_MOST / 4 &&
           arena_used(b->scratch) <= SCRATCH_BYTES_MOST / 2;
}

static bool can_take(search_builder *b, str text)
{
    bool is_good = utf8_is_valid(text) && has_room(b, text);
    if (!is_good && !b->is_full)
        LOG(LOG_WARN, "search.left_out", log_int("places", (int64_t)b->place_n));
    b->is_full = b->is_full || !is_good;
    return is_good;
}

void search_add_text(search_builder *b, int tongue, search_field field, str text)
{
    BUG_IF(b->index->n == 0 || tongue < 0 || tongue >= SEARCH_TONGUES_MOST);
    size_t number = b->index->n - 1;
    b->index->things[number].tongues |= 1u << tongue;
    if (!can_take(b, text))
        return;
    for (str piece; lexicon_cut(&text, &piece);) {
        word_list words = lexicon_add(&b->index->words, b->scratch, piece);
        for (size_t i = 0; i < words.n; i++)
            put_place(b, number, tongue, words.at[i], field);
    }
}

static size_t file_words(search_builder *b, str text)
{
    size_t n = 0;
    for (str piece; lexicon_cut(&text, &piece);) {
        word_list words = lexicon_add(&b->index->words, b->scratch, piece);
        for (size_t i = 0; i < words.n && n < b->file_word_room; i++)
            b->file_words[n++] = words.at[i];
    }
    return n;
}

static int by_word(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

/* A file says most of its words often: twice is as much as any weight tells. */
void search_add_file(search_builder *b, size_t number, int tongue, str text)
{
    BUG_IF(number >= b->index->n || tongue < 0 || tongue >= SEARCH_TONGUES_MOST);
    if (!can_take(b, text))
        return;
    if (text.n > b->file_word_room) { /* no text has more words than bytes */
        b->file_word_room = text.n;
        b->file_words = arena_array(b->scratch, uint32_t, text.n);
    }
    size_t n = file_words(b, text);
    if (n)
        qsort(b->file_words, n, sizeof *b->file_words, by_word);
    for (size_t i = 0; i < n; i++)
        if (i < 2 || b->file_words[i] != b->file_words[i - 2])
            put_place(b, number, tongue, b->file_words[i], SEARCH_FILE);
}

static int by_number(const void *left, const void *right)
{
    uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;
    return (a > b) - (a < b);
}

/* A word that stands in a thing several times has one place, of the greatest weight and one more:
 * raw places of a word and thing are sorted by weight. */
static void pack(search_builder *b, tongue_index *to, const raw_places *r)
{
    arena *a = b->index->home;
    size_t words = 0, places = 0;
    for (size_t i = 0; i < r->n; i++) {
        words += i == 0 || r->at[i] >> 32 != r->at[i - 1] >> 32;
        places += i == 0 || r->at[i] >> WEIGHT_BITS != r->at[i - 1] >> WEIGHT_BITS;
    }
    to->words = arena_array(a, uint32_t, words);
    to->first = arena_array(a, uint32_t, words + 1);
    to->places = arena_array(a, place, places);
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++) {
        if (i == 0 || r->at[i] >> 32 != r->at[i - 1] >> 32) {
            to->words[to->n] = (uint32_t)(r->at[i] >> 32);
            to->first[to->n++] = (uint32_t)n;
        }
        bool is_repeated = i > 0 && r->at[i] >> WEIGHT_BITS == r->at[i - 1] >> WEIGHT_BITS;
        if (is_repeated)
            to->places[n - 1] = (place)r->at[i] + 1;
        else
            to->places[n++] = (place)r->at[i];
    }
    to->first[to->n] = (uint32_t)n;
}

static void note_shown(search_index *i)
{
    for (size_t t = 0; t < i->n; t++)
        for (int tongue = 0; tongue < SEARCH_TONGUES_MOST; tongue++)
            i->shows[tongue] |=
                i->things[t].tongues >> tongue & 1 ? 1u << tongue : 1u << i->things[t].original;
    for (int tongue = 0; tongue < SEARCH_TONGUES_MOST; tongue++) /* files in it */
        if (i->tongues[tongue].n)
            i->shows[tongue] |= 1u << tongue;
}

search_index *search_end(search_builder *b)
{
    search_index *i = b->index;
    const uint32_t *places = lexicon_sort(&i->words, b->scratch);
    for (int t = 0; t < SEARCH_TONGUES_MOST; t++) {
        raw_places *r = &b->raw[t];
        for (size_t k = 0; k < r->n; k++)
            r->at[k] = (uint64_t)places[r->at[k] >> 32] << 32 | (uint32_t)r->at[k];
        if (r->n)
            qsort(r->at, r->n, sizeof *r->at, by_number);
        pack(b, &i->tongues[t], r);
    }
    note_shown(i);
    arena_close(b->scratch);
    return i;
}

void search_close(search_index *index)
{
    if (index)
        arena_close(index->home);
}

size_t search_things(const search_index *index)
{
    return index->n;
}

size_t search_bytes(const search_index *index)
{
    return arena_used(index->home);
}
