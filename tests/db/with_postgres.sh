#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Runs a command with a PostgreSQL 15 cluster of its own: UNDERSIGNED_TEST_PG is its URL. The
# cluster lives in a temporary folder, listens on a socket there and nowhere else, and is gone
# afterwards. Reused when the variable is set already. UNDERSIGNED_TEST_PG_FSYNC=off spares the waiting
# for the disk, where no power cut matters; doctor warns of such a cluster.
#   tests/db/with_postgres.sh meson test -C build
set -eu

if [ -n "${UNDERSIGNED_TEST_PG:-}" ]; then
    exec "$@"
fi

for bin in "${PG_BIN:-}" /usr/lib/postgresql/15/bin /usr/lib/postgresql/*/bin; do
    [ -n "$bin" ] && [ -x "$bin/initdb" ] && break
done
[ -x "$bin/initdb" ] || { echo "with_postgres: no PostgreSQL found" >&2; exit 1; }

home=$(mktemp -d "${TMPDIR:-/tmp}/undersigned-pg.XXXXXX")
# The server refuses to run as root.
as=''
if [ "$(id -u)" = 0 ]; then
    user=postgres
    id "$user" >/dev/null 2>&1 || user=nobody
    chown "$user" "$home"
    as="runuser -u $user --"
fi

# shellcheck disable=SC2317 # run by the trap
stop() {
    # shellcheck disable=SC2086 # $as is a list of words or nothing
    $as "$bin/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
    rm -rf "$home"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd "$home"
# shellcheck disable=SC2086
$as "$bin/initdb" -D "$home/data" -U undersigned --auth=trust --encoding=UTF8 --locale=C \
    --no-sync >"$home/log" 2>&1 || { cat "$home/log" >&2; exit 1; }
cat >>"$home/data/postgresql.conf" <<END
listen_addresses = ''
unix_socket_directories = '$home'
max_connections = 200
max_prepared_transactions = 0
shared_buffers = 64MB
fsync = ${UNDERSIGNED_TEST_PG_FSYNC:-on}
full_page_writes = ${UNDERSIGNED_TEST_PG_FSYNC:-on}
END
# shellcheck disable=SC2086
$as "$bin/pg_ctl" -D "$home/data" -l "$home/server.log" -w start >/dev/null ||
    { cat "$home/server.log" >&2; exit 1; }
chmod 755 "$home"

cd "$OLDPWD"
UNDERSIGNED_TEST_PG="postgresql:///?host=$home&user=undersigned"
UNDERSIGNED_TEST_PG_HOME=$home
export UNDERSIGNED_TEST_PG UNDERSIGNED_TEST_PG_HOME
status=0
"$@" || status=$?
exit "$status"
