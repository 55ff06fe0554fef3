#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""asvs.py SOURCE_ROOT: docs/asvs.tsv has every row of ASVS 5.0 up to level 2, and what a row that
is met names is there: a file, or FILE#WORD, a word in it. Prints TAP."""

import collections
import pathlib
import sys

# Rows of levels 1 and 2 in each chapter of 5.0.0.
CHAPTERS = {1: 27, 2: 11, 3: 19, 4: 10, 5: 9, 6: 35, 7: 18, 8: 7, 9: 7, 10: 29, 11: 14, 12: 9,
            13: 13, 14: 9, 15: 13, 16: 16, 17: 7}
STATES = ("met", "n.a.", "not yet")


def faults_of(root, text):
    """What is wrong with the table, a line each."""
    faults = []
    seen = set()
    found = collections.Counter()
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith("#") or not line:
            continue
        cells = line.split("\t")
        if len(cells) != 4 or cells[1] not in STATES or not cells[2]:
            faults.append(f"line {number}: id, {' / '.join(STATES)}, words, proof")
            continue
        row, state, _, proof = cells
        if row in seen:
            faults.append(f"{row}: twice")
        seen.add(row)
        found[int(row.split(".")[0])] += 1
        if (state == "met") != bool(proof):
            faults.append(f"{row}: {state}, proof: {proof or 'none'}")
        for one in proof.split():
            name, _, word = one.partition("#")
            file = root / name
            if not file.is_file():
                faults.append(f"{row}: no file {name}")
            elif word and word not in file.read_text(encoding="utf-8"):
                faults.append(f"{row}: no {word} in {name}")
    for chapter, rows in CHAPTERS.items():
        if found[chapter] != rows:
            faults.append(f"chapter {chapter}: {found[chapter]} rows, not {rows}")
    return faults


def main():
    root = pathlib.Path(sys.argv[1])
    text = (root / "docs/asvs.tsv").read_text(encoding="utf-8")
    cases = [
        ("the table is whole, and what it names is there", text, 0),
        ("a row that is gone is seen", text[text.index("\n1.1.2\t") :], 1),
        ("a proof that is not there is seen", text.replace("src/", "nowhere/"), 1),
        ("a row that is met by nothing is seen", text.replace("\tmeson.build\n", "\t\n"), 1),
    ]
    bad = 0
    print(f"1..{len(cases)}")
    for number, (name, table, wanted) in enumerate(cases, 1):
        faults = faults_of(root, table)
        is_good = bool(faults) == bool(wanted)
        print(f"{'ok' if is_good else 'not ok'} {number} - {name}")
        if not is_good:
            bad = 1
            print("\n".join(f"# {fault}" for fault in faults))
    return bad


sys.exit(main())
