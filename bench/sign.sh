#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Signing and confirming through HTTP, durable, 64 connections, on a fresh SQLite database or one
# with N confirmed signatures, and as a ratio to the same statements without HTTP (bench/commit) on
# as large a database in the same run. The load generator shares the machine with the server.
# Loopback only; about a minute, with ten million rows five.
#   bench/sign.sh BUILD [SECONDS] [ROWS]
# BUILD: a release build with bench/load, bench/fill and bench/commit.
set -eu
build=${1:?usage: bench/sign.sh BUILD [SECONDS] [ROWS]}
seconds=${2:-8}
rows=${3:-0}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
address=127.0.0.1:9621
program=$build/src/app/undersigned
pid=
stop() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap stop EXIT INT TERM

"$program" init --data "$work/data" --listen $address --content "$root/content/cohesion" 2>/dev/null
if [ "$rows" -gt 0 ]; then
    # Rows as confirming leaves them; keys are random, so that the uniqueness tree is as wide.
    sqlite3 "$work/data/undersigned.db" >/dev/null <<END
PRAGMA synchronous=OFF; PRAGMA cache_size=-1000000; PRAGMA temp_store=MEMORY;
BEGIN;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $rows)
INSERT INTO signature (id, declaration, kind, state, country, lang, text_version, text_hash, is_listed,
    wants_news, is_sample, mailbox, signer, commitment, created, confirmed, leaf)
SELECT i, 1, 1, 1, 'DK', 'da', 1, zeroblob(32), 0, 0, 1, zeroblob(16), zeroblob(16), zeroblob(32),
    1700000000000 + i, 1700000000000 + i, i FROM n;
INSERT INTO record (signature, payload) SELECT id, zeroblob(420) FROM signature;
INSERT INTO record_key (signature, header, server) SELECT id, zeroblob(320), zeroblob(0) FROM signature;
INSERT INTO link (id, signature, hash, expires)
SELECT id, id, zeroblob(32), 4000000000000 FROM signature;
-- Keys in two ordered rounds: a tree filled in one has full pages, and each later key splits one.
INSERT INTO mailbox (declaration, mailbox, slot, signer, signature)
SELECT 1, key, 1, zeroblob(16), row_number() OVER () FROM
    (SELECT randomblob(16) AS key FROM signature WHERE id % 5 < 3 ORDER BY key);
INSERT INTO mailbox (declaration, mailbox, slot, signer, signature)
SELECT 1, key, 1, zeroblob(16), row_number() OVER () FROM
    (SELECT randomblob(16) AS key FROM signature WHERE id % 5 >= 3 ORDER BY key);
COMMIT;
END
fi

echo "rows before: $rows; database: $(($(stat -c %s "$work/data/undersigned.db") >> 20)) MiB"
echo "without HTTP:"
cp "$work/data/undersigned.db" "$work/raw.db"
"$build/bench/commit" "sqlite:$work/raw.db" --seconds "$seconds" --cache-mb 1024 >"$work/raw"
cat "$work/raw"
rm -f "$work"/raw.db*
count=$((seconds * 30000))
"$build/bench/fill" "$work/data" $count "$work/tokens"

"$program" serve --only web --data "$work/data" --listen $address --form-seconds 0 \
    --rate-narrow 1000000000 --rate-wide 1000000000 --watch off --work never --db-cache-mib 1024 2>"$work/log" &
pid=$!
until curl -s -f -o "$work/form" http://$address/en/sign/2026/person; do sleep 0.1; done

# field PAGE NAME: the value of a hidden field.
field() { grep -o "name=\"$2\" value=\"[^\"]*\"" "$1" | head -n 1 | sed 's/.*value="//; s/"$//'; }
token=$(field "$work/form" token)
awk -v token="$token" -v n=$count 'BEGIN { for (i = 0; i < n; i++)
    printf "POST /en/sign/2026/person token=%s&version=1&subject=&name=Bench+Signer+%d" \
        "&email=http-%d%%40example.org&country=DK&place=&reason=&consent=1\n", token, i, i }' \
    >"$work/sign"

# through NAME: runs the prepared requests, and puts the rate beside the raw one.
through() {
    "$build/bench/load" $address 64 "$seconds" "$work/$1" >"$work/answer"
    awk -v name="$1" 'FNR == NR { if ($1 == name) { sub(/.*rate=/, ""); raw = $1 + 0 } next }
        { printf "%-8s%s, %.2f of the rate without HTTP\n", name, $0, $1 / raw }' \
        "$work/raw" "$work/answer"
}
through sign

curl -s -o "$work/own" "http://$address/en/s/$(head -n 1 "$work/tokens")"
token=$(field "$work/own" token)
awk -v token="$token" '{ printf "POST /en/s/%s/confirm token=%s\n", $1, token }' "$work/tokens" \
    >"$work/confirm"
through confirm
grep -v 'level=info' "$work/log" || :
