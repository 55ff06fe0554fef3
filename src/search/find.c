/* SPDX-License-Identifier: EUPL-1.2 */
/* Asking: word after word raises the things that hold it by one step; those on the last step hold
 * all of them. */

#include "search/index.h"

#include "base/utf8.h"
#include "text/text.h"

enum {
    WEIGHT_MASK = (1 << WEIGHT_BITS) - 1,
    STEPS = SEARCH_WORDS_MOST + 1,
    SCORE_MOST = 2 * (WEIGHT_TITLE + 1) * SEARCH_WORDS_MOST,
};

err search_ask(arena *a, str typed, search_question *out_question)
{
    if (typed.n > SEARCH_QUESTION_BYTES_MOST || !utf8_is_valid(typed))
        return ERR_INVALID;
    search_question q = {.n = 0};
    for (str piece; q.n < SEARCH_WORDS_MOST && lexicon_cut(&typed, &piece);) {
        str folded;
        TRY(text_fold(a, piece, &folded));
        while (folded.n && q.n < SEARCH_WORDS_MOST)
            q.words[q.n++] = str_cut(folded, ' ', &folded);
    }
    *out_question = q;
    return OK;
}

bool search_is_answer(str word, str asked)
{
    return asked.n >= SEARCH_PREFIX_BYTES_LEAST ? str_starts(word, asked) : str_eq(word, asked);
}

typedef struct standing {
    uint16_t step; /* round * STEPS + words found */
    uint16_t score;
    uint16_t last;   /* what the present word has given */
    bool is_in_file; /* a word before it stands in a file only */
} standing;

typedef struct best {
    uint16_t score; /* 0: not found */
    uint16_t tongue;
    bool is_in_file;
} best;

typedef struct asking {
    const search_index *index;
    const search_question *question;
    size_t from[SEARCH_WORDS_MOST], to[SEARCH_WORDS_MOST]; /* words that answer each word */
    standing *things;
    best *found;
    unsigned round;
    int reader; /* the language whose reader is shown the texts; -1: any text counts */
} asking;

static bool counts(const asking *k, const thing *t, int tongue)
{
    return k->reader < 0 || tongue == k->reader ||
           (!(t->tongues >> k->reader & 1) && t->original == tongue);
}

/* Whether the present word stands in a file only. */
static bool is_of_file(const standing *s)
{
    return s->last <= 2 * (WEIGHT_FILE + 1);
}

static void raise(standing *s, unsigned before, bool is_first, uint16_t weight)
{
    if (s->step == before + 1) {
        if (weight > s->last) {
            s->score = (uint16_t)(s->score + weight - s->last);
            s->last = weight;
        }
    } else if (is_first || s->step == before) {
        s->is_in_file = !is_first && (s->is_in_file || is_of_file(s));
        s->score = (uint16_t)(is_first ? weight : s->score + weight);
        s->last = weight;
        s->step = (uint16_t)(before + 1);
    }
}

/* Index of the first of the tongue's words that is not before a word's number. */
static size_t seek(const tongue_index *t, size_t number)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (t->words[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* One word of the question. The word itself counts twice as much as longer ones. */
static void ask_word(asking *k, const tongue_index *t, size_t word)
{
    unsigned before = k->round * STEPS + (unsigned)word;
    size_t end = seek(t, k->to[word]);
    for (size_t i = seek(t, k->from[word]); i < end; i++) {
        unsigned times = str_eq(k->index->words.words[t->words[i]], k->question->words[word]) + 1;
        for (uint32_t at = t->first[i]; at < t->first[i + 1]; at++) {
            place p = t->places[at];
            raise(&k->things[p >> WEIGHT_BITS], before, word == 0,
                  (uint16_t)(times * (p & WEIGHT_MASK)));
        }
    }
}

static size_t ask_tongue(asking *k, int tongue)
{
    const search_index *index = k->index;
    size_t n = k->question->n, found = 0;
    k->round++;
    for (size_t word = 0; word < n; word++)
        ask_word(k, &index->tongues[tongue], word);
    for (size_t i = 0; i < index->n; i++) {
        const standing *s = &k->things[i];
        if (s->step != k->round * STEPS + n || !counts(k, &index->things[i], tongue))
            continue;
        found += k->found[i].score == 0;
        if (s->score > k->found[i].score)
            k->found[i] = (best){s->score, (uint16_t)tongue, s->is_in_file || is_of_file(s)};
    }
    return found;
}

static size_t ask_tongues(asking *k, uint32_t tongues)
{
    size_t found = 0;
    for (int t = 0; t < SEARCH_TONGUES_MOST; t++)
        if (tongues >> t & 1)
            found += ask_tongue(k, t);
    return found;
}

/* By falling score, equals in their order. */
static const search_hit *in_order(arena *a, const asking *k, size_t n)
{
    search_hit *hits = arena_array(a, search_hit, n);
    size_t *next = arena_array(a, size_t, SCORE_MOST + 2), before = 0;
    for (size_t i = 0; i < k->index->n; i++)
        next[k->found[i].score]++;
    for (size_t score = SCORE_MOST + 1; score > 0; score--) {
        size_t of_score = next[score];
        next[score] = before;
        before += of_score;
    }
    for (size_t i = 0; i < k->index->n; i++) {
        best b = k->found[i];
        if (b.score)
            hits[next[b.score]++] = (search_hit){(uint32_t)i, b.tongue, b.score, b.is_in_file};
    }
    return hits;
}

/* The words that answer each word of the question; false when one has none in any language. */
static bool find_words(asking *k)
{
    const lexicon *l = &k->index->words;
    for (size_t i = 0; i < k->question->n; i++) {
        str asked = k->question->words[i];
        size_t end = k->from[i] = lexicon_seek(l, asked);
        while (end < l->word_n && search_is_answer(l->words[end], asked))
            end++;
        k->to[i] = end;
        if (k->from[i] == end)
            return false;
    }
    return k->question->n > 0;
}

search_hits search_find(arena *a, const search_index *index, const search_question *question,
                        int tongue)
{
    BUG_IF(tongue < 0 || tongue >= SEARCH_TONGUES_MOST);
    search_hits hits = {.n = 0};
    asking k = {.index = index, .question = question, .reader = tongue};
    if (index->n == 0 || !find_words(&k))
        return hits;
    k.things = arena_array(a, standing, index->n);
    k.found = arena_array(a, best, index->n);
    hits.n = ask_tongues(&k, index->shows[tongue]);
    if (hits.n == 0) {
        k.reader = -1;
        hits.n = ask_tongues(&k, UINT32_MAX);
        hits.is_elsewhere = hits.n > 0;
    }
    hits.at = in_order(a, &k, hits.n);
    return hits;
}
