#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# What tools/embed must refuse, and with which message. Prints TAP.
# usage: embed.sh EMBED
set -u
embed=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
number=0

# refused NAME MESSAGE FILE...: embed must fail and say MESSAGE.
refused() {
    local name=$1 message=$2 said
    shift 2
    number=$((number + 1))
    mkdir -p out
    if said=$("$embed" out/assets.h out/assets.c out/assets.bin root "$@" 2>&1); then
        echo "not ok $number - $name: accepted"
    elif [[ $said != *"$message"* ]]; then
        echo "not ok $number - $name: said '$said'"
    elif [[ -n $(ls out) ]]; then
        echo "not ok $number - $name: left something behind"
    else
        echo "ok $number - $name"
    fi
    rm -rf out
}

mkdir -p root/fonts root/deep
printf 'x' >root/a.svg
printf 'x' >root/a-svg.svg
printf 'x' >root/a.svg.svg
: >root/empty.svg
printf 'x' >root/b.exe
head -c 4194305 /dev/zero >root/large.txt

sheet() {
    printf '%s\n' "$1" >root/s.css
}

refused 'a missing file' 'none.svg: cannot be read' none.svg
refused 'an empty file' 'empty.svg: is empty' empty.svg
refused 'a large file' 'large.txt: is larger than 4 MiB' large.txt
refused 'an unknown kind' 'b.exe: is of a kind' b.exe
refused 'a file twice' 'a.svg: has the same C name as' a.svg a.svg
refused 'two files with one C name' 'a.svg.svg: has the same C name as' a-svg.svg a.svg.svg
refused 'a path out of the folder' 'must be made of' ../root/a.svg
refused 'an absolute path' 'must be made of' /etc/x.txt
refused 'an odd name' 'must be made of' 'A b.svg'
sheet 'a { background: url(none.svg) }'
refused 'a pointer to nothing' "s.css: points to a file that is not embedded: 'none.svg'" s.css a.svg
sheet 'a { background: url(https://example.org/x.svg) }'
refused 'a pointer elsewhere' "s.css: points to another host: 'https://example.org/x.svg'" s.css
sheet 'a { background: URL( "//example.org/x.svg" ) }'
refused 'a pointer elsewhere without scheme' 'points to another host' s.css
sheet '@import "a.css";'
refused 'an import' 's.css: has an @import' s.css
sheet 'a { background: url(s.css) }'
refused 'a sheet that points to a sheet' 'points to another style sheet' s.css
sheet 'a { background: url(a.svg'
refused 'a url without an end' 's.css: has a url( without an end' s.css a.svg
sheet 'a { background: url("a.svg) }'
refused 'a url with half a quote' 'has a quoted url' s.css a.svg
sheet 'a { } /* and so'
refused 'a comment without an end' 'has a comment without an end' s.css
sheet 'a::after { content: "x }'
refused 'a string without an end' 'has a string without an end' s.css
printf 'a { background: url(a.svg) }' >root/deep/s.css
refused 'a pointer that is relative to the sheet' 'points to a file that is not embedded' deep/s.css a.svg

# script NAME LINE...: root/NAME.js
script() {
    local name=$1
    shift
    printf '%s\n' "$@" >"root/$name.js"
}
script a 'const x = 1;'
script b "import { x } from './a.js';" 'const x = 2;'
refused 'a name that two modules declare' "b.js: declares again 'x'" b.js
script b "import { x } from './none.js';"
refused 'a module that is not there' 'none.js: cannot be read' b.js
script b "import { x } from 'https://example.org/a.js';"
refused 'a module from elsewhere' 'b.js: must import as in' b.js
script b "import x from './a.js';"
refused 'a default import' 'b.js: must import as in' b.js
script b "import { x } from '../a.js';"
refused 'a module out of the folder' 'b.js: must import as in' b.js
script b 'export default 3;'
refused 'a default export' 'b.js: exports what is no declaration' b.js
script b "import { c } from './c.js';"
script c "import { b } from './b.js';"
refused 'modules in a circle' "c.js: imports in a circle: 'b.js'" b.js
echo "1..$number"
