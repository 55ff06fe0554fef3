#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# What other sites ask of us all day, from the page cache of the real program: the count as JSON, as
# a picture and as a frame, beside nginx with the same bytes as static files (one worker, one io
# thread, the same core; wrk on the other; in turn, the better of ROUNDS each). Loopback only.
#   ROUNDS=3 bench/embed.sh BUILD [SECONDS] [CONNECTIONS…]
# BUILD: a release build (meson setup --buildtype=release -Db_sanitize=none).
set -eu
build=${1:?usage: bench/embed.sh BUILD [SECONDS] [CONNECTIONS…]}
seconds=${2:-3}
rounds=${ROUNDS:-3}
if [ $# -gt 2 ]; then shift 2; else set -- 64 2000; fi
undersigned=$build/src/app/undersigned
work=$(mktemp -d)
# shellcheck disable=SC3045 # dash and bash have it
ulimit -n 20000
pids=
stop() {
    for pid in $pids; do kill "$pid" 2>/dev/null || :; done
    wait 2>/dev/null || :
    rm -rf "$work"
}
trap stop EXIT INT TERM

site="--data $work/data --listen 127.0.0.1:9612 --log-level error"
# shellcheck disable=SC2086 # options, word by word
{
    "$undersigned" init $site --content content/cohesion 2>/dev/null
    "$undersigned" sample 500 $site 2>/dev/null >/dev/null
    "$undersigned" serve --only work $site 2>/dev/null & pids=$!
    taskset -c 0 "$undersigned" serve --only web --io-threads 1 --connections 8000 $site & pids="$pids $!"
}
mkdir "$work/root"
paths='data/2026/count.json embed/en/2026/count.svg embed/en/2026/count'
i=0
for path in $paths; do
    i=$((i + 1))
    until curl -sf -o "$work/root/$i" "127.0.0.1:9612/$path"; do sleep 0.2; done
done
sleep 3 # all samples are counted
kill "${pids%% *}"
i=0
for path in $paths; do
    i=$((i + 1))
    curl -sf -o "$work/root/$i" "127.0.0.1:9612/$path"
done
cat >"$work/nginx.conf" <<EOF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log crit;
events { worker_connections 8192; }
http {
  access_log off; server_tokens off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  default_type text/html; open_file_cache max=100; etag on;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work;
  uwsgi_temp_path $work; scgi_temp_path $work;
  server { listen 127.0.0.1:9611 backlog=4096; root $work/root; location / {
    add_header Cache-Control "public, max-age=5, stale-while-revalidate=30, stale-if-error=86400";
    add_header Vary "Accept-Encoding";
    add_header Content-Security-Policy "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors *; object-src 'none'";
    add_header X-Content-Type-Options "nosniff";
    add_header Referrer-Policy "same-origin";
    add_header Permissions-Policy "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    add_header Cross-Origin-Opener-Policy "same-origin";
    add_header Cross-Origin-Resource-Policy "cross-origin";
  } }
}
EOF
taskset -c 0 nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null & pids="${pids#* } $!"
curl -s --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null 127.0.0.1:9611/1

measure() { # PORT CONNECTIONS PATH: "rate p99"
    taskset -c 1 wrk -t1 -c"$2" -d"$seconds"s --latency "http://127.0.0.1:$1/$3" |
        awk '/99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } /Socket errors|Non-2xx/ { bad = " " $0 }
             END { printf "%d %s%s", rate, p99, bad }'
}
# RATE P99 of the better of two measurements: "rate p99" "rate p99"
better() {
    if [ "${1%% *}" -ge "${2%% *}" ]; then echo "$1"; else echo "$2"; fi
}
row() { printf '%6s  %-26s %6s  %8s %9s  %8s %9s  %5s\n' "$@"; }
row conns what bytes nginx p99 ours p99 ratio
for c in "$@"; do
    i=0
    for path in $paths; do
        i=$((i + 1))
        n='0 -' o='0 -' round=0
        while [ "$round" -lt "$rounds" ]; do
            n=$(better "$n" "$(measure 9611 "$c" "$i")")
            o=$(better "$o" "$(measure 9612 "$c" "$path")")
            round=$((round + 1))
        done
        row "$c" "$path" "$(wc -c <"$work/root/$i")" "${n%% *}" "${n#* }" "${o%% *}" "${o#* }" \
            "$(echo "${o%% *} ${n%% *}" | awk '{ printf "%.2f", $1 / $2 }')"
    done
done
