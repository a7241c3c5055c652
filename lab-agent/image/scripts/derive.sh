#!/bin/sh
# Installs Debian packages on top of a root file system that stays as it is. Runs as root in a mount and PID namespace of its own.
# usage: derive.sh BASE TARGET MODE DEBS MIRROR SUITE PACKAGE...
#   MODE layer: TARGET gets what was added or changed alone; MODE whole: TARGET becomes base and additions together.
set -eu
base=$1 target=$2 mode=$3 debs=$4 mirror=$5 suite=$6
shift 6
work=$target.work
mkdir -p "$work/upper" "$work/work" "$work/root"
root=$work/root
mount -t overlay overlay -o "lowerdir=$base,upperdir=$work/upper,workdir=$work/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs tmp "$root/tmp"
mount -t tmpfs run "$root/run"
# What apt fetches and reads is no part of the result: it lies on a tmpfs, and packages in the cache that all builds share.
mkdir -p "$root/var/lib/apt/lists" "$root/var/cache/apt"
mount -t tmpfs lists "$root/var/lib/apt/lists"
mount -t tmpfs cache "$root/var/cache/apt"
mkdir -p "$root/var/cache/apt/archives/partial" "$root/var/lib/apt/lists/partial"
mount --bind "$debs" "$root/var/cache/apt/archives"
mkdir -p "$debs/partial"
mount -t tmpfs log "$root/var/log"
mkdir -p "$root/var/log/apt"
# Names are looked up as on this machine.
for file in resolv.conf hosts; do
  [ -e "$root/etc/$file" ] || touch "$root/etc/$file"
  mount --bind "/etc/$file" "$root/etc/$file"
done
echo "deb $mirror $suite main" >"$root/run/sources.list"
printf '#!/bin/sh\nexit 101\n' >"$root/run/policy-rc.d"
chmod 755 "$root/run/policy-rc.d"
mkdir -p "$root/usr/sbin"
touch "$root/usr/sbin/policy-rc.d"
mount --bind "$root/run/policy-rc.d" "$root/usr/sbin/policy-rc.d"
apt() {
  chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8 PATH=/usr/sbin:/usr/bin:/sbin:/bin apt-get \
    -o Dir::Etc::SourceList=/run/sources.list -o Dir::Etc::SourceParts=/run/none -o Acquire::Languages=none -o Acquire::Retries=3 \
    -o APT::Sandbox::User=root -o APT::Keep-Downloaded-Packages=true -o Dpkg::Options::=--force-unsafe-io \
    -o Dpkg::Options::=--path-exclude='/usr/share/doc/*' -o Dpkg::Options::=--path-exclude='/usr/share/info/*' \
    -o Dpkg::Options::=--path-exclude='/usr/share/locale/*' -o Dpkg::Options::=--path-exclude='/usr/share/man/??/*' \
    -o Dpkg::Options::=--path-exclude='/usr/share/lintian/*' "$@"
}
apt update
apt install -y --no-install-recommends "$@"
umount "$root/usr/sbin/policy-rc.d" "$root/var/cache/apt/archives"
rm -f "$root/usr/sbin/policy-rc.d"
for mounted in etc/hosts etc/resolv.conf var/log var/cache/apt var/lib/apt/lists run tmp proc; do umount "$root/$mounted"; done
umount -l "$root/dev"
rm -rf "$root"/var/cache/debconf/* "$root"/var/cache/ldconfig/*
if [ "$mode" = whole ]; then
  cp -a "$root/." "$target/"
else
  umount "$root"
  cp -a "$work/upper/." "$target/"
fi
cd /
umount -l "$root" 2>/dev/null || true
rm -rf "$work"
