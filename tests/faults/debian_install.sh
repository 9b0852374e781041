#!/usr/bin/env bash
# A bare Debian, as debootstrap makes it, in which Guichet is built, installed and run as
# api/deploy/README.md says: two instances and a worker behind nginx, over Debian's own PostgreSQL.
# Prints what it found as JSON on its last line.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=script/lib.sh
. "$HERE/../../script/lib.sh"
# shellcheck source=tests/support/debian.sh
. "$HERE/../support/debian.sh"

usage() {
    cat <<'TEXT'
usage: tests/faults/debian_install.sh RELEASE
  RELEASE  bookworm or trixie
Needs root and some 3 GB under /var/tmp; takes some minutes. Settings of apt, npm and
proxies are this machine's. GUICHET_DEBIAN_MIRROR names another mirror than http://deb.debian.org/debian.
TEXT
}
case "${1:-}" in
bookworm | trixie) release=$1 ;;
'' | -h | --help) usage; [ $# -gt 0 ]; exit ;;
*) usage >&2; exit 2 ;;
esac
[ "$(id -u)" = 0 ] || die "needs root"
tree=$(mktemp -d "/var/tmp/guichet-$release-XXXXXX")

# shellcheck disable=SC2317 # reached by the trap
finish() {
    local status=$?
    trap - EXIT
    debian_remove "$tree"
    exit "$status"
}
trap finish EXIT

debian_make "$release" "$tree"
debian_sources "$tree" /src
debian_mount "$tree"
debian_run "$tree" /bin/bash /src/tests/faults/debian_inside.sh
