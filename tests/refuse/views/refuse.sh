#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Each view here passes viewc, and the C compiler must refuse it, naming the view and the line of
# its first line's comment (the words are the compiler's own):
#   refuse.sh VIEWC FOLDER COMPILER…
set -u
viewc=$1
folder=$2
shift 2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
count=0
for path in "$folder"/*.html "$folder"/*.txt; do
    name=${path##*/}
    line=$(sed -n '1s/^{# refuse \([0-9]*\) #}$/\1/p' "$path")
    case $name in
    *.txt) mail=--mail ;;
    *) mail= ;;
    esac
    # shellcheck disable=SC2086 # $mail is one word or none
    if ! "$viewc" $mail --out "$scratch/out" "$folder" "$name"; then
        echo "$name: refused by viewc already" >&2
        failed=$((failed + 1))
    elif said=$("$@" -fsyntax-only "$scratch/out.c" 2>&1); then
        echo "$name: compiles" >&2
        failed=$((failed + 1))
    elif ! printf '%s\n' "$said" | grep -q "/$name:$line:.*\(error\|in expansion of macro\)"; then
        echo "$name: no error at line $line" >&2
        printf '%s\n' "$said" | head -3 >&2
        failed=$((failed + 1))
    fi
    count=$((count + 1))
done
echo "$count views, $failed not refused as they should be"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
