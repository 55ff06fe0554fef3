#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# What the built programs are hardened with, read from the files themselves (readelf), so that a
# flag that some compiler silently drops is seen. The same reading must find every gap in a program
# that was built without.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.." || exit 1

folder=$(mktemp -d "${TMPDIR:-/tmp}/undersigned-binary.XXXXXX")
trap 'rm -rf "$folder"' EXIT

# gaps FILE: one word for each measure that it lacks.
gaps() {
    local head segments dynamic symbols notes
    head=$(readelf -hW "$1")
    segments=$(readelf -lW "$1")
    dynamic=$(readelf -dW "$1")
    symbols=$(readelf -W --dyn-syms "$1")
    notes=$(readelf -nW "$1")
    grep -q 'Type: *DYN' <<<"$head" && grep -q 'Flags: .*PIE' <<<"$dynamic" || echo pie
    grep -q GNU_RELRO <<<"$segments" || echo relro
    grep -qE 'BIND_NOW|Flags: .*NOW' <<<"$dynamic" || echo bind-now
    grep -qE 'GNU_STACK .* RW ' <<<"$segments" || echo stack-not-executable
    ! grep -qE 'LOAD .* RWE ' <<<"$segments" || echo segments-written-or-run
    ! grep -qE 'TEXTREL' <<<"$dynamic" || echo no-text-relocations
    ! grep -qE '\((RPATH|RUNPATH)\)' <<<"$dynamic" || echo no-search-path
    grep -q __stack_chk_fail <<<"$symbols" || echo stack-canary
    grep -qE '__(memcpy|snprintf|vsnprintf|fprintf|printf)_chk' <<<"$symbols" || echo fortify
    [[ $(uname -m) != x86_64 ]] || grep -q SHSTK <<<"$notes" || echo shadow-stack
}

# Functions that may be called by address begin with endbr64. Debian's own start files do not, so the
# linker leaves the mark of the whole out, and the code is looked at.
marks_calls() {
    [[ $(uname -m) != x86_64 ]] ||
        objdump -d --no-show-raw-insn "$1" | awk '/^[0-9a-f]+ <main>:/ { getline; print }' | grep -q endbr64
}

number=0
bad=0
tell() {
    number=$((number + 1))
    if [[ -z $2 ]]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        echo "# $2"
        bad=1
    fi
}

for binary in "${UNDERSIGNED:-build/release/src/app/undersigned}" \
    build/release-clang/src/app/undersigned; do
    [[ -x $binary ]] || continue
    tell "${binary#"$PWD"/} lacks nothing" "$(gaps "$binary" | paste -sd' ')"
    marks_calls "$binary" && lacking='' || lacking='main does not begin with endbr64'
    tell "${binary#"$PWD"/} marks where it may be called" "$lacking"
done

cat >"$folder/bare.c" <<'END'
#include <stdio.h>
#include <string.h>
int main(int n, char **arguments)
{
    char text[40];
    strcpy(text, arguments[n - 1]);
    printf("%s\n", text);
    return 0;
}
END
cc -O2 -w -no-pie -fno-stack-protector -U_FORTIFY_SOURCE -fcf-protection=none -Wl,-z,norelro \
    -Wl,-z,lazy -Wl,-z,execstack -Wl,-rpath,/nowhere -o "$folder/bare" "$folder/bare.c"
wanted='pie relro bind-now stack-not-executable no-search-path stack-canary fortify'
[[ $(uname -m) != x86_64 ]] || wanted+=' shadow-stack'
found=$(gaps "$folder/bare" | paste -sd' ')
[[ $found == "$wanted" ]] && wrong='' || wrong="found: $found"
tell "a program without any is seen to lack them" "$wrong"
! marks_calls "$folder/bare" && wrong='' || wrong='bare code passes as marked'
[[ $(uname -m) == x86_64 ]] || wrong=''
tell "unmarked code is seen" "$wrong"
echo "1..$number"
exit "$bad"
