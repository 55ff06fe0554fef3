# SPDX-License-Identifier: EUPL-1.2
# Content for bench/search.sh: documents with texts in four languages and three scripts, whose words
# are as unequally frequent as those of a language (Zipf), and questions made of the same words.
#   search.py DOCUMENTS FOLDER QUESTIONS-FOLDER
import random
import sys
from pathlib import Path
from urllib.parse import quote

documents, folder, questions = int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
random.seed(42)
syllables = {
    'en': 'co he sion re gion bud get po li cy fund ci ty ru ral part ner ship fu ture le vel in vest'.split(),
    'de': 'ko hä sion re gi on haus halt po li tik för der stadt länd lich zu kunft ge mein schaft über'.split(),
    'el': 'συ νο χή πε ρι φέ ρεια προ ϋ πο λο γι σμός πό λη μέλ λον πο λι τι κή ται ρος'.split(),
    'bg': 'ко хе зия ре гион бюд жет по ли ти ка град бъ де ще сел ски парт ньор ство сбли жа'.split(),
}
WORDS = 20000
vocabulary = {}
for lang, parts in syllables.items():
    words = set()
    while len(words) < WORDS:
        words.add(''.join(random.choice(parts) for _ in range(random.randint(2, 5))))
    vocabulary[lang] = sorted(words)
    random.shuffle(vocabulary[lang])
weights = [1 / (rank + 2) for rank in range(WORDS)]
total = 0
summed = [total := total + weight for weight in weights]


def some(lang, count):
    return random.choices(vocabulary[lang], cum_weights=summed, k=count)


kinds = ['opinion', 'report', 'reflection', 'position', 'declaration']
for number in range(documents):
    item = folder / 'document' / f'paper-{number}'
    item.mkdir(parents=True)
    year = random.randint(1990, 2026)
    (item / 'document.ini').write_text(f'kind={random.choice(kinds)}\npublisher=alliance\n'
                                       f'year={year}\nlanguages=all\nposition={number}\n')
    for lang in syllables:
        state = 'original' if lang == 'en' else 'machine'
        summary = ' '.join(some(lang, 25))[:400].rstrip()  # no more fits
        (item / f'{lang}.md').write_text(
            f'title: {" ".join(some(lang, 8))}\nsummary: {summary}\n'
            f'state: {state}\n')

# Every question is another one, so that no answer is kept from before.
PER_FILE = 4000
for lang in syllables:
    asked = set()
    while len(asked) < PER_FILE:
        words = some(lang, random.choice([1, 1, 2, 2, 3]))
        asked.add(' '.join(word[:random.randint(3, 9)] for word in words))
    (questions / f'documents-{lang}').write_text(
        ''.join(f'GET /{lang}/documents?words={quote(words)}\n' for words in sorted(asked)))
    (questions / f'search-{lang}').write_text(
        ''.join(f'GET /{lang}/search?words={quote(words)}\n' for words in sorted(asked)))

# One question that has very many hits: each of its first pages, and of deep ones.
often = quote(vocabulary['en'][0][:4])
for part, first in (('first', 1), ('deep', documents // 40)):
    (questions / f'hits-{part}').write_text(
        ''.join(f'GET /en/search?words={often}&page={first + number % 20}\n' for number in range(1000)))
