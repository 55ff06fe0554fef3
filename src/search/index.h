/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The index itself. For each language the places of its words, sorted by word and thing: a word,
 * and a beginning of words, is one run of places. For src/search/ only. */

#include "search/lexicon.h"
#include "search/search.h"

enum {
    WEIGHT_BITS = 8,
    /* Ten thousand documents in 24 languages have about ten million. */
    PLACES_MOST = 24 << 20,
    INDEX_BYTES_MOST = 1 << 30,
};

/* A word in a field counts more than the same in the next one, twice and whole (see pack and
 * ask_word): a file, a body, a summary, a title. */
enum { WEIGHT_FILE = 1, WEIGHT_BODY = 5, WEIGHT_SUMMARY = 13, WEIGHT_TITLE = 29 };

/* thing << WEIGHT_BITS | weight, or one more when it stands there several times */
typedef uint32_t place;

typedef struct tongue_index {
    uint32_t *words; /* sorted numbers of its words */
    uint32_t *first; /* of each, its first place; one more behind the last */
    size_t n;
    place *places;
} tongue_index;

typedef struct thing {
    uint32_t tongues; /* bit 1 << t: has a text in that language */
    int original;
} thing;

struct search_index {
    arena *home;
    lexicon words;
    thing *things;
    size_t n;
    tongue_index tongues[SEARCH_TONGUES_MOST];
    /* Of each language, bit 1 << t: its reader is shown some thing in t. */
    uint32_t shows[SEARCH_TONGUES_MOST];
};

/* Whether a word of the index answers a word of a question. */
bool search_is_answer(str word, str asked);
