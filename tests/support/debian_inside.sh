# What tests of the installation do inside of a bare Debian; sourced there. Settings of the caller: FRONT, the
# port of nginx.
# shellcheck shell=bash

note() { echo "== $*" >&2; }
# quietly COMMAND…: what it said is shown only when it fails.
quietly() {
    "$@" >/tmp/quietly.log 2>&1 || { tail -n 40 /tmp/quietly.log >&2; exit 1; }
}
# refused COMMAND…: it fails; what it said is in /tmp/quietly.log.
refused() {
    ! "$@" >/tmp/quietly.log 2>&1 || { echo "$*: did not fail" >&2; tail -n 40 /tmp/quietly.log >&2; exit 1; }
}
# is EXPECTED WHAT FOUND
is() {
    [ "$1" = "$3" ] || { echo "$2: $1 expected, $3 found" >&2; tail -n 20 /tmp/answer /tmp/log-* >&2; exit 1; }
}

as_postgres() { setpriv --reuid=postgres --regid=postgres --init-groups psql -qX "$@"; }
secret() { head -c 24 /dev/urandom | base64 | tr '+/' '-_'; }

# The roles and the database, by the page; the log-ins go to /etc/guichet.
make_database() {
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

# make_front PORT PORT: nginx before the two instances, on the files that were installed.
make_front() {
    cp /usr/share/guichet/nginx/guichet.conf /etc/nginx/sites-available/guichet
    sed "s/^listen 8080/listen $FRONT/" /usr/share/guichet/nginx/listen-plain.conf >/etc/nginx/guichet-listen.conf
    sed "s/:8081/:$1/; s/:8082/:$2/" /usr/share/guichet/nginx/upstream-local.conf >/etc/nginx/guichet-upstream.conf
    ln -s ../sites-available/guichet /etc/nginx/sites-enabled/guichet
    rm /etc/nginx/sites-enabled/default
}

# run_unit UNIT INSTANCE: what the unit's lines say, without a systemd that could be asked to. UNIT_PID is its
# process.
run_unit() {
    local file="/usr/lib/systemd/system/$1" port=$2 credentials="/run/credentials-$2" line user state path
    user=$(sed -nE 's/^User=//p' "$file")
    state=$(sed -nE 's/^StateDirectory=//p' "$file")
    sed -nE 's/^ConditionPathExists=//p' "$file" | while read -r path; do
        [ -e "$path" ] || { echo "$1: $path is missing" >&2; exit 1; }
    done || return 1
    install -d -m 0700 -o "$user" -g "$user" "/var/lib/$state"
    install -d -m 0711 "$credentials"
    sed -nE 's/^LoadCredential=(.*):(.*)$/\1 \2/p' "$file" | while read -r name from; do
        install -m 0400 -o "$user" "$from" "$credentials/$name"
    done
    mapfile -t line < <(sed -nE 's/^Environment=//p' "$file" |
        sed "s/%i/$port/g; s|%d|$credentials|g; s|%S|/var/lib|g" | tr ' ' '\n')
    # shellcheck disable=SC2046 # a command and its one argument; what the file says counts, as in systemd
    setsid setpriv --reuid="$user" --regid="$user" --clear-groups --no-new-privs --bounding-set=-all \
        env -i "${line[@]}" $(grep -v '^#' /etc/guichet/guichet.env) \
        $(sed -nE 's/^ExecStart=//p' "$file") >"/tmp/log-$port" 2>&1 &
    # shellcheck disable=SC2034 # read by the caller
    UNIT_PID=$!
}

ready() { curl -sf -o /dev/null "http://127.0.0.1:$1/health/ready"; }

# wait_ready PORT…
wait_ready() {
    local port started=${EPOCHREALTIME/./}
    for port in "$@"; do
        until ready "$port"; do
            [ $((${EPOCHREALTIME/./} - started)) -lt 60000000 ] || { cat "/tmp/log-$port" >&2; exit 1; }
            sleep 0.02
        done
    done
}

# status PATH FILE [OPTION…]: of an answer through nginx, whose body goes to the file.
status() { curl -s -o "$2" -w '%{http_code}' "http://127.0.0.1:$FRONT$1" "${@:3}"; }

# A page, its script and the API; a sign-up whose mail the worker writes.
ask_front() {
    local script tries=300
    local form='{"email":"ana@mairie.example","given_name":"Ana","family_name":"Benali","siret":"21690123100011"}'
    is 200 '/' "$(status / /tmp/page)"
    script=$(grep -oE '/static/[^"]+\.js' /tmp/page | head -n 1)
    is 200 "$script" "$(status "$script" /tmp/answer)"
    is 200 products "$(status /v1/products /tmp/answer)"
    is 200 docs "$(status /docs /tmp/answer)"
    is 202 sign-up "$(status /v1/accounts /tmp/answer -X POST -H 'Content-Type: application/json' --data "$form")"
    until grep -qs 'activation#' /var/lib/guichet/mail/*; do
        [ $((tries -= 1)) -gt 0 ] || { echo "no mail came" >&2; cat /tmp/log-worker >&2; exit 1; }
        sleep 0.1
    done
}
