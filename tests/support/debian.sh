# Bare Debians in folders, for tests of the installation; sourced behind script/lib.sh. Needs root and, for
# each, some 2 GB under /var/tmp.
# shellcheck shell=bash
#
# GUICHET_DEBIAN_MIRROR names another mirror than deb.debian.org, GUICHET_DEBIAN_BASE a folder that holds
# bookworm/ and trixie/ as debootstrap made them, to start from copies.

DEBIAN_MIRROR=${GUICHET_DEBIAN_MIRROR:-http://deb.debian.org/debian}

# debian_make RELEASE TREE: as debootstrap makes it, with the settings of apt, npm and proxies of this machine.
debian_make() {
    local release=$1 tree=$2 settings authorities
    mkdir -p "$tree"
    if [ -n "${GUICHET_DEBIAN_BASE:-}" ]; then
        cp -a "$GUICHET_DEBIAN_BASE/$release/." "$tree"
    else
        ensure_packages debootstrap
        debootstrap --variant=minbase "$release" "$tree" "$DEBIAN_MIRROR" >"$tree.log" 2>&1 ||
            { tail -n 20 "$tree.log" >&2; return 1; }
        rm -f "$tree.log"
    fi
    chmod 755 "$tree" # its root folder: PostgreSQL has to walk through it
    printf 'deb %s %s main\n' "$DEBIAN_MIRROR" "$release" >"$tree/etc/apt/sources.list"
    for settings in /etc/apt/apt.conf.d/*proxy* /etc/apt/apt.conf.d/99* /etc/resolv.conf /etc/hosts; do
        [ ! -f "$settings" ] || cp -L "$settings" "$tree$settings"
    done
    npm config ls --json 2>/dev/null |
        sed -nE 's/^ *"(registry|proxy|https-proxy)": "(.*)",?$/\1=\2/p' >"$tree/root/.npmrc"
    authorities=$(npm config get cafile 2>/dev/null || true)
    if [ -f "$authorities" ]; then
        cp -L "$authorities" "$tree/root/authorities.pem"
        echo cafile=/root/authorities.pem >>"$tree/root/.npmrc"
    fi
    printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
    chmod 755 "$tree/usr/sbin/policy-rc.d"
}

# debian_sources TREE FOLDER: the files of the house, as git knows them or would.
debian_sources() {
    mkdir -p "$1$2"
    (cd "$ROOT" && git ls-files -z --cached --others --exclude-standard --deduplicate |
        tar --null --files-from=- --ignore-failed-read -c 2>/dev/null) | tar -x -C "$1$2"
}

debian_mount() {
    local tree=$1
    mount -t proc proc "$tree/proc"
    mount -t sysfs -o ro sys "$tree/sys"
    mount --bind /dev "$tree/dev"
    mount -t devpts pts "$tree/dev/pts"
    mount -t tmpfs shm "$tree/dev/shm"
}

# debian_run TREE COMMAND…
debian_run() {
    local tree=$1
    shift
    chroot "$tree" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" "$@"
}

# debian_remove TREE: what still runs in there is ended by its own root folder, never by a name.
debian_remove() {
    local tree=$1 process folder signal
    for signal in TERM KILL; do
        for process in /proc/[0-9]*; do
            [ "$(readlink "$process/root" 2>/dev/null)" = "$tree" ] || continue
            kill -s "$signal" "${process#/proc/}" 2>/dev/null || true
        done
        sleep 1
    done
    for folder in dev/shm dev/pts dev sys proc; do
        ! mountpoint -q "$tree/$folder" || umount "$tree/$folder"
    done
    rm -rf --one-file-system "$tree"
}
