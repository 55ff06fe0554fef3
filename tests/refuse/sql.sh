#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Inputs that sqlc and schemac must refuse: the first line of each says where and with what words.
#   tests/refuse/sql.sh SQLC SCHEMAC
set -u
sqlc=$(realpath "$1") schemac=$(realpath "$2")
cd "$(dirname "$0")" || exit 1
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
failed=0 n=0

# FILE INPUT TOOL…: the tool must exit 1 with the message of FILE about INPUT, and write nothing.
refused() {
    file=$1 input=$2
    shift 2
    want=$(sed -n '1s/^-- refuse //p' "$file")
    got=$("$@" 2>&1)
    status=$?
    n=$((n + 1))
    if [ "$status" != 1 ] || [ "$got" != "$input:$want" ] || [ -e "$out/made.h" ]; then
        printf '%s\n  want %s\n  got  %s (status %s)\n' "$file" "$input:$want" "$got" "$status"
        failed=$((failed + 1))
        rm -f "$out/made.h"
    fi
}

for file in sqlc/*.sql; do
    refused "$file" "$file" "$sqlc" "$file" "$out/made.h" "$out/made.c"
done
for file in schemac/*.sql; do
    cp "$file" "$out/0001_case.sql"
    refused "$file" "$out/0001_case.sql" "$schemac" all "$out/made.h" "$out/made.c" \
        "$out/0001_case.sql"
done
# A gap in the numbers.
printf -- '-- refuse 1: the name of migration 1 is 0001_name.sql\n' >"$out/0002_gap.sql"
refused "$out/0002_gap.sql" "$out/0002_gap.sql" "$schemac" all "$out/made.h" "$out/made.c" \
    "$out/0002_gap.sql"

echo "$n inputs, $failed not refused as they should be"
[ "$failed" = 0 ] && [ "$n" -gt 50 ]
