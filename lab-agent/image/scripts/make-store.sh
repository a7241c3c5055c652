#!/bin/sh
# Imports container images into a fresh containerd store: one that all nodes of all labs share, read-only. Runs as root in
# mount, PID and network namespaces of its own, with the cluster node's own containerd.
# usage: make-store.sh NODE_ROOT ARCHIVE_FOLDER STORE
set -eu
root=$1 archive=$2 store=$3
work=$store.work
mkdir -p "$work/upper" "$work/work" "$work/root"
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/root"
root=$work/root
mount -t proc proc "$root/proc"
mount -t sysfs sys "$root/sys"
mount -t tmpfs -o mode=755 dev "$root/dev"
for device in null zero full random urandom tty; do
  touch "$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mount -t tmpfs run "$root/run"
mount -t tmpfs tmp "$root/tmp"
mkdir -p "$root/var/lib/containerd" "$root/mnt/archive"
mount --bind "$store" "$root/var/lib/containerd"
mount --bind "$archive" "$root/mnt/archive"
in_root() { chroot "$root" env PATH=/usr/sbin:/usr/bin "$@"; }
echo 'version = 2' >"$root/run/containerd.toml"
in_root containerd -c /run/containerd.toml &
containerd=$!
tries=0
until in_root ctr version >/dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] || { echo "containerd does not answer" >&2; exit 1; }
  sleep 0.1
done
tar -C "$archive" -cf - . | in_root ctr -n k8s.io images import --digests=false -
in_root ctr -n k8s.io images ls
kill $containerd
wait $containerd || true
sync
rm -rf "$store/io.containerd.content.v1.content/ingest" "$store/tmpmounts" "$store/io.containerd.grpc.v1.introspection"
chmod -R a+rX "$store/io.containerd.content.v1.content"
chmod a+rx "$store" "$store"/* "$store/io.containerd.snapshotter.v1.overlayfs/snapshots" "$store/io.containerd.snapshotter.v1.overlayfs/snapshots"/*
umount -l "$root"
rm -rf "$work"
