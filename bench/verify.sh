#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Recounts a log of a million leaves from disk, beside openssl hashing the same files in one stream: the
# least that any check of them costs. Best of three each, in turns, in one run; also the memory at its most.
#   bench/verify.sh BUILD [LEAVES]
# BUILD: a release build with bench/log.
set -eu
build=${1:?usage: bench/verify.sh BUILD [LEAVES]}
leaves=${2:-1000000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM
mkdir "$work/log"
"$build/bench/log" "$work/log" "$leaves"
find "$work/log" -type f -exec cat {} + >"$work/all"
echo "leaves: $leaves, files: $(find "$work/log" -type f | wc -l), bytes: $(stat -c %s "$work/all")"

# timed NAME COMMAND…: milliseconds of processor time and the peak of memory, to NAME.
timed() {
    name=$1
    shift
    /usr/bin/env python3 - "$@" <<'END' >>"$work/$name"
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(round((used.ru_utime + used.ru_stime) * 1000), used.ru_maxrss // 1024)
END
}
for _ in 1 2 3; do
    timed hash openssl dgst -sha256 "$work/all"
    timed verify "$build/src/app/undersigned" verify "$work/log"
done
hash=$(sort -n "$work/hash" | head -n 1)
verify=$(sort -n "$work/verify" | head -n 1)
echo "$hash $verify" | awk '{ printf "openssl dgst: %d ms\nverify: %d ms, %d MiB, %.1f times the hashing\n",
    $1, $3, $4, $3 / $1 }'
