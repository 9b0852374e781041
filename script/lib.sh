# Shared by the scripts of this folder and by tests/support; sourced, never run.
# shellcheck shell=bash
#
# Everything here is quiet and quick when there is nothing to do.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
BUILD="$ROOT/build"
TOOLS="$BUILD/tools"
NODE_NEEDED=20.19
NODE_PACKAGE=22.23.3

say() { printf '%s\n' "$*" >&2; }
die() {
    say "$(basename "$0"): $*"
    exit 1
}

# accept_signals "$0" "$@": a shell cannot trap what it was started with ignoring, as every `command &`
# of another script ignores SIGINT; such a start is done again with the signals as they should be.
accept_signals() {
    local ignored
    ignored=$(sed -n 's/^SigIgn:[[:space:]]*//p' /proc/$$/status)
    (((16#$ignored & 16#4002) == 0)) || exec env --default-signal=INT,TERM "$@"
}

# check_run_time SECONDS MINUTES_MAX: says so and fails where a run took longer than it may.
check_run_time() {
    [ "$1" -gt $(($2 * 60)) ] || return 0
    say "the run took $(($1 / 60)) min $(($1 % 60)) s, more than the $2 minutes it may take:" \
        "see script/test --durations"
    return 1
}

# --- Debian packages -------------------------------------------------------

PACKAGES_BUILD=(
    gcc g++ libc6-dev make cmake ninja-build pkg-config ca-certificates
    libulfius-dev libjansson-dev libjwt-gnutls-dev libpq-dev libcurl4-gnutls-dev
    libmicrohttpd-dev libsodium-dev libmagic-dev libidn2-dev libunistring-dev libcmocka-dev
    libgnutls28-dev zlib1g-dev libhpdf-dev libqrencode-dev liboath-dev
)
# shellcheck disable=SC2034 # read by script/server and script/test
PACKAGES_SERVER=("${PACKAGES_BUILD[@]}" postgresql fonts-dejavu-core util-linux)

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root or sudo to run: $*"
    fi
}

missing_packages() {
    local installed
    installed=" $(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' "$@" 2>/dev/null |
        sed -n 's/^.i //p' | tr '\n' ' ' || true)"
    local name
    for name in "$@"; do
        [[ $installed == *" $name "* ]] || printf '%s\n' "$name"
    done
}

# Installs what is missing, without starting any service on the machine.
ensure_packages() {
    local missing log policy=/usr/sbin/policy-rc.d
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    say "Installing: ${missing[*]}"
    log=$(mktemp)
    # shellcheck disable=SC2016 # expanded by the inner shell, which runs as root
    as_root env DEBIAN_FRONTEND=noninteractive bash -c '
        set -e
        policy=$1; shift
        if [ ! -e "$policy" ]; then
            trap "rm -f $policy" EXIT
            printf "#!/bin/sh\nexit 101\n" >"$policy"
            chmod 755 "$policy"
        fi
        apt-get -qq -o DPkg::Lock::Timeout=600 update
        apt-get -qq -y -o DPkg::Lock::Timeout=600 -o Dpkg::Use-Pty=0 \
            install --no-install-recommends "$@"
    ' install "$policy" "${missing[@]}" >"$log" 2>&1 || {
        tail -n 40 "$log" >&2
        die "could not install: ${missing[*]}"
    }
    rm -f "$log"
}

# --- Build -----------------------------------------------------------------

