#!/usr/bin/env bash
# SPDX-License-Identifier: EUPL-1.2
# The systemd units: what systemd's own examination says of their exposure (0: none, 10: all), and
# whether it can read them. It needs no running systemd.
set -uo pipefail
cd "$(dirname "$(realpath "$0")")/../.." || exit 1

binary=$(realpath "${UNDERSIGNED:-build/release/src/app/undersigned}")
folder=$(mktemp -d "${TMPDIR:-/tmp}/undersigned-units.XXXXXX")
trap 'rm -rf "$folder"' EXIT
number=0
bad=0
tell() {
    number=$((number + 1))
    if [[ $2 == 0 ]]; then
        echo "ok $number - $1"
    else
        echo "not ok $number - $1"
        sed 's/^/# /' "$folder/said"
        bad=1
    fi
}

# exposure FILE: in tenths.
exposure() {
    systemd-analyze security --offline=true --no-pager "$1" 2>"$folder/said" |
        sed -nE 's/.*exposure level for .*: ([0-9]+)\.([0-9]) .*/\1\2/p' | sed 's/^0*\(.\)/\1/'
}

for row in web:5 work:12; do
    kind=${row%%:*} most=${row#*:}
    # The installed path, as far as this machine has the program.
    sed "s|/usr/bin/undersigned serve|$binary serve|" "packaging/systemd/undersigned-$kind.service" \
        >"$folder/undersigned-$kind.service"
    got=$(exposure "$folder/undersigned-$kind.service")
    [[ -n $got && $got -le $most ]]
    tell "$kind is exposed at most $((most / 10)).$((most % 10)) (${got:-?} tenths)" $?
    systemd-analyze verify --man=no "$folder/undersigned-$kind.service" >"$folder/said" 2>&1
    code=$?
    ! grep "undersigned-$kind.service:" "$folder/said" >/dev/null && [[ $code == 0 ]]
    tell "$kind is read without a complaint" $?
done
printf '[Service]\nExecStart=%s serve\n' "$binary" >"$folder/undersigned-bare.service"
got=$(exposure "$folder/undersigned-bare.service")
[[ $got -gt 80 ]]
tell "a unit without any of this is seen as exposed ($got tenths)" $?
systemd-sysusers --dry-run "$PWD/packaging/systemd/undersigned.sysusers" >"$folder/said" 2>&1
tell "the users can be made" $?
echo "1..$number"
exit "$bad"
