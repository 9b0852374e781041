#!/usr/bin/env bash
# What rehearse.sh runs inside of the bare Debian that is to serve: the package installed by apt, started over
# Debian's own PostgreSQL, upgraded while it serves, removed and purged.
set -euo pipefail
# shellcheck source=tests/support/debian_inside.sh
. /root/debian_inside.sh
PORTS=(18081 18082)
FRONT=18080
export DEBIAN_FRONTEND=noninteractive
new=$(ls /root/packages/guichet_*.deb)

note "a former version, by apt"
quietly apt-get -qq update
quietly apt-get -qq -y install --no-install-recommends /root/packages/former.deb postgresql nginx-light curl
refused command -v gcc
refused command -v cc
is 0.0.9 'the former version' "$(dpkg-query -W -f '${Version}' guichet)"

note "nothing runs before it is configured"
refused systemctl is-enabled guichet@8081.service
refused systemctl is-enabled guichet-worker.service
refused run_unit guichet@.service 18081
grep -q 'is missing' /tmp/quietly.log
is '600 root:root' 'settings' "$(stat -c '%a %U:%G' /etc/guichet/guichet.env)"
is '710 root:guichet' 'their folder' "$(stat -c '%a %U:%G' /etc/guichet)"
refused guichet-admin check-config
grep -q GUICHET_DATABASE_URL /tmp/quietly.log

note "configured and started, by the page"
head -c 32 /dev/urandom | base64 >/etc/guichet/master-key
chmod 600 /etc/guichet/master-key
printf 'GUICHET_PUBLIC_URL=http://127.0.0.1:%s\nGUICHET_TRUSTED_PROXIES=127.0.0.1\n' "$FRONT" >>/etc/guichet/guichet.env
make_front "${PORTS[@]}"
make_database
started=${EPOCHREALTIME/./}
pids=()
for port in "${PORTS[@]}"; do
    run_unit guichet@.service "$port"
    pids+=("$UNIT_PID")
done
wait_ready "${PORTS[@]}"
ready_ms=$(((${EPOCHREALTIME/./} - started) / 1000))
run_unit guichet-worker.service worker
pids+=("$UNIT_PID")
nginx -t -q
nginx
ask_front
systemd-analyze verify guichet@8081.service guichet-worker.service
dpkg -L guichet | grep -qx /usr/share/man/man1/guichet.1.gz

note "upgraded while it serves; the settings of the administrator stay"
quietly apt-get -qq -y -o Dpkg::Options::=--force-confold install --no-install-recommends "$new"
is "$(dpkg-deb -f "$new" Version)" 'the new version' "$(dpkg-query -W -f '${Version}' guichet)"
for pid in "${pids[@]}"; do kill -0 "$pid"; done
for port in "${PORTS[@]}"; do ready "$port"; done
grep -q "GUICHET_PUBLIC_URL=http://127.0.0.1:$FRONT" /etc/guichet/guichet.env
is '710 root:guichet' 'the folder of the settings' "$(stat -c '%a %U:%G' /etc/guichet)"
quietly guichet-admin check-config
quietly guichet-admin migrate
for port in "${PORTS[@]}"; do
    kill "${pids[0]}"
    wait "${pids[0]}" || true
    pids=("${pids[@]:1}")
    run_unit guichet@.service "$port"
    pids+=("$UNIT_PID")
    wait_ready "$port"
    is 200 products "$(status /v1/products /tmp/answer)"
done
quietly dpkg --verify guichet

note "removed: settings and secrets stay; purged: the secrets alone"
for pid in "${pids[@]}"; do
    kill "$pid"
    wait "$pid" || true
done
refused grep -h '"level":"error"' /tmp/log-18081 /tmp/log-18082 /tmp/log-worker
files=$(dpkg -L guichet | while read -r path; do [ -d "$path" ] || echo "$path"; done)
quietly apt-get -qq -y remove guichet
for path in $files; do
    case "$path" in
    /etc/*) [ -e "$path" ] ;;
    *) [ ! -e "$path" ] || { echo "$path was left" >&2; exit 1; } ;;
    esac
done
[ -d /var/lib/guichet ]
quietly apt-get -qq -y purge guichet
grep -q 'master-key was kept' /tmp/quietly.log
[ ! -e /etc/guichet/guichet.env ] && [ ! -e /var/lib/guichet ] && [ ! -e /usr/share/guichet ]
[ -s /etc/guichet/master-key ] && [ -s /etc/guichet/database-url ]
. /etc/os-release
printf '{"release":"%s","package_kb":%d,"ready_ms":%d,"postgresql":"%s"}\n' \
    "$VERSION_CODENAME" "$(($(stat -c %s "$new") / 1024))" "$ready_ms" "$(ls /usr/lib/postgresql)"
