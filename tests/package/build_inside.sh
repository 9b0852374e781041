#!/usr/bin/env bash
# What rehearse.sh runs inside of the bare Debian that builds. Leaves in /srv/packages the package, its bill of
# materials, and a package of a former version: the same with another number and other settings.
set -euo pipefail
# shellcheck source=script/lib.sh
. /src/script/lib.sh
# shellcheck source=tests/support/debian_inside.sh
. /src/tests/support/debian_inside.sh
[ -n "$SOURCE_DATE_EPOCH" ] || unset SOURCE_DATE_EPOCH
export DEBIAN_FRONTEND=noninteractive

note "packages of the build"
quietly apt-get -qq update
quietly apt-get -qq -y install --no-install-recommends "${PACKAGES_BUILD[@]}" dpkg-dev binutils npm lintian man-db

note "built, and built again elsewhere, later, by somebody with other habits"
cd /
quietly /src/script/package /srv/first
(
    export TZ=Pacific/Auckland LC_ALL=C HOME=/tmp CMAKE_BUILD_PARALLEL_LEVEL=1
    umask 077
    cp /root/.npmrc /tmp/.npmrc
    quietly /srv/elsewhere/and/deeper/guichet/script/package /srv/second
)
diff -r /srv/first /srv/second >&2 || { echo "two builds gave other bytes" >&2; exit 1; }

note "lintian"
lintian --allow-root --fail-on error /srv/first/*.deb >&2
man --warnings -E UTF-8 -l -Tutf8 -Z <(dpkg-deb --fsys-tarfile /srv/first/*.deb |
    tar -xO ./usr/share/man/man1/guichet.1.gz | gunzip) 2>&1 >/dev/null | tee /tmp/man.log >&2
[ ! -s /tmp/man.log ] || exit 1

note "a package of a former version"
dpkg-deb --raw-extract /srv/first/*.deb /tmp/former
sed -i -E 's/^Version: .*/Version: 0.0.9/' /tmp/former/DEBIAN/control
echo '# as it was before' >>/tmp/former/etc/guichet/guichet.env
mkdir /srv/packages
cp /srv/first/* /srv/packages
dpkg-deb --root-owner-group --build /tmp/former /srv/packages/former.deb >/dev/null
