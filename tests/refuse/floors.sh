#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# What tools/floors must refuse, and with which message. Prints TAP.
# usage: floors.sh FLOORS
set -u
floors=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0
spdx='/* SPDX-License-Identifier: EUPL-1.2 */'

# A tree of two modules that keeps every rule.
begin() {
    rm -rf root
    mkdir -p root/src/base root/src/core root/.ci
    printf 'floor base:\nfloor core: base made.h sql\n' >root/src/floors.table
    printf '%s\n' "$spdx" >root/src/base/str.h
    printf '%s\n' "$spdx" '#include "base/str.h"' '#include "near.h"' '#include "made.h"' \
        '#include "sql/q.h"' '#include <stdio.h>' >root/src/core/a.c
    printf '%s\n' "$spdx" >root/src/core/near.h
}

# says CODE MESSAGE NAME: runs floors on the tree as it stands.
says() {
    local code=$1 message=$2 name=$3 said got
    number=$((number + 1))
    said=$("$floors" root 2>&1)
    got=$?
    if [[ $got == "$code" && $said == *"$message"* ]]; then
        echo "ok $number - $name"
    else
        echo "not ok $number - $name: $got, said '$said'"
    fi
}

# added FILE LINE…: a file with its licence line.
added() {
    local file=$1
    shift
    printf '%s\n' "$spdx" "$@" >"root/$file"
}

begin
says 0 '3 files keep the rules' 'a good tree'
added src/base/b.c '#include "core/a.h"'
says 1 "src/base/b.c:2: includes what its floor does not allow: 'core/a.h'" 'an upper floor'
added src/base/b.c '  #  include   "core/a.h"'
says 1 "src/base/b.c:2: includes what" 'an upper floor, oddly spaced'
added src/base/b.c '#include "sql/q.h"'
says 1 "does not allow: 'sql/q.h'" 'a generated folder of others'
added src/base/b.c '#include "made.h"'
says 1 "does not allow: 'made.h'" 'a generated header of others'
added src/base/b.c '#include "../core/near.h"'
says 1 "includes by a path upwards" 'a way round'
begin
added src/base/b_test.c '#include "core/a.h"'
says 0 'keep the rules' 'a unit test may look up'
mkdir root/src/new
added src/new/a.c '#include "base/str.h"'
says 1 "has no floor in src/floors.table: 'new'" 'a module without a floor'
begin
printf 'int a;\n' >root/src/base/b.c
says 1 'src/base/b.c:1: has no line' 'no licence line'
begin
printf '#!/bin/sh\necho\n' >root/.ci/run
says 1 '.ci/run:1: has no line' 'no licence line in a command'
begin
yes 'int a;' | head -599 >root/lines
added src/base/b.c "$(cat root/lines)"
says 0 'keep the rules' '600 lines'
added src/base/b.c "$(cat root/lines)" 'int b;'
says 1 'src/base/b.c:601: is longer than 600 lines' '601 lines'
echo 'long src/base/b.c a table of names' >>root/src/floors.table
says 0 'keep the rules' '601 lines with a reason'
rm root/src/base/b.c
says 1 "names a long file that is not there: 'src/base/b.c'" 'a reason for nothing'
begin
added src/base/b.h "$(head -150 <(yes 'int a;'))"
says 1 'a header is longer than 150 lines' 'a long header'
begin
added src/base/b.c 'int a(void)' '{' "$(head -58 <(yes '    a();'))" '}'
says 0 'keep the rules' 'a function of 60 lines'
added src/base/b.c 'int a(void)' '{' "$(head -59 <(yes '    a();'))" '}'
says 1 'src/base/b.c:3: a function is longer' 'a function of 61 lines'
begin
added src/base/b.c "/* TO""DO: later */"
says 1 'src/base/b.c:2: is marked as unfinished' 'a mark'
added src/base/b.c 'char t[] = "x-XXXX''XX";'
says 0 'keep the rules' 'part of a word is no mark'
added src/base/b.c 'char t[] = "/ho''me/ann/x";'
says 1 "names a place on somebody's machine" 'a home folder'
added src/base/b.c "char t[] = \"$work/root/x\";"
says 1 'names a place on this machine' 'the tree itself'
begin
mkdir -p root/build-x root/node_modules root/.git
printf 'x\n' | tee root/build-x/a.c root/node_modules/a.c root/.git/a.c >/dev/null
says 0 '3 files keep the rules' 'made and foreign folders'
echo 'nonsense' >>root/src/floors.table
says 1 "src/floors.table:3: expected 'floor' or 'long'" 'a bad table'
begin
echo 'floor base: core' >>root/src/floors.table
says 1 "'base' has a floor already" 'two floors'
begin
echo 'long src/base/b.c' >>root/src/floors.table
says 1 'is long without a reason' 'no reason'
echo "1..$number"