# build PRESET [TARGET…]: one builder at a time in one tree.
build() {
    local preset=$1 dir
    shift
    dir=$(build_dir "$preset")
    mkdir -p "$dir"
    (
        exec 7>"$dir/.lock"
        flock 7
        cd "$ROOT" || exit 1
        command -v ccache >/dev/null && export CMAKE_C_COMPILER_LAUNCHER=ccache
        if [ ! -f "$dir/build.ninja" ]; then
            cmake --preset "$preset" >"$dir/configure.log" 2>&1 || { cat "$dir/configure.log"; exit 1; }
        fi
        local arguments=(--build "$dir")
        [ $# -eq 0 ] || arguments+=(--target "$@")
        cmake "${arguments[@]}" >"$dir/build.log" 2>&1 || { tail -n 60 "$dir/build.log"; exit 1; }
    ) >&2 || die "the build ($preset) failed"
}

build_dir() {
    if [ "$1" = release ]; then echo "$BUILD"; else echo "$BUILD-$1"; fi
}

# --- Node, for the tests only ----------------------------------------------

node_is_recent() {
    local version
    version=$("$1" --version 2>/dev/null) || return 1
    [ "$(printf '%s\n' "$NODE_NEEDED" "${version#v}" | sort -V | head -n 1)" = "$NODE_NEEDED" ]
}

# Puts a Node of at least $NODE_NEEDED on the PATH: the machine's own where it is recent enough
# (Debian 13), else one from npm under build/tools (Debian 12 has 18). It is no dependency in
# package.json because it weighs more than all the rest together and most machines do not need it.
ensure_node() {
    local arch
    if [ -x "$TOOLS/node/bin/node" ]; then
        PATH="$TOOLS/node/bin:$PATH"
    elif ! node_is_recent node; then
        command -v npm >/dev/null || ensure_packages nodejs npm
        if ! node_is_recent node; then
            case "$(uname -m)" in
            x86_64) arch=x64 ;;
            aarch64) arch=arm64 ;;
            *) die "no Node $NODE_NEEDED for $(uname -m): install one by hand" ;;
            esac
            say "Installing Node $NODE_PACKAGE under build/tools"
            mkdir -p "$TOOLS"
            npm install --silent --no-save --ignore-scripts --prefix "$TOOLS" \
                "node-linux-$arch@$NODE_PACKAGE" >&2 || die "could not install Node"
            ln -sfn "node_modules/node-linux-$arch" "$TOOLS/node"
            PATH="$TOOLS/node/bin:$PATH"
        fi
    fi
    command -v npm >/dev/null || ensure_packages npm
    export PATH
    hash -r
}

# ensure_node_modules runtime|all: the packages of package-lock.json that the screens are assembled
# from, or the tools of the tests too; installed again only when that file changed.
ensure_node_modules() {
    ensure_node
    node_modules_fit "$1" && return 0
    mkdir -p "$BUILD"
    (
        exec 7>"$BUILD/.npm-lock"
        flock 7
        node_modules_fit "$1" && exit 0
        say "Installing the packages of package-lock.json ($1)"
        cd "$ROOT" || exit 1
        local options=(--loglevel=error --no-fund --no-audit)
        [ "$1" = all ] || options+=(--omit=dev)
        npm ci "${options[@]}" >&2 &&
            cp package-lock.json "node_modules/.installed-$1"
    ) || die "npm ci failed"
}

# node_modules_are_whole runtime|all: every package of package-lock.json is there; those for other systems are optional.
node_modules_are_whole() {
    local scope=$1
    # shellcheck disable=SC2016 # JavaScript
    (cd "$ROOT" && node -e '
        const { existsSync, readFileSync } = require("node:fs");
        const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
        const missing = Object.entries(packages).filter(([path, of]) =>
            path && !of.optional && !of.devOptional && !(process.argv[1] === "runtime" && of.dev) &&
            !existsSync(`${path}/package.json`));
        process.exit(missing.length === 0 ? 0 : 1);' "$scope")
}

node_modules_fit() {
    node_modules_are_whole "$1" || return 1
    cmp -s "$ROOT/package-lock.json" "$ROOT/node_modules/.installed-all" ||
        { [ "$1" = runtime ] &&
            cmp -s "$ROOT/package-lock.json" "$ROOT/node_modules/.installed-runtime"; }
}

frontend_is_current() {
    local made="$BUILD/www/index.html"
    [ -f "$made" ] && [ -z "$(find "$ROOT/frontend" "$ROOT/package-lock.json" -newer "$made" -print -quit)" ]
}

# The screens, in build/www, when one of their files changed.
assemble_frontend() {
    if frontend_is_current; then return 0; fi
    ensure_node_modules runtime
    (
        exec 7>"$BUILD/.www-lock"
        flock 7
        if frontend_is_current; then exit 0; fi
        node "$ROOT/frontend/assemble.mjs" "$BUILD/www" >&2
    ) || die "the frontend could not be assembled"
}

# --- A private PostgreSQL cluster ------------------------------------------
#
# Socket only, trusted because the socket's folder is 0700; the roles are guichet_owner, who
# migrates, and guichet_app, who serves. The server refuses to run as root, so root hands it to the
# user postgres. That user may be unable to walk down to the folder (a clone under /root): the
# folder is therefore opened here and given on as /proc/self/fd/8.

as_postgres=()
if [ "$(id -u)" = 0 ]; then
    as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi

postgres_bin() {
    local wanted=$1 dir
    for dir in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -rV); do
        [ -x "$dir/initdb" ] || continue
        [ -z "$wanted" ] || [ "$dir" = "/usr/lib/postgresql/$wanted/bin" ] || continue
        echo "$dir"
        return 0
    done
    return 1
}

