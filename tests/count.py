#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""count.py FILE...: how many tests passed and failed, as "PASSED FAILED SKIPPED".
count.py --show TESTLOG: for each test program that failed, what it said last.

A FILE is meson's testlog.json (one JSON object a line, one for each test program) or the plain
output of one program, after whose name "=CODE" gives its exit code. What counts is each test that
a program reports: in TAP, as cmocka writes it, or as the last line of a script sums up. A program
that reports none is one test; one that fails without saying where has one failure more.
"""

import json
import re
import sys

TAP = re.compile(r"^\s*(not )?ok \d+\b(.*)$", re.MULTILINE)
CMOCKA_OK = re.compile(r"^\[       OK \] ", re.MULTILINE)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (\w+)$", re.MULTILINE)
CMOCKA_SKIPPED = re.compile(r"^\[  SKIPPED \] (\w+)$", re.MULTILINE)
# The scripts in tests/refuse: "51 cases, 0 failed".
SUMMARY = re.compile(r"^(\d+) (?:cases|views|inputs), (\d+) (?:failed|not refused)", re.MULTILINE)
# What says why a test failed.
TELLING = re.compile(r"^\[  (ERROR|FAILED) |^\[   LINE|^\s*not ok|ERROR: |runtime error: |^bug file=")


def count_output(text, is_good, is_skipped=False):
    """The counts of one program's output."""
    passed = failed = skipped = 0
    for bad, rest in TAP.findall(text):
        if re.search(r"#\s*(skip|todo)\b", rest, re.IGNORECASE):
            skipped += 1
        elif bad:
            failed += 1
        else:
            passed += 1
    passed += len(CMOCKA_OK.findall(text))
    failed += len(set(CMOCKA_FAILED.findall(text)))
    skipped += len(set(CMOCKA_SKIPPED.findall(text)))
    for all_of_it, bad in SUMMARY.findall(text):
        passed += int(all_of_it) - int(bad)
        failed += int(bad)
    if is_skipped:
        return 0, 0, max(skipped, 1)
    if is_good and passed + failed + skipped == 0:
        passed = 1
    if not is_good and failed == 0:
        failed = 1
    return passed, failed, skipped


def count_file(path):
    """The counts of one FILE argument."""
    name, _, code = path.rpartition("=")
    if code.isdigit() and name:
        with open(name, encoding="utf-8", errors="replace") as file:
            return [count_output(file.read(), code == "0")]
    counts = []
    with open(path, encoding="utf-8", errors="replace") as file:
        for line in file:
            test = json.loads(line)
            text = test.get("stdout", "") + "\n" + test.get("stderr", "")
            good = test["result"] in ("OK", "EXPECTEDFAIL")
            counts.append(count_output(text, good, test["result"] == "SKIP"))
    return counts


def show_failures(path):
    """The telling lines of each test program that failed, or else its last ones."""
    with open(path, encoding="utf-8", errors="replace") as file:
        tests = [json.loads(line) for line in file]
    for test in tests:
        if test["result"] in ("OK", "EXPECTEDFAIL", "SKIP"):
            continue
        print(f"{test['name']}: {test['result']}")
        lines = (test.get("stdout", "") + "\n" + test.get("stderr", "")).strip().splitlines()
        telling = [line for line in lines if TELLING.search(line)] or lines
        for line in telling[-8:]:
            print("    " + line[:200])


if sys.argv[1] == "--show":
    show_failures(sys.argv[2])
    sys.exit()

total = [sum(column) for column in zip((0, 0, 0), *(c for p in sys.argv[1:] for c in count_file(p)))]
print(*total)
