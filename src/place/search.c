/* SPDX-License-Identifier: EUPL-1.2 */
/* Searching: one step down the sorted keys to the first that begins with the words, then along all
 * that do. Every name stands in the keys once from each of its words on, so that "león" finds
 * "Castilla y León". The best few are kept in order as they come. */

#include "place/table.h"
#include "text/text.h"

typedef struct found {
    place_answer answer;
    int rank; /* 0 the whole name, 1 its beginning, 2 a word of it */
} found;

typedef struct search {
    str folded;
    str country;
    found best[PLACE_ANSWERS_MOST];
    size_t n, most;
} search;

static const char *text_of(size_t key)
{
    return place_texts + place_keys[key].text;
}

static size_t first_key(str folded)
{
    size_t low = 0, high = place_keys_n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (strncmp(text_of(mid), folded.at, folded.n) < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static bool is_better(const found *a, const found *b)
{
    const place *p = a->answer.place, *q = b->answer.place;
    if (a->rank != b->rank)
        return a->rank < b->rank;
    if (p->level != q->level)
        return p->level < q->level;
    if (p->people != q->people)
        return p->people > q->people;
    int order = strcmp(p->name, q->name);
    return order != 0 ? order < 0 : strcmp(p->code, q->code) < 0;
}

/* A place found by several of its names stands where the best of them puts it. */
static void note(search *s, found f)
{
    for (size_t i = 0; i < s->n; i++) {
        if (s->best[i].answer.place != f.answer.place)
            continue;
        if (s->best[i].rank <= f.rank)
            return;
        memmove(&s->best[i], &s->best[i + 1], (s->n - i - 1) * sizeof *s->best);
        s->n--;
        break;
    }
    size_t at = s->n;
    while (at > 0 && is_better(&f, &s->best[at - 1]))
        at--;
    if (at == s->most)
        return;
    size_t behind = (s->n == s->most ? s->n - 1 : s->n) - at;
    memmove(&s->best[at + 1], &s->best[at], behind * sizeof *s->best);
    s->best[at] = f;
    s->n += s->n < s->most;
}

static void look_along(search *s)
{
    for (size_t i = first_key(s->folded);
         i < place_keys_n && strncmp(text_of(i), s->folded.at, s->folded.n) == 0; i++) {
        const place_key *key = &place_keys[i];
        const place *p = &place_rows[key->row];
        if (s->country.n &&
            (p->level == PLACE_COUNTRY || !str_eq(place_country(str_of(p->code)), s->country)))
            continue;
        bool is_exact = key->is_start && text_of(i)[s->folded.n] == '\0';
        note(s, (found){{p, is_exact}, is_exact ? 0 : key->is_start ? 1 : 2});
    }
}

err place_search(arena *a, str words, str country, size_t most, place_answers *out_answers)
{
    search s = {.country = place_country(country),
                .most = most < PLACE_ANSWERS_MOST ? most : PLACE_ANSWERS_MOST};
    if (words.n > PLACE_WORDS_BYTES_MOST)
        return ERR_LIMIT;
    TRY(text_fold(a, words, &s.folded));
    if (s.folded.n && s.most)
        look_along(&s);
    place_answer *all = arena_array(a, place_answer, s.n);
    for (size_t i = 0; i < s.n; i++)
        all[i] = s.best[i].answer;
    *out_answers = (place_answers){all, s.n};
    return OK;
}
