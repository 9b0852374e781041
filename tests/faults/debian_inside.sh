#!/usr/bin/env bash
# What debian_install.sh runs inside of the bare Debian; the steps are those of api/deploy/README.md.
set -euo pipefail
# shellcheck source=script/lib.sh
. /src/script/lib.sh
PORTS=(18081 18082)
FRONT=18080

note() { echo "== $*" >&2; }
# quietly COMMAND…: what it said is shown only when it fails.
quietly() {
    "$@" >/tmp/quietly.log 2>&1 || { tail -n 40 /tmp/quietly.log >&2; exit 1; }
}

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
    cd /
    rm -rf /src/build /src/node_modules # only what was installed may be used from here on
}

as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups psql -qX "$@"; }
secret() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

database() {
    note "database"
    local owner app
    owner=$(secret) app=$(secret)
    pg_ctlcluster "$(ls /usr/lib/postgresql)" main start
    as_postgres -c "create role guichet_owner login createrole createdb password '$owner'" \
        -c 'create database guichet owner guichet_owner' \
        -c 'grant set on parameter app.is_system to guichet_owner'
    echo "postgresql://guichet_app:$app@127.0.0.1/guichet" >/etc/guichet/database-url
    echo "postgresql://guichet_owner:$owner@127.0.0.1/guichet" >/etc/guichet/database-owner-url
    quietly guichet-admin check-config
    quietly guichet-admin migrate
    as_postgres -c "alter role guichet_app password '$app'"
}

settings() {
    note "settings"
    install -d -m 0700 /etc/guichet
    head -c 32 /dev/urandom | base64 >/etc/guichet/master-key
    printf 'GUICHET_PUBLIC_URL=http://127.0.0.1:%s\nGUICHET_TRUSTED_PROXIES=127.0.0.1\nGUICHET_DATA_DIR=/tmp/guichet\n' \
        "$FRONT" >/etc/guichet/guichet.env
    install -d -m 0777 /tmp/guichet
    cp /usr/share/guichet/nginx/guichet.conf /etc/nginx/sites-available/guichet
    sed 's/^listen 8080/listen 18080/' /usr/share/guichet/nginx/listen-plain.conf >/etc/nginx/guichet-listen.conf
    sed 's/:8081/:18081/; s/:8082/:18082/' /usr/share/guichet/nginx/upstream-local.conf >/etc/nginx/guichet-upstream.conf
    ln -s ../sites-available/guichet /etc/nginx/sites-enabled/guichet
    rm /etc/nginx/sites-enabled/default
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

# run_unit UNIT INSTANCE: what the unit's lines say, without a systemd that could be asked to.
run_unit() {
    local file="/usr/lib/systemd/system/$1" port=$2 credentials="/run/credentials-$2" line
    install -d -m 0711 "$credentials"
    sed -nE 's/^LoadCredential=(.*):(.*)$/\1 \2/p' "$file" | while read -r name from; do
        install -m 0444 "$from" "$credentials/$name"
    done
    mapfile -t line < <(sed -nE 's/^Environment=//p' "$file" | sed "s/%i/$port/g; s|%d|$credentials|g" | tr ' ' '\n')
    # shellcheck disable=SC2046 # a command and its one argument
    setsid setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs --bounding-set=-all \
        env -i $(cat /etc/guichet/guichet.env) "${line[@]}" \
        $(sed -nE 's/^ExecStart=//p' "$file") >"/tmp/log-$port" 2>&1 &
}

ready() { curl -sf -o /dev/null "http://127.0.0.1:$1/health/ready"; }

serve() {
    note "two instances, a worker, nginx"
    local port started=${EPOCHREALTIME/./}
    for port in "${PORTS[@]}"; do run_unit guichet@.service "$port"; done
    for port in "${PORTS[@]}"; do
        until ready "$port"; do
            [ $((${EPOCHREALTIME/./} - started)) -lt 30000000 ] || { cat "/tmp/log-$port"; exit 1; }
            sleep 0.02
        done
    done
    ready_ms=$(((${EPOCHREALTIME/./} - started) / 1000))
    run_unit guichet-worker.service worker
    nginx -t -q
    nginx
}

status() { curl -s -o "$2" -w '%{http_code}' "http://127.0.0.1:$FRONT$1" "${@:3}"; }

# is EXPECTED WHAT FOUND
is() { [ "$1" = "$3" ] || { echo "$2: $1 expected, $3 found" >&2; cat /tmp/answer /tmp/log-*; exit 1; }; }

ask() {
    note "through nginx"
    is 200 '/' "$(status / /tmp/page)"
    local script
    script=$(grep -oE '/static/[^"]+\.js' /tmp/page | head -n 1)
    is 200 "$script" "$(status "$script" /tmp/answer)"
    is 200 products "$(status /v1/products /tmp/answer)"
    is 200 docs "$(status /docs /tmp/answer)"
    is 404 'figures from outside' "$(status /metrics /tmp/answer)"
    is 404 'a file that is not there' "$(status /static/none.js /tmp/answer)"
    grep -q '"status":404' /tmp/answer
    is 413 'a body that is too large' "$(head -c 12000000 /dev/zero |
        status /v1/session /tmp/answer -X POST -H 'Content-Type: application/json' --data-binary @-)"
    local form='{"email":"ana@mairie.example","given_name":"Ana","family_name":"Benali","siret":"21690123100011"}'
    is 202 sign-up "$(status /v1/accounts /tmp/answer -X POST -H 'Content-Type: application/json' --data "$form")"
    local tries=300
    until grep -qs 'activation#' /tmp/guichet/mail/*; do
        [ $((tries -= 1)) -gt 0 ] || { echo "no mail came" >&2; cat /tmp/log-worker >&2; exit 1; }
        sleep 0.1
    done
    ! grep -h '"level":"error"' /tmp/log-*
}

packages
build_and_install
settings
database
upkeep
units
serve
ask
. /etc/os-release
printf '{"release":"%s","ready_ms":%d,"installed_kb":%d,"program_kb":%d,"postgresql":"%s","exposure":[%s]}\n' \
    "$VERSION_CODENAME" "$ready_ms" "$(du -sk /usr/share/guichet | cut -f 1)" \
    "$(($(stat -c %s /usr/bin/guichet) / 1024))" "$(ls /usr/lib/postgresql)" \
    "$(paste -sd , /tmp/exposure)"
