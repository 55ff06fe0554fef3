/* SPDX-License-Identifier: EUPL-1.2 */
/* Two hash tables with open addressing, one for pieces as they are written, one for words. */

#include "search/lexicon.h"

#include "text/text.h"

enum { PIECE_BYTES_MOST = 200, ROOM_FIRST = 1024 };

typedef struct piece {
    str text;
    uint32_t list, n; /* in lists */
} piece;

/* FNV-1a: hits on the many short strings of an index are what counts, and texts come from the
 * organiser. */
static uint32_t hash_of(str s)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < s.n; i++)
        h = (h ^ (unsigned char)s.at[i]) * 16777619u;
    return h ^ h >> 15;
}

/* Twice the room, with what is there. */
static void *grow(arena *a, void *old, size_t n, size_t *room, size_t size)
{
    *room = *room ? 2 * *room : ROOM_FIRST;
    void *grown = arena_alloc_array(a, *room, size);
    if (n)
        memcpy(grown, old, n * size);
    return grown;
}

void lexicon_open(lexicon *l, arena *a)
{
    *l = (lexicon){.a = a, .slot_room = ROOM_FIRST, .word_slot_room = ROOM_FIRST};
    l->slots = arena_array(a, uint32_t, l->slot_room);
    l->word_slots = arena_array(a, uint32_t, l->word_slot_room);
}

static bool is_inside(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (unsigned char)c >= 0x80;
}

static bool is_continuation(char c)
{
    return ((unsigned char)c & 0xC0) == 0x80;
}

bool lexicon_cut(str *text, str *out_piece)
{
    size_t first = 0;
    while (first < text->n && !is_inside(text->at[first]))
        first++;
    size_t end = first;
    while (end < text->n && is_inside(text->at[end]) &&
           (end - first < PIECE_BYTES_MOST || is_continuation(text->at[end])))
        end++;
    *out_piece = str_head(str_skip(*text, first), end - first);
    *text = str_skip(*text, end);
    return out_piece->n > 0;
}

/* The slot that holds the piece, or the empty one where it belongs. */
static size_t piece_slot(const lexicon *l, str text)
{
    size_t at = hash_of(text) & (l->slot_room - 1);
    while (l->slots[at] && !str_eq(l->pieces[l->slots[at] - 1].text, text))
        at = (at + 1) & (l->slot_room - 1);
    return at;
}

static size_t word_slot(const lexicon *l, str word)
{
    size_t at = hash_of(word) & (l->word_slot_room - 1);
    while (l->word_slots[at] && !str_eq(l->words[l->word_slots[at] - 1], word))
        at = (at + 1) & (l->word_slot_room - 1);
    return at;
}

static uint32_t word_number(lexicon *l, str word)
{
    size_t at = word_slot(l, word);
    if (l->word_slots[at])
        return l->word_slots[at] - 1;
    if (l->word_n == l->word_room)
        l->words = grow(l->a, l->words, l->word_n, &l->word_room, sizeof *l->words);
    l->words[l->word_n++] = arena_copy(l->a, word);
    l->word_slots[at] = (uint32_t)l->word_n;
    if (2 * l->word_n > l->word_slot_room) {
        l->word_slot_room *= 2;
        l->word_slots = arena_array(l->a, uint32_t, l->word_slot_room);
        for (size_t i = 0; i < l->word_n; i++)
            l->word_slots[word_slot(l, l->words[i])] = (uint32_t)i + 1;
    }
    return (uint32_t)l->word_n - 1;
}

static void put_word(lexicon *l, str word)
{
    uint32_t number = word_number(l, word);
    if (l->list_n == l->list_room)
        l->lists = grow(l->a, l->lists, l->list_n, &l->list_room, sizeof *l->lists);
    l->lists[l->list_n++] = number;
}

static void put_piece(lexicon *l, size_t slot, piece p)
{
    if (l->piece_n == l->piece_room)
        l->pieces = grow(l->a, l->pieces, l->piece_n, &l->piece_room, sizeof *l->pieces);
    l->pieces[l->piece_n++] = p;
    l->slots[slot] = (uint32_t)l->piece_n;
    if (2 * l->piece_n <= l->slot_room)
        return;
    l->slot_room *= 2;
    l->slots = arena_array(l->a, uint32_t, l->slot_room);
    for (size_t i = 0; i < l->piece_n; i++)
        l->slots[piece_slot(l, l->pieces[i].text)] = (uint32_t)i + 1;
}

static word_list words_of(const lexicon *l, size_t slot)
{
    const piece *p = &l->pieces[l->slots[slot] - 1];
    return (word_list){l->lists + p->list, p->n};
}

word_list lexicon_add(lexicon *l, arena *scratch, str text)
{
    size_t slot = piece_slot(l, text);
    if (l->slots[slot])
        return words_of(l, slot);
    str folded;
    if (text_fold(scratch, text, &folded) != OK)
        folded = (str){"", 0};
    piece p = {.text = arena_copy(l->a, text), .list = (uint32_t)l->list_n};
    while (folded.n)
        put_word(l, str_cut(folded, ' ', &folded));
    p.n = (uint32_t)l->list_n - p.list;
    put_piece(l, slot, p);
    return (word_list){l->lists + p.list, p.n};
}

bool lexicon_find(const lexicon *l, str text, word_list *out_words)
{
    size_t slot = piece_slot(l, text);
    if (!l->slots[slot])
        return false;
    *out_words = words_of(l, slot);
    return true;
}

typedef struct numbered {
    str word;
    uint32_t number;
} numbered;

static int by_word(const void *left, const void *right)
{
    return str_cmp(((const numbered *)left)->word, ((const numbered *)right)->word);
}

uint32_t *lexicon_sort(lexicon *l, arena *scratch)
{
    numbered *all = arena_array(scratch, numbered, l->word_n);
    uint32_t *places = arena_array(scratch, uint32_t, l->word_n);
    for (size_t i = 0; i < l->word_n; i++)
        all[i] = (numbered){l->words[i], (uint32_t)i};
    if (l->word_n)
        qsort(all, l->word_n, sizeof *all, by_word);
    for (size_t i = 0; i < l->word_n; i++) {
        l->words[i] = all[i].word;
        places[all[i].number] = (uint32_t)i;
    }
    for (size_t i = 0; i < l->list_n; i++)
        l->lists[i] = places[l->lists[i]];
    return places;
}

size_t lexicon_seek(const lexicon *l, str word)
{
    size_t low = 0, high = l->word_n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_cmp(l->words[middle], word) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
