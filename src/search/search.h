/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* Full-text search over what is held in memory: things (documents, news, pages …) that have a
 * title, a summary and a body in some of several languages. An index is built once and never
 * changes; any number of threads may ask it.
 *
 * Words are compared in their search form (text.h), so accents, case and script do not matter:
 * "synoche" finds "Συνοχής". A thing is found when one of its texts holds every word of the
 * question: a word of SEARCH_PREFIX_BYTES_LEAST bytes or more also as the beginning of a longer
 * one. Found in a title goes before found in a summary, that before found in a body, and that
 * before found in a file that the thing brings.
 *
 * A question costs as much as its words have places in the index, whatever page of the hits is
 * shown. */

#include "base/base.h"

enum {
    SEARCH_TONGUES_MOST = 32,
    SEARCH_WORDS_MOST = 8, /* of a question; further ones are not looked at */
    SEARCH_QUESTION_BYTES_MOST = 400,
    SEARCH_PREFIX_BYTES_LEAST = 3,
};

typedef enum search_field { SEARCH_FILE, SEARCH_BODY, SEARCH_SUMMARY, SEARCH_TITLE } search_field;

/* --- Building. Things are numbered from 0 in the order in which equals are found. --- */
typedef struct search_builder search_builder;
typedef struct search_index search_index;

search_builder *search_begin(void);
/* The number of a new thing. Who reads a language that it lacks sees its text in `original`. */
size_t search_add_thing(search_builder *b, int original);
/* Plain text of the newest thing in a language; it need not outlive the call. What is not UTF-8 or
 * would exceed the bounds of an index is not found; the first such thing is logged. */
void search_add_text(search_builder *b, int tongue, search_field field, str text);
/* The same of a file that a thing brings, whichever it is: it is no text of the thing, so who reads
 * its language may still be shown the original. Files come last, that bounds are exceeded by them
 * first. */
void search_add_file(search_builder *b, size_t number, int tongue, str text);
/* The builder is gone. */
search_index *search_end(search_builder *b);
void search_close(search_index *index);

/* --- Asking. --- */
typedef struct search_question {
    str words[SEARCH_WORDS_MOST]; /* in search form */
    size_t n;                     /* 0: nothing but punctuation, which finds nothing */
} search_question;

/* ERR_INVALID: not UTF-8, or longer than SEARCH_QUESTION_BYTES_MOST. */
MUST_USE err search_ask(arena *a, str typed, search_question *out_question);

typedef struct search_hit {
    uint32_t thing;
    uint16_t tongue; /* of the text that was found */
    uint16_t score;
    bool is_in_file; /* some word stands in a file only */
} search_hit;

typedef struct search_hits {
    const search_hit *at; /* the best first */
    size_t n;
    bool is_elsewhere; /* in none of the texts that the reader would be shown, but in others */
} search_hits;

/* Looks at the texts that a reader of the language is shown; when nothing is found there, at those
 * in all other languages. */
search_hits search_find(arena *a, const search_index *index, const search_question *question,
                        int tongue);

/* --- Showing. --- */
typedef struct search_piece {
    str text;
    bool is_match;
} search_piece;

typedef struct search_pieces {
    const search_piece *at;
    size_t n;
} search_pieces;

/* The text in pieces, words of the question apart; cut to about bytes_most around the first of
 * them (0: whole), with an ellipsis where it was cut. The pieces point into the text. */
search_pieces search_mark(arena *a, const search_index *index, const search_question *question,
                          str text, size_t bytes_most);

/* How many things it has. */
size_t search_things(const search_index *index);
/* Bytes that the index holds. */
size_t search_bytes(const search_index *index);
