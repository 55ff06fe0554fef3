#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
#
# Work with the catalogues in po/ (docs/languages.md):
#
#     tools/po.sh sync               bring all 24 to the messages of en.po
#     tools/po.sh sync --trivial     the same, when changed English needs no new translation
#     tools/po.sh coverage           what each language has
#     tools/po.sh lacking de >list   what German lacks, as a list to translate
#     tools/po.sh fill de list       take the translated list into po/de.po
#     tools/po.sh check              everything that the build and the tests would refuse
#
# BUILD names the build folder when it is not build/.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
build=${BUILD:-build}
ninja -C "$build" tools/poc >/dev/null
poc=$build/tools/poc

case ${1:-} in
    sync)
        shift
        "$poc" --sync "$@" po
        ;;
    coverage) "$poc" --coverage po/??.po ;;
    lacking) "$poc" --lacking "$2" po/??.po ;;
    fill) "$poc" --fill "po/$2.po" "$3" && "$poc" --coverage po/??.po ;;
    check)
        "$poc" --complete po/??.po
        for catalogue in po/??.po; do
            msgfmt --check --output-file=/dev/null "$catalogue"
        done
        ;;
    *)
        sed -n '4,13s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
