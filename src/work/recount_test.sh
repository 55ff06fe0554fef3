#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Runs the recounts of docs/log.md, as they stand there, on a log on disk: recount_test.sh DOC LOG
set -eu
doc=$1 log=$2
part=$(mktemp -d "${TMPDIR:-/tmp}/undersigned-recount.XXXXXX")
trap 'rm -rf "$part"' EXIT
block() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$doc" | sed '/^```/d'; }
block sh | sed "s|^log=.*|log=file://$log|" >"$part/recount.sh"
block python >"$part/verify.py"
cp "$log/checkpoint" "$log/manifest" "$part"
command=$(sed -n 's/^    openssl/openssl/p' "$doc")
cd "$part"
sh recount.sh
python3 verify.py
$command
