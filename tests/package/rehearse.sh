#!/usr/bin/env bash
# The package of one Debian, from the sources to its removal: built twice in a bare Debian with a compiler, then
# installed, started, upgraded, removed and purged in one without. Prints what it found as JSON on its last line.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd -P)
# shellcheck source=script/lib.sh
. "$HERE/../../script/lib.sh"
# shellcheck source=tests/support/debian.sh
. "$HERE/../support/debian.sh"

usage() {
    cat <<'TEXT'
usage: tests/package/rehearse.sh RELEASE FOLDER
  RELEASE  bookworm or trixie
  FOLDER   where the package and its bill of materials are left
Needs root and some 4 GB under /var/tmp; takes some ten minutes, most of them for packages of Debian.
TEXT
}
case "${1:-}" in
bookworm | trixie) release=$1 ;;
'' | -h | --help) usage; [ $# -gt 0 ]; exit ;;
*) usage >&2; exit 2 ;;
esac
[ $# = 2 ] || { usage >&2; exit 2; }
[ "$(id -u)" = 0 ] || die "needs root"
mkdir -p "$2"
out=$(realpath "$2")
work=$(mktemp -d "/var/tmp/guichet-package-$release-XXXXXX")
chmod 755 "$work"

# shellcheck disable=SC2317 # reached by the trap
finish() {
    local status=$? tree
    trap - EXIT
    for tree in "$work/build" "$work/server"; do [ ! -d "$tree" ] || debian_remove "$tree"; done
    rm -rf --one-file-system "$work"
    exit "$status"
}
trap finish EXIT

# Two folders, of which one is deep, and one of another age.
debian_make "$release" "$work/build"
debian_sources "$work/build" /src
debian_sources "$work/build" /srv/elsewhere/and/deeper/guichet
find "$work/build/srv" -exec touch --no-dereference --date 2026-01-02 {} +
cp "$HERE/build_inside.sh" "$work/build/root/"
debian_mount "$work/build"
debian_run "$work/build" SOURCE_DATE_EPOCH="${SOURCE_DATE_EPOCH:-}" /bin/bash /root/build_inside.sh
cp "$work"/build/srv/packages/guichet_* "$out"

debian_make "$release" "$work/server"
mkdir "$work/server/root/packages"
cp "$work"/build/srv/packages/*.deb "$work/server/root/packages"
cp "$HERE/use_inside.sh" "$HERE/../support/debian_inside.sh" "$work/server/root/"
debian_remove "$work/build"
debian_mount "$work/server"
debian_run "$work/server" /bin/bash /root/use_inside.sh
