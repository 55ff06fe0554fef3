#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Opening sealed records with the organiser's key, one thread: records a minute, and as a ratio to
# what the one X25519 multiplication of each record costs alone (openssl speed) in the same run.
#   bench/open.sh BUILD [RECORDS]
set -eu
build=${1:?usage: bench/open.sh BUILD [RECORDS]}
records=${2:-20000}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
program=$build/src/app/undersigned
"$program" init --data "$work/data" --content "$root/content/cohesion" 2>/dev/null
"$program" sample "$records" --data "$work/data" 2>/dev/null
"$program" export "$work/records.tar" --data "$work/data" --declaration 2026 2>/dev/null
now() { date +%s%N; }
began=$(now)
"$program" open --key "$work/data/organiser-keys/organiser-1.txt" "$work/records.tar" \
    "$work/names.csv" 2>/dev/null
took=$(($(now) - began))
bare=$(openssl speed -seconds 2 ecdhx25519 2>/dev/null | awk '/X25519/ { print $NF }')
awk -v n="$records" -v took="$took" -v bare="$bare" 'BEGIN {
    rate = n * 1e9 / took
    printf "%d records: %.0f a minute; %.2f of X25519 alone (%.0f/s)\n", n, rate * 60, rate / bare, bare }'
