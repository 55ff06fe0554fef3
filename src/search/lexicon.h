/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The words of an index. A text is cut into pieces at ASCII characters that are no letters or
 * digits; a piece as written becomes words in search form, mostly one. Each different piece is
 * folded once, and looked up when hits are shown. For src/search/ only. */

#include "base/base.h"

typedef struct lexicon {
    arena *a; /* of what stays */
    struct piece *pieces;
    size_t piece_n, piece_room;
    uint32_t *slots; /* hash table: number of a piece + 1 */
    size_t slot_room;
    str *words; /* by number; sorted by lexicon_sort */
    size_t word_n, word_room;
    uint32_t *word_slots;
    size_t word_slot_room;
    uint32_t *lists; /* word numbers of all pieces, piece by piece */
    size_t list_n, list_room;
} lexicon;

typedef struct word_list {
    const uint32_t *at;
    size_t n;
} word_list;

void lexicon_open(lexicon *l, arena *a);

/* Takes the next piece off the text; false at its end. */
bool lexicon_cut(str *text, str *out_piece);

/* The words of a piece, new ones numbered. An empty list: none, or not UTF-8. Stands until the next
 * call. */
word_list lexicon_add(lexicon *l, arena *scratch, str piece);
/* The same without adding; false: the piece was never added. */
bool lexicon_find(const lexicon *l, str piece, word_list *out_words);

/* Numbers the words anew in bytewise order; out: the new number of each old one, in scratch. */
uint32_t *lexicon_sort(lexicon *l, arena *scratch);
/* After that: the first word that is not before `word`. */
size_t lexicon_seek(const lexicon *l, str word);