cluster_create() {
    local dir=$1 bin
    bin=$(postgres_bin "") || die "no PostgreSQL server under /usr/lib/postgresql"
    mkdir -p "$dir"
    chmod 700 "$dir"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$dir"
    (
        cd /
        exec 8<"$dir"
        "${as_postgres[@]}" "$bin/initdb" -D /proc/self/fd/8 -U guichet_owner -A trust --no-sync \
            -E UTF8 --locale=C.UTF-8 --locale-provider=icu --icu-locale=fr-FR --no-instructions
    ) >"$dir.initdb.log" 2>&1 || { cat "$dir.initdb.log" >&2; die "initdb failed"; }
    rm -f "$dir.initdb.log"
}

# What a killed predecessor left: its server if it still runs in this folder, and its pid file, whose
# number may belong to another program by now.
cluster_clear_leftover() {
    local dir=$1 pid
    [ -f "$dir/postmaster.pid" ] || return 0
    pid=$(head -n 1 "$dir/postmaster.pid")
    if [ "$(readlink "/proc/$pid/cwd")" = "$(readlink -f "$dir")" ]; then
        kill -INT "$pid" 2>/dev/null
        wait_gone "$pid" 100 || { kill -QUIT "$pid"; wait_gone "$pid" 100; }
    fi
    rm -f "$dir/postmaster.pid"
}

# wait_gone PID TENTHS
wait_gone() {
    local tenths=$2
    while kill -0 "$1" 2>/dev/null; do
        [ "$((tenths -= 1))" -ge 0 ] || return 1
        sleep 0.1
    done
}

# cluster_start DIR SOCKET_DIR [postgres options…]: sets CLUSTER_PID; returns once it answers.
cluster_start() {
    local dir=$1 socket=$2 bin tries=1200
    shift 2
    [ -f "$dir/PG_VERSION" ] || cluster_create "$dir"
    bin=$(postgres_bin "$(cat "$dir/PG_VERSION")") ||
        die "$dir was made by PostgreSQL $(cat "$dir/PG_VERSION"), which is not installed"
    cluster_clear_leftover "$dir"
    [ "$(id -u)" != 0 ] || chown postgres:postgres "$socket"
    (
        cd /
        exec 8<"$dir"
        exec setsid "${as_postgres[@]}" setpriv --pdeathsig INT "$bin/postgres" -D /proc/self/fd/8 \
            -c listen_addresses= -c "unix_socket_directories=$socket" \
            -c unix_socket_permissions=0700 "$@"
    ) </dev/null >"$dir.log" 2>&1 7>&- 9>&- &
    CLUSTER_PID=$!
    until [ -S "$socket/.s.PGSQL.5432" ] &&
        [ "$(sed -n 8p "$dir/postmaster.pid" 2>/dev/null | tr -d ' ')" = ready ]; do
        if ! kill -0 "$CLUSTER_PID" 2>/dev/null || [ "$((tries -= 1))" -lt 0 ]; then
            tail -n 20 "$dir.log" >&2
            die "PostgreSQL did not start, see $dir.log"
        fi
        sleep 0.05
    done
}

cluster_stop() {
    kill -INT "$1" 2>/dev/null
    wait_gone "$1" 300 || kill -QUIT "$1"
    wait "$1" 2>/dev/null
}

# database_url SOCKET_DIR USER DATABASE
database_url() {
    printf 'postgresql:///%s?host=%s&user=%s' "$3" "$1" "$2"
}

# The database and the two roles of a new cluster.
cluster_prepare() {
    local socket=$1 bin
    bin=$(postgres_bin "")
    "$bin/psql" -XAtq -v ON_ERROR_STOP=1 "$(database_url "$socket" guichet_owner postgres)" <<'SQL'
select 'create role guichet_app login' where to_regrole('guichet_app') is null \gexec
select 'create database guichet' where not exists (select from pg_database where datname = 'guichet') \gexec
SQL
}

# shellcheck disable=SC2034 # for clusters whose data nobody will miss
CLUSTER_FAST=(-c fsync=off -c full_page_writes=off -c max_connections=200)

# Migrates the database guichet once and keeps a copy as guichet_template.
cluster_template() {
    local socket=$1 program=$2 said
    said=$(unset "${!GUICHET_@}" # of who runs this, and of the tests
        GUICHET_DATABASE_OWNER_URL=$(database_url "$socket" guichet_owner guichet) \
            GUICHET_DATABASE_URL=$(database_url "$socket" guichet_app guichet) \
            "$program" migrate 2>&1) || die "$program migrate: $said"
    "$(postgres_bin "")/psql" -XAtq -v ON_ERROR_STOP=1 \
        "$(database_url "$socket" guichet_owner postgres)" \
        -c 'create database guichet_template template guichet'
}
