#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Full-text search through HTTP: documents by their words and search over everything, in four
# languages, each question another; then one question with very many hits, its first pages and deep
# ones. One connection, so the time is what one answer takes. The load generator shares the machine
# with the server. Loopback only; some minutes, most of them for making the content.
#   bench/search.sh BUILD [DOCUMENTS]
# BUILD: a release build with bench/load.
set -eu
build=${1:?usage: bench/search.sh BUILD [DOCUMENTS]}
documents=${2:-10000}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
port=${PORT:-9631}
program=$build/src/app/undersigned
pid=
stop() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap stop EXIT INT TERM

# What the server has used so far: unlike the times, no matter what else the machine does.
cpu_ms() {
    awk -v hz="$(getconf CLK_TCK)" '{ print int(($14 + $15) * 1000 / hz) }' "/proc/$pid/stat"
}

cp -r "$root/content/cohesion" "$work/content"
rm -rf "$work/content/document" "$work/content/topic"
mkdir "$work/questions"
python3 "$root/bench/search.py" "$documents" "$work/content" "$work/questions"
"$program" init --data "$work/data" --listen "127.0.0.1:$port" --content "$work/content" 2>/dev/null
begun=$(date +%s%N)
"$program" serve --only web --data "$work/data" --listen "127.0.0.1:$port" \
    --rate-narrow 1000000000 --rate-wide 1000000000 2>"$work/log" &
pid=$!
until curl -sf "http://127.0.0.1:$port/health" >/dev/null; do sleep 0.05; done
echo "$documents documents: up after $((($(date +%s%N) - begun) / 1000000)) ms, $(cpu_ms) ms of CPU," \
    "$(($(awk '/VmRSS/ { print $2 }' "/proc/$pid/status") >> 10)) MiB"
for file in documents-en documents-de documents-el documents-bg search-en search-el \
    hits-first hits-deep; do
    before=$(cpu_ms)
    printf '%-14s ' "$file"
    "$build/bench/load" "127.0.0.1:$port" 1 20 "$work/questions/$file" | tr '\n' ' '
    echo "server $(($(cpu_ms) - before)) ms of CPU"
done
