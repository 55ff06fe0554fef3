#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Each view here must be refused at the line and with the words that its first line names:
#   refuse.sh VIEWC FOLDER
set -u
viewc=$1
folder=$2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
count=0
for path in "$folder"/*.html "$folder"/*.txt; do
    name=${path##*/}
    wanted=$(sed -n '1s/^{# refuse \(.*[^ ]\) *#}$/\1/p' "$path")
    case $name in
    *.txt) mail=--mail ;;
    *) mail= ;;
    esac
    # shellcheck disable=SC2086 # $mail is one word or none
    if said=$("$viewc" $mail --out "$scratch/out" "$folder" "$name" 2>&1); then
        echo "$name: not refused" >&2
        failed=$((failed + 1))
    else
        case $said in
        "$path:$wanted"*) ;;
        *)
            echo "$name: wanted $wanted" >&2
            echo "  got $said" >&2
            failed=$((failed + 1))
            ;;
        esac
    fi
    count=$((count + 1))
done
echo "$count views, $failed not refused as they should be"
[ "$count" -gt 0 ] && [ "$failed" -eq 0 ]
