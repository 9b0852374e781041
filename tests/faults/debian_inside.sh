#!/usr/bin/env bash
# What debian_install.sh runs inside of the bare Debian; the steps are those of api/deploy/README.md.
set -euo pipefail
# shellcheck source=script/lib.sh
. /src/script/lib.sh
# shellcheck source=tests/support/debian_inside.sh
. /src/tests/support/debian_inside.sh
PORTS=(18081 18082)
FRONT=18080

packages() {
    note "packages"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get -qq update
    quietly apt-get -qq -y install --no-install-recommends "${PACKAGES_BUILD[@]}" postgresql \
        nginx-light curl npm fonts-dejavu-core systemd
}

build_and_install() {
    note "build and installation"
    cd /src
    quietly cmake --preset release
    quietly cmake --build build --target guichet
    quietly npm ci --omit=dev
    quietly node frontend/assemble.mjs
    quietly cmake --install build --prefix /usr
    quietly systemd-sysusers
    cd /
    rm -rf /src/build /src/node_modules # only what was installed may be used from here on
}

settings() {
    note "settings"
    install -d -m 0700 /etc/guichet
    head -c 32 /dev/urandom | base64 >/etc/guichet/master-key
    printf 'GUICHET_PUBLIC_URL=http://127.0.0.1:%s\nGUICHET_TRUSTED_PROXIES=127.0.0.1\n' \
        "$FRONT" >/etc/guichet/guichet.env
    make_front "${PORTS[@]}"
}

# The first administrator, and a copy that proves good.
upkeep() {
    note "the first administrator, a copy"
    secret | quietly guichet-admin create-account ana@dinum.example --siret 13002526500013 \
        --given-name Ana --family-name Benali --role admin --password-stdin
    quietly guichet-admin backup /tmp/guichet.dump
    quietly guichet-admin backup check /tmp/guichet.dump
}

# systemd's own opinion of the units: sound, and how exposed (0 good, 10 bad).
units() {
    note "units"
    systemd-analyze verify guichet@8081.service guichet-worker.service
    local unit
    for unit in guichet@.service guichet-worker.service; do
        systemd-analyze security --no-pager --offline=yes --threshold=20 "/usr/lib/systemd/system/$unit" |
            sed -n 's/.*Overall exposure level for .*: \([0-9.]*\).*/\1/p'
    done >/tmp/exposure
}

serve() {
    note "two instances, a worker, nginx"
    local port started=${EPOCHREALTIME/./}
    for port in "${PORTS[@]}"; do run_unit guichet@.service "$port"; done
    wait_ready "${PORTS[@]}"
    ready_ms=$(((${EPOCHREALTIME/./} - started) / 1000))
    run_unit guichet-worker.service worker
    nginx -t -q
    nginx
}

ask() {
    note "through nginx"
    ask_front
    is 404 'figures from outside' "$(status /metrics /tmp/answer)"
    curl -sf -o /tmp/figures "http://127.0.0.1:$((PORTS[0] + 10000))/metrics"
    grep -q '^guichet_build_info' /tmp/figures
    refused grep -E '\?|"status":"' /var/log/nginx/access.log
    is 404 'a file that is not there' "$(status /static/none.js /tmp/answer)"
    grep -q '"status":404' /tmp/answer
    is 413 'a body that is too large' "$(head -c 12000000 /dev/zero |
        status /v1/session /tmp/answer -X POST -H 'Content-Type: application/json' --data-binary @-)"
    ! grep -h '"level":"error"' /tmp/log-*
}

packages
build_and_install
settings
note "database"
make_database
upkeep
units
serve
ask
. /etc/os-release
printf '{"release":"%s","ready_ms":%d,"installed_kb":%d,"program_kb":%d,"postgresql":"%s","exposure":[%s]}\n' \
    "$VERSION_CODENAME" "$ready_ms" "$(du -sk /usr/share/guichet | cut -f 1)" \
    "$(($(stat -c %s /usr/bin/guichet) / 1024))" "$(ls /usr/lib/postgresql)" \
    "$(paste -sd , /tmp/exposure)"
