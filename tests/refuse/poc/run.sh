#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
#
# run.sh POC: each *.case must be refused with exactly the lines behind "expect:", paths cut to
# the file's name. Behind "--- XX.po" stands a catalogue; without one of its own a case has the
# en.po beside it. "expect: fine" means no refusal but that the other languages are missing.
set -u

poc=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
run=0

for case in "$here"/*.case; do
    rm -f "$work"/*
    cp "$here/en.po" "$work/en.po"
    awk -v to="$work" '
        /^--- / { file = to "/" $2; printf "" > file; next }
        file { print > file; next }
        sub(/^expect: /, "") { print > (to "/wanted") }' "$case"
    "$poc" --emit "$work/h" "$work/c" "$work"/*.po 2>"$work/errors"
    status=$?
    sed "s,^$work/,," "$work/errors" >"$work/found"
    if [ "$(cat "$work/wanted")" = fine ]; then
        sed -i '/^po\/[a-z]*\.po is missing$/d' "$work/found"
        : >"$work/wanted"
    fi
    if ! cmp -s "$work/wanted" "$work/found" || [ $status -ne 1 ] || [ -e "$work/c" ]; then
        echo "not ok: ${case##*/} (exit $status)"
        diff "$work/wanted" "$work/found"
        failed=$((failed + 1))
    fi
    run=$((run + 1))
done
echo "$run cases, $failed failed"
[ "$run" -gt 0 ] && [ "$failed" -eq 0 ]
