#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
#
# Cuts the text font down to what the 24 languages write, one file a script, so that a page
# fetches 25 KB of type and never a whole family. The results are committed under static/fonts/,
# so no build needs this script; run it when the font's version or the character list changes:
#
#     npm ci --ignore-scripts && tools/fonts.sh
#
# Needs the Debian packages fonttools and python3-brotli. Same input, same bytes out: no time
# stamp is written.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
from=$root/node_modules/@fontsource-variable/commissioner
to=$root/static/fonts

if [ ! -d "$from/files" ]; then
    echo "fonts.sh: $from is missing; run 'npm ci --ignore-scripts' first" >&2
    exit 1
fi

# Latin carries the signs shared by every script. Latin Extended-A is taken whole because names
# do not stop at the alphabet of the page; beyond it come the Romanian comma letters, Sámi and
# Livonian letters, capital sharp s and the Welsh and old Irish ones that the font has.
latin='0020-007E,00A0-00FF,0131,0152-0153,02BC,2009,2013-2014,2018-201A,201C-201E,2022,2026,2032-2033,2039-203A,2044,20AC,2122,2212'
latin_ext='0100-0130,0134-0148,014A-0151,0154-017E,018F,01E6-01E7,01EA-01EB,01FA-01FF,0218-021B,022A-022D,0230-0233,0259,1E0C-1E0D,1E80-1E85,1E9E,1EF2-1EF3'
greek='0384-038A,038C,038E-03A1,03A3-03CE'
cyrillic='0400-045F,0490-0491,2116'

mkdir -p "$to"
for script in latin latin-ext greek cyrillic; do
    case $script in
        latin) signs=$latin ;;
        latin-ext) signs=$latin_ext ;;
        greek) signs=$greek ;;
        cyrillic) signs=$cyrillic ;;
    esac
    # locl keeps the Bulgarian, Romanian and Dutch forms; rvrn the heavy cuts of the weight axis.
    SOURCE_DATE_EPOCH=0 pyftsubset "$from/files/commissioner-$script-wght-normal.woff2" \
        --unicodes="$signs" --flavor=woff2 --no-hinting --desubroutinize \
        --layout-features=kern,mark,mkmk,ccmp,locl,liga,calt,rvrn --layout-scripts='*' \
        --name-IDs=0,1,2,3,4,5,6,13,14 --no-recalc-timestamp \
        --output-file="$to/commissioner-$script.woff2"
done

# Two signs every language sets but the family lacks: the narrow no-break space takes the glyph
# of the thin space and the no-break hyphen that of the hyphen.
/usr/bin/python3 - "$to/commissioner-latin.woff2" <<'EOF'
import sys
from fontTools.ttLib import TTFont

font = TTFont(sys.argv[1], recalcTimestamp=False)
for table in font["cmap"].tables:
    if table.isUnicode():
        table.cmap[0x202F] = table.cmap[0x2009]
        table.cmap[0x2011] = table.cmap[0x2D]
font.save(sys.argv[1])
EOF


# Posters and pictures are drawn by pango, which reads neither WOFF2 nor the weight axis: the same
# signs once more, all scripts in one file for each of two weights, for src/draw/fonts/.
draw=$root/src/draw/fonts
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
mkdir -p "$draw"
for weight in 400 750; do
    for script in latin latin-ext greek cyrillic; do
        /usr/bin/fonttools varLib.instancer -q "$to/commissioner-$script.woff2" "wght=$weight" \
            --no-recalc-timestamp -o "$parts/$script.woff2"
        SOURCE_DATE_EPOCH=0 pyftsubset "$parts/$script.woff2" --unicodes='*' --layout-features='*' \
            --layout-scripts='*' --no-recalc-timestamp --output-file="$parts/$script.ttf"
    done
    /usr/bin/python3 - "$parts" "$draw/commissioner-$weight.ttf" "$weight" <<'EOF2'
import sys
from fontTools.merge import Merger
from fontTools.ttLib import TTFont

parts, target, weight = sys.argv[1:]
scripts = ("latin", "latin-ext", "greek", "cyrillic")
font = Merger().merge([f"{parts}/{script}.ttf" for script in scripts])
created = TTFont(f"{parts}/latin.ttf", recalcTimestamp=False)["head"]
font.recalcTimestamp = False
font["head"].created, font["head"].modified = created.created, created.modified
font["OS/2"].usWeightClass = int(weight)
bold = int(weight) > 600
font["OS/2"].fsSelection = 1 << 5 if bold else 1 << 6
font["head"].macStyle = 1 if bold else 0
for record in font["name"].names:
    style = "Bold" if bold else "Regular"
    text = {1: "Commissioner", 2: style, 4: f"Commissioner {style}", 6: f"Commissioner-{style}"}
    if record.nameID in text:
        record.string = text[record.nameID]
font["name"].names = [n for n in font["name"].names if n.nameID not in (16, 17)]
font.save(target)
EOF2
done

cp "$from/LICENSE" "$to/OFL.txt"
ls -l "$to" "$draw"
