#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""formal.py: nobody is addressed in a way that po/glossary/ rules out.

Reads the words of po/glossary/informal.txt and looks for them in every translation of po/ and in
every text of content/. One TAP line a language."""

import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
ONE_FORM = {"en", "ga", "mt"}
LANGUAGES = set("bg es cs da de et el en fr ga hr it lv lt hu mt nl pl pt ro sk sl fi sv".split())
QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
# Placeholders, tags, addresses and the inside of code are no words of the text.
NO_WORDS = re.compile(r"\{\w+\}|<[^>]*>|\bhttps?://\S+|`[^`]*`|\]\([^)]*\)")


def read_words():
    """{language: pattern} of what must not stand there."""
    words = {}
    for line in (ROOT / "po/glossary/informal.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            language, _, rest = line.partition(":")
            words[language] = rest.split()
    return words


def pattern_of(words):
    """Any of the words, alone: ^word begins a sentence, Word stands inside one, word anywhere."""
    first = [w[1:] for w in words if w.startswith("^")]
    inside = [w for w in words if w != w.lower()]
    free = [w for w in words if w == w.lower() and not w.startswith("^")]
    parts = []
    for before, those in (("", free), (r"(?:(?<=^)|(?<=[.?!:\n] )|(?<=[\n#*]))", first)):
        if those:
            parts.append(before + "(?i:" + "|".join(map(re.escape, those)) + ")")
    if inside:
        parts.append(r"(?<=[\w,] )(?:" + "|".join(map(re.escape, inside)) + ")")
    return re.compile(r"(?<![\w’'-])(?:" + "|".join(parts) + r")(?![\w’'-])")


def messages_of(language):
    """(place, text) of each translation."""
    key, text, is_translation = "", "", False
    for line in (ROOT / f"po/{language}.po").read_text(encoding="utf-8").splitlines() + [""]:
        if line.startswith("msgstr"):
            if is_translation:
                yield key, text
            text, is_translation = "", True
        elif not line.startswith('"'):
            if is_translation:
                yield key, text
            is_translation = False
        if line.startswith("msgctxt"):
            key = QUOTED.search(line).group(1)
        if is_translation:
            text += "".join(QUOTED.findall(line))


def texts_of(language):
    """(place, text) of each text of the demo content."""
    for path in sorted((ROOT / "content").rglob(f"{language}.md")):
        yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def main():
    """Each language against its words, and each word against the pattern."""
    words = read_words()
    failed = 0
    if set(words) != LANGUAGES - ONE_FORM:
        print("not ok 1 - every language with two forms has its words")
        return 1
    print(f"1..{len(words)}")
    for number, language in enumerate(sorted(words), 1):
        pattern = pattern_of(words[language])
        # "^kirjoita" begins a sentence, the others stand inside one.
        probes = [f"Abc. {w[1:]} abc." if w[0] == "^" else f"Abc {w} abc." for w in words[language]]
        faults = [f"not found: {probe}" for probe in probes if not pattern.search(probe)]
        n = 0
        for place, text in [*messages_of(language), *texts_of(language)]:
            n += 1
            plain = NO_WORDS.sub(" ", text.replace("\\n", "\n"))
            faults += [f"{place}: {m.group()}: …{plain[max(0, m.start() - 40):m.end() + 30]!r}"
                       for m in pattern.finditer(plain)]
        if n < 400:
            faults.append(f"only {n} texts were found")
        failed += bool(faults)
        print(f"{'not ' if faults else ''}ok {number} - {language} is formal in {n} texts")
        for fault in faults:
            print(f"  # {fault}")
    return 1 if failed else 0


sys.exit(main())
