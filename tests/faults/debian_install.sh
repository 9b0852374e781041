#!/usr/bin/env bash
# A bare Debian, as debootstrap makes it, in which Guichet is built, installed and run as
# api/deploy/README.md says: two instances and a worker behind nginx, over Debian's own PostgreSQL.
# Prints what it found as JSON on its last line.
set -euo pipefail
SOURCE=$(cd "$(dirname "$0")/../.." && pwd -P)
# shellcheck source=script/lib.sh
. "$SOURCE/script/lib.sh"

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
ensure_packages debootstrap
mirror=${GUICHET_DEBIAN_MIRROR:-http://deb.debian.org/debian}
tree=$(mktemp -d "/var/tmp/guichet-$release-XXXXXX")
chmod 755 "$tree" # its root folder: PostgreSQL has to walk through it

# What still runs in there is ended by its own root folder, never by a name.
# shellcheck disable=SC2317 # reached by the trap
finish() {
    local status=$? process
    trap - EXIT
    for signal in TERM KILL; do
        for process in /proc/[0-9]*; do
            [ "$(readlink "$process/root" 2>/dev/null)" = "$tree" ] || continue
            kill -s "$signal" "${process#/proc/}" 2>/dev/null || true
        done
        sleep 1
    done
    for folder in dev/shm dev/pts dev sys proc; do
        mountpoint -q "$tree/$folder" && umount "$tree/$folder"
    done
    rm -rf --one-file-system "$tree"
    exit "$status"
}
trap finish EXIT

debootstrap --variant=minbase "$release" "$tree" "$mirror" >"$tree.log" 2>&1 ||
    { tail -n 20 "$tree.log" >&2; exit 1; }
rm -f "$tree.log"
printf 'deb %s %s main\n' "$mirror" "$release" >"$tree/etc/apt/sources.list"
for settings in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/99* /etc/resolv.conf /etc/hosts; do
    [ ! -f "$settings" ] || cp -L "$settings" "$tree$settings"
done
npm config ls --json 2>/dev/null | sed -nE 's/^ *"(registry|proxy|https-proxy)": "(.*)",?$/\1=\2/p' \
    >"$tree/root/.npmrc"
authorities=$(npm config get cafile 2>/dev/null || true)
if [ -f "$authorities" ]; then
    cp -L "$authorities" "$tree/root/authorities.pem"
    echo cafile=/root/authorities.pem >>"$tree/root/.npmrc"
fi
mkdir "$tree/src"
(cd "$SOURCE" && git ls-files -z --cached --others --exclude-standard --deduplicate |
    tar --null --files-from=- --ignore-failed-read -c 2>/dev/null) | tar -x -C "$tree/src"
mount -t proc proc "$tree/proc"
mount -t sysfs -o ro sys "$tree/sys"
mount --bind /dev "$tree/dev"
mount -t devpts pts "$tree/dev/pts"
mount -t tmpfs shm "$tree/dev/shm"
printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
chmod 755 "$tree/usr/sbin/policy-rc.d"
chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
    /bin/bash /src/tests/faults/debian_inside.sh
