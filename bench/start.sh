#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# How long from starting the web process to its first page, in milliseconds: best, middle and worst
# of nine. Beside it the same for nginx with one static page, as a measure of the machine.
#   bench/start.sh BUILD
set -eu
build=${1:?usage: bench/start.sh BUILD}
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
pid=
stop() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null || :
    rm -rf "$work"
}
trap stop EXIT INT TERM

"$build/src/app/undersigned" init --data "$work/data" --listen 127.0.0.1:9611 \
    --content "$root/content/cohesion" 2>/dev/null
echo page >"$work/en"
cat >"$work/nginx.conf" <<END
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log crit;
events { }
http { access_log off; client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work;
  uwsgi_temp_path $work; scgi_temp_path $work; server { listen 127.0.0.1:9611; root $work; } }
END

now_ms() { echo $(($(date +%s%N) / 1000000)); }

# Starts "$@" and prints the milliseconds until a page came.
measure() {
    began=$(now_ms)
    "$@" >/dev/null 2>&1 &
    pid=$!
    until curl -s -f -o "$work/got" http://127.0.0.1:9611/en; do
        [ $(($(now_ms) - began)) -lt 10000 ] || { echo "no answer in 10 s" >&2; exit 1; }
    done
    echo $(($(now_ms) - began))
    kill "$pid"
    wait "$pid" 2>/dev/null || :
    pid=
}

for name in undersigned nginx; do
    for _ in 1 2 3 4 5 6 7 8 9; do
        if [ $name = nginx ]; then
            measure /usr/sbin/nginx -c "$work/nginx.conf"
        else
            measure "$build/src/app/undersigned" serve --only web --data "$work/data" \
                --listen 127.0.0.1:9611
        fi
    done | sort -n | awk -v name=$name '{ t[NR] = $1 }
        END { printf "%-12s first page after %d ms (best), %d (middle), %d (worst)\n", name, t[1], t[5], t[9] }'
done
