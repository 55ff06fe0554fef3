#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# What tools/placec must refuse, and with which message. Prints TAP.
# usage: placec.sh PLACEC
set -u
placec=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0

whole() {
    printf 'AA1\tNord\t\nAA11\tNord\t\nAA12\tSüd\t\n' >regions
    printf 'AA11\tNorth\n' >names
    printf 'AA12\tStadt\t20000\tCity\n' >towns
    printf 'AA\tLand\t\tPays\n' >countries
    printf 'AA\t1000\n' >people
    printf 'AA\t\t1:2\tM0 0l1 1-2 3z\nAA11\t8:9\t1:2\tM0 0l1 1z\n' >shapes
    printf 'AA11\t1\t2\nAA12\t2\t2\n' >tiles
}

# refused NAME MESSAGE: placec must fail and say MESSAGE.
refused() {
    local said
    number=$((number + 1))
    if said=$("$placec" out.c regions names towns countries people shapes tiles 2>&1); then
        echo "not ok $number - $1: accepted"
    elif [[ $said != *"$2"* ]]; then
        echo "not ok $number - $1: said '$said'"
    elif [[ -e out.c ]]; then
        echo "not ok $number - $1: left something behind"
    else
        echo "ok $number - $1"
    fi
    rm -f out.c
    whole
}

whole
number=1
if "$placec" out.c regions names towns countries people shapes tiles && [[ -s out.c ]]; then
    echo "ok 1 - a whole set is taken"
else
    echo "not ok 1 - a whole set is taken"
fi
rm -f out.c
printf 'AA2\tOst\t\nAA1\tNord\t\n' >regions
refused 'regions out of order' 'regions:2: regions stand in the order of their codes'
printf 'aa1\tNord\t\n' >regions
refused 'a code in small letters' 'regions:1: a region is a code'
printf 'AA1\t\t\n' >regions
refused 'a region without a name' 'regions:1: a region is a code'
printf 'AA1\tNord\n' >regions
refused 'a field too few' 'regions:1: less than 3 fields'
printf '# so\nAA1\tNord\t\tx\n' >regions
refused 'a field too many' 'regions:2: more than 3 fields'
printf 'AA3\tEast\n' >names
refused 'names of no region' 'names:1: no region "AA3"'
printf 'AA12\tStadt\tmany\n' >towns
refused 'people that are no number' 'towns:1: "many" is no number'
printf 'AAA\t5\n' >people
refused 'people of no country' 'people:1: a country is two letters'
printf 'AA\t\t1:2\t<script>\n' >shapes
refused 'markup in an outline' "shapes:1: '<' has no place"
printf 'AA1\t\t1:2\tM0 0z\n' >shapes
refused 'a shape of another level' 'shapes:1: shapes are countries or regions of level 2'
printf 'AA13\t\t1:2\tM0 0z\n' >shapes
refused 'a shape of no region' 'shapes:1: no region "AA13"'
printf 'AA\t\t1:-2\tM0 0z\n' >shapes
refused 'a pin outside' 'shapes:1: "-2" is no number'
printf 'AAA\tLand\t\n' >countries
refused 'a country of three letters' 'countries:1: a country is two letters and a name'
printf 'AA1\t1\t2\n' >tiles
refused 'a tile of another level' 'tiles:1: tiles are regions of level 2'
printf 'AA11\t1\t-2\n' >tiles
refused 'a tile outside' 'tiles:1: "-2" is no number'
echo "1..$number"
