#!/bin/sh
# The last touches to a cluster's node. usage: finish-cluster-node.sh ROOTFS
set -eu
cd "$1"
chown -R 0:0 usr/share/hoplab/cluster usr/libexec/hoplab opt etc/sv etc/containerd etc/calico
# Debian has the CNI project's plugins in a folder of its own.
for plugin in usr/lib/cni/*; do
  name=${plugin##*/}
  [ -e "opt/cni/bin/$name" ] || ln -s "/usr/lib/cni/$name" "opt/cni/bin/$name"
done
mkdir -p var/lib/etcd etc/kubernetes/manifests etc/cni/net.d var/lib/calico usr/libexec/kubernetes usr/lib/modules
