#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# How long the first request for each of the materials takes, drawing and all, and the whole kit of a
# language; medians over the languages, in milliseconds, beside the time of a kept page of the same
# server. Loopback only.
#   bench/kit.sh BUILD
set -eu
build=${1:?usage: bench/kit.sh BUILD}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
port=${PORT:-23981}
program=$build/src/app/undersigned
pid=
stop() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap stop EXIT INT TERM
"$program" init --data "$work/data" --content "$root/content/cohesion" 2>/dev/null
"$program" sample 1234 --data "$work/data" 2>/dev/null
"$program" serve --data "$work/data" --listen "127.0.0.1:$port" --rate-narrow 1000000 \
    --rate-wide 1000000 2>/dev/null &
pid=$!
base=http://127.0.0.1:$port
curl -s --retry 30 --retry-connrefused --retry-delay 1 -o /dev/null "$base/en"
sleep 2
# The median of its lines.
median() { sort -n | awk '{ at[NR] = $1 } END { printf "%.1f", at[int((NR + 1) / 2)] }'; }
languages='bg es cs da de et el en fr ga hr it lv lt hu mt nl pl pt ro sk sl fi sv'
begun() { curl -s -o /dev/null -w '%{time_starttransfer}\n' "$1" | awk '{ print $1 * 1000 }'; }
timed() { curl -s -o /dev/null -w '%{time_total}\n' "$1" | awk '{ print $1 * 1000 }'; }
for file in poster-a4.pdf poster-a3.pdf share-1200x630.png share-1080x1080.png share-1080x1920.png \
    slides.pdf logo.svg logo.png; do
    for language in $languages; do timed "$base/$language/kit/2026/$file"; done >"$work/times"
    printf '%-22s %7s ms first\n' "$file" "$(median <"$work/times")"
done
for language in $languages; do timed "$base/$language/kit/2026/kit.zip?src=aer"; done >"$work/times"
printf '%-22s %7s ms first, posters and slides of a partner drawn\n' kit.zip "$(median <"$work/times")"
for language in $languages; do begun "$base/$language/kit/2026/kit.zip?src=cemr"; done >"$work/times"
printf '%-22s %7s ms until its first bytes, likewise\n' kit.zip "$(median <"$work/times")"
for language in $languages; do timed "$base/$language/kit/petition/kit.zip"; done >"$work/times"
printf '%-22s %7s ms first, all drawn\n' kit.zip "$(median <"$work/times")"
for language in $languages; do timed "$base/$language"; done >/dev/null
for language in $languages; do timed "$base/$language"; done >"$work/times"
printf '%-22s %7s ms\n' 'a kept page' "$(median <"$work/times")"
