#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# How long an import of 10,000 items in 24 languages takes: checked, stored at first, again without a
# change, and again with one text changed. Texts are those of the demo, with a number in each.
set -euo pipefail
cd "$(dirname "$(realpath "$0")")/.."

usage() {
    cat <<'END'
usage: bench/import.sh [--items N] [--database URL]

Needs build/release (`./run` makes it). --database postgres://… measures that engine, which must
be empty; otherwise a SQLite file below $TMPDIR.
END
}

items=10000
database=''
while (($#)); do
    case $1 in
    --help | -h) usage; exit 0 ;;
    --items) items=$2; shift 2 ;;
    --database) database=$2; shift 2 ;;
    *) usage >&2; exit 2 ;;
    esac
done
undersigned=$PWD/build/release/src/app/undersigned
folder=$(mktemp -d "${TMPDIR:-/tmp}/undersigned-import.XXXXXX")
trap 'rm -rf "$folder"' EXIT

python3 - "$folder/content" "$items" <<'END'
import os, sys

target, count = sys.argv[1], int(sys.argv[2])
demo = "content/cohesion/"
stories = sorted(os.listdir(demo + "story"))
texts = {}
for story in stories:
    for name in os.listdir(f"{demo}story/{story}"):
        if name.endswith(".md"):
            texts[story, name] = [
                line for line in open(f"{demo}story/{story}/{name}", encoding="utf-8")
                if not line.startswith(("source:", "picture_alt:"))
            ]
facts = {
    s: "".join(
        line for line in open(f"{demo}story/{s}/story.ini", encoding="utf-8")
        if not line.startswith("picture")
    )
    for s in stories
}
os.makedirs(target + "/alliance")
open(target + "/alliance/en.md", "w").write("title: Many\nstate: original\n\nMany stories.\n")
for i in range(count):
    story = stories[i % len(stories)]
    here = f"{target}/story/{story}-{i}"
    os.makedirs(here)
    open(here + "/story.ini", "w", encoding="utf-8").write(facts[story])
    for (of, name), lines in texts.items():
        if of == story:
            with open(f"{here}/{name}", "w", encoding="utf-8") as file:
                file.write(lines[0].rstrip("\n") + f" {i}\n" + "".join(lines[1:]))
END
echo "folder: $(find "$folder/content" -type f | wc -l) files, $(du -sh --apparent-size "$folder/content" | cut -f1)"

options=(--data "$folder/data")
[[ -z $database ]] || options+=(--database "$database")
"$undersigned" init "${options[@]}" 2>/dev/null

# timed WHAT COMMAND…: wall clock, processor and the most memory.
timed() {
    local what=$1
    shift
    python3 - "$what" "$@" <<'END'
import os, resource, subprocess, sys, time

start = time.monotonic()
with open(os.devnull, "w") as nothing:
    done = subprocess.run(sys.argv[2:], stdout=nothing, stderr=subprocess.PIPE, text=True)
took = time.monotonic() - start
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{sys.argv[1]:<34}{took:6.1f} s   processor {used.ru_utime + used.ru_stime:5.1f} s   "
      f"memory {used.ru_maxrss / 1024:5.0f} MiB   {done.stderr.strip().splitlines()[-1]}")
sys.exit(done.returncode)
END
}

timed "import --check" "$undersigned" import --check "$folder/content" "${options[@]}"
timed "import, the first time" "$undersigned" import "$folder/content" "${options[@]}"
timed "import, nothing changed" "$undersigned" import "$folder/content" "${options[@]}"
first=$(find "$folder/content/story" -name fi.md -print -quit)
echo >>"$first"
echo "Lisää." >>"$first"
timed "import, one text changed" "$undersigned" import "$folder/content" "${options[@]}"
