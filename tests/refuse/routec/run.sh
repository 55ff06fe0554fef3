#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Tables that routec must refuse, and the words it must say.
#   tests/refuse/routec/run.sh ROUTEC
set -u
routec=$(realpath "$1")
out=$(mktemp -d) || exit 1
trap 'rm -rf "$out"' EXIT
failed=0 n=0

# MESSAGE TABLE: exit 1 with "table:MESSAGE", nothing written.
refused() {
    n=$((n + 1))
    printf '%s\n' "$2" >"$out/table"
    got=$(cd "$out" && "$routec" table made.c made.h 2>&1)
    status=$?
    if [ "$status" != 1 ] || [ "$got" != "table:$1" ] || [ -e "$out/made.c" ] ||
        [ -e "$out/made.h" ]; then
        printf '%s\n  want table:%s\n  got  %s (status %s)\n' "$2" "$1" "$got" "$status"
        failed=$((failed + 1))
        rm -f "$out/made.c" "$out/made.h"
    fi
}
rest='anyone - - never -'
post='anyone f - never 4K'

refused '1: no routes' '# nothing'
refused '1: a route has nine columns, here are 8' 'a GET /a h anyone - - never'
refused '1: method must be GET or POST' "a PUT /a h $rest"
refused '1: method must be GET or POST' "a get /a h $rest"
refused '1: name and handler must be identifiers' "a-b GET /a h $rest"
refused '1: name and handler must be identifiers' "a GET /a h() $rest"
refused "1: a path begins with '/'" "a GET a h $rest"
refused "1: a path does not end with '/'" "a GET /a/ h $rest"
refused "1: not a segment: ''" "a GET //a h $rest"
refused "1: not a segment: '..'" "a GET /../a h $rest"
refused "1: not a segment: 'A'" "a GET /A h $rest"
refused "1: not a segment: 'a%20'" "a GET /a%20 h $rest"
refused "1: not a segment: '{}'" "a GET /{} h $rest"
refused "1: not a segment: 'x{n}'" "a GET /x{n} h $rest"
refused '1: a parameter needs a name: {:int}' "a GET /{:int} h $rest"
refused '1: a parameter needs a name: {a-b}' "a GET /{a-b} h $rest"
refused '1: unknown parameter type {a:float}' "a GET /{a:float} h $rest"
refused '1: {a:rest} must stand last' "a GET /{a:rest}/b h $rest"
refused '1: {a} stands twice' "a GET /{a}/b/{a:int} h $rest"
refused '1: more than 8 segments' "a GET /a/b/c/d/e/f/g/h/i h $rest"
refused '1: a POST route must name its form' 'a POST /a h anyone - - never 4K'
refused '1: a POST route must name its form' 'a POST /a h anyone open: - never 4K'
refused '1: a GET route has neither form nor body' 'a GET /a h anyone f - never -'
refused '1: a GET route has neither form nor body' 'a GET /a h anyone - - never 4K'
refused "1: not a body limit: '-'" 'a POST /a h anyone f - never -'
refused "1: not a body limit: '4096'" 'a POST /a h anyone f - never 4096'
refused "1: not a body limit: '0K'" 'a POST /a h anyone f - never 0K'
refused "1: not a body limit: '9999M'" 'a POST /a h anyone f - never 9999M'
refused '1: cache must be never, counts, text or asset; POST: never' 'a GET /a h anyone - - ever -'
refused '1: cache must be never, counts, text or asset; POST: never' \
    'a POST /a h anyone f - text 4K'
refused '1: who must be anyone or staff-…' 'a GET /a h everyone - - never -'
refused '1: who must be anyone or staff-…' 'a GET /a h staff- - - never -'
refused "1: not a rate class: 'a-b'" 'a GET /a h anyone - a-b never -'
refused '1: age= wants 1 to 600 seconds and a POST' "a GET /a h $rest age=3"
refused '1: age= wants 1 to 600 seconds and a POST' "a POST /a h $post age=0"
refused '1: only what is below /embed/ may be framed' "a GET /a h $rest framed"
refused "1: unknown here: 'shared'" "a POST /a h $post shared"
refused "1: unknown here: 'colour=red'" "a GET /a h $rest colour=red"
refused "1: not a list of at most 8 names: 'query=a,b-c'" "a GET /a h $rest query=a,b-c"
refused "2: the name 'a' is taken in line 1" "a GET /a h $rest
a GET /b h $rest"
refused '2: the same path and method as line 1' "a GET /{x}/b h $rest
b GET /{y}/b h $rest"
refused '2: include takes one header and stands before the routes' "a GET /a h $rest
include a.h"
refused '1: include takes one header and stands before the routes' 'include a.c'

# The smallest good one is taken, so that the refusals above have their own reasons.
printf 'a GET /a h %s\nb POST /a h %s age=3\n' "$rest" "$post" >"$out/table"
if ! (cd "$out" && "$routec" table made.c made.h && grep -q url_a made.h && grep -q token_b made.h)
then
    echo "a good table is refused"
    failed=$((failed + 1))
fi

echo "$n inputs, $failed not refused as they should be"
[ "$failed" = 0 ]
