#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Requests a second of one cached 5 KB page: nginx (static file, one worker), ours (one io thread)
# and libmicrohttpd (one epoll thread), each on the first core with wrk on the second, in turn for
# each number of connections, so that ratios of one line belong together. Each is measured ROUNDS (3)
# times and its best taken: whatever else the machine does only makes a server slower. Loopback only.
#   ROUNDS=3 bench/http.sh BUILD [SECONDS] [CONNECTIONS…]
# BUILD: a release build (meson setup --buildtype=release -Db_sanitize=none) with bench/http_server
# and bench/http_mhd. A measurement takes SECONDS (2).
set -eu
build=${1:?usage: bench/http.sh BUILD [SECONDS] [CONNECTIONS…]}
seconds=${2:-2}
rounds=${ROUNDS:-3}
if [ $# -gt 2 ]; then shift 2; else set -- 64 128 250 256 257 512 1000 2000; fi
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

awk 'BEGIN { for (i = 0; i < 5120; i++) printf "%c", 97 + i % 26 }' >"$work/page.html"
cat >"$work/nginx.conf" <<EOF
daemon off; worker_processes 1; pid $work/nginx.pid; error_log $work/error.log crit;
events { worker_connections 8192; }
http {
  access_log off; server_tokens off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  types { text/html html; } charset utf-8; open_file_cache max=100; etag on;
  client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work;
  uwsgi_temp_path $work; scgi_temp_path $work;
  server { listen 127.0.0.1:9601 backlog=4096; root $work; location / {
    add_header Cache-Control "public, max-age=60, stale-while-revalidate=600, stale-if-error=86400";
    add_header Vary "Accept-Encoding";
    add_header Content-Security-Policy "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";
    add_header X-Content-Type-Options "nosniff";
    add_header Referrer-Policy "same-origin";
    add_header Permissions-Policy "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
    add_header Cross-Origin-Opener-Policy "same-origin";
    add_header Cross-Origin-Resource-Policy "same-origin";
    add_header Strict-Transport-Security "max-age=63072000; includeSubDomains";
  } }
}
EOF
taskset -c 0 nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null & nginx=$!
taskset -c 0 "$build/bench/http_server" 9602 & ours=$!
pids="$nginx $ours"
if [ -x "$build/bench/http_mhd" ]; then
    taskset -c 0 "$build/bench/http_mhd" 9603 & mhd=$!
    pids="$pids $mhd"
fi
for port in 9601 9602 ${mhd:+9603}; do
    curl -s --retry 20 --retry-connrefused --retry-delay 1 -o /dev/null "127.0.0.1:$port/page.html"
done
printf 'bytes of a reply: nginx %s, ours %s\n' \
    "$(curl -si 127.0.0.1:9601/page.html | wc -c)" "$(curl -si 127.0.0.1:9602/page.html | wc -c)"

measure() { # PORT CONNECTIONS PATH: "rate p99"
    taskset -c 1 wrk -t1 -c"$2" -d"$seconds"s --latency "http://127.0.0.1:$1/$3" |
        awk '/99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } /Socket errors/ { bad = " " $0 }
             END { printf "%d %s%s", rate, p99, bad }'
}
rss() { # PID and its children, in MB
    ps -o rss= -p "$1" --ppid "$1" | awk '{ kb += $1 } END { printf "%.0f", kb / 1024 }'
}
row() { printf '%6s  %8s %8s  %8s %8s %6s %4s  %8s %8s %6s %4s\n' "$@"; }
row conns nginx p99 ours p99 ratio MB mhd p99 ratio MB
# RATE P99 of the better of two measurements: "rate p99" "rate p99"
better() {
    if [ "${1%% *}" -ge "${2%% *}" ]; then echo "$1"; else echo "$2"; fi
}
ratio() { echo "${1%% *} ${2%% *}" | awk '{ printf "%.2f", $1 / $2 }'; }
for c in "$@"; do
    n='0 -' o='0 -' m='0 -' m_rss=-
    i=0
    while [ "$i" -lt "$rounds" ]; do
        n=$(better "$n" "$(measure 9601 "$c" page.html)")
        o=$(better "$o" "$(measure 9602 "$c" page.html)")
        o_rss=$(rss "$ours")
        if [ -n "${mhd:-}" ]; then
            m=$(better "$m" "$(measure 9603 "$c" page.html)")
            m_rss=$(rss "$mhd")
        fi
        i=$((i + 1))
    done
    row "$c" "${n%% *}" "${n#* }" "${o%% *}" "${o#* }" "$(ratio "$o" "$n")" "$o_rss" \
        "${m%% *}" "${m#* }" "$(ratio "$m" "$n")" "$m_rss"
done
printf 'made by a worker each time, 64 connections: %s\n' "$(measure 9602 64 made.html)"
