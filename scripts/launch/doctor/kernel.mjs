import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRoot } from '../privilege.mjs';
import { runFor, which } from '../run.mjs';
import { fail, ok, warn } from './finding.mjs';

const NO_KERNEL = 'Use a kernel that has it: those of Debian, Ubuntu and Fedora do';

/**
 * What the kernel can do, by really doing it in namespaces that are gone a moment later. The image's own tools are used, as
 * labs use them; without an image the finer half cannot be tried yet.
 * @param {{ path: string, built: boolean } | undefined} image
 */
export async function kernel(image) {
  if (!isRoot()) return [warn('kernel features', 'only root can try them', 'sudo npm run doctor')];
  if (!which('unshare')) return [fail('kernel features', 'unshare is missing', 'apt-get install util-linux')];
  const findings = [await userNamespaces(), cgroups()];
  if (!image?.built)
    return [...findings, warn('networks', 'cannot be tried without the node image', 'npm start builds it')];
  return [...findings, await idmappedMounts(image.path), await overlay(image.path), ...(await networks(image.path))];
}

async function userNamespaces() {
  const { code, stderr } = await runFor([
    'unshare',
    '--user',
    '--map-root-user',
    '--mount',
    '--pid',
    '--net',
    '--uts',
    '--ipc',
    '--fork',
    'true',
  ]);
  if (code === 0) return ok('user namespaces', 'with mount, pid, net, uts and ipc inside');
  return fail(
    'user namespaces',
    stderr.trim(),
    'sysctl user.max_user_namespaces=10000; inside a container, run it privileged',
  );
}

function cgroups() {
  const wanted = ['memory', 'pids', 'cpu'];
  const v2 = existsSync('/sys/fs/cgroup/cgroup.controllers');
  const there = v2
    ? [...readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').trim().split(' '), 'freezer']
    : [...wanted, 'freezer'].filter((name) => existsSync(`/sys/fs/cgroup/${name}`));
  const lacking = [...wanted, 'freezer'].filter((name) => !there.includes(name));
  const version = v2 ? 'version 2' : 'version 1';
  if (lacking.length > 0)
    return fail(
      'cgroups',
      `${version} without ${lacking.join(', ')}`,
      'Labs could not be held to their limits: switch these controllers on (kernel parameter cgroup_enable=memory)',
    );
  const group = v2 ? '/sys/fs/cgroup/hoplab-doctor' : '/sys/fs/cgroup/pids/hoplab-doctor';
  try {
    mkdirSync(group);
    rmdirSync(group);
    return ok('cgroups', `${version}: ${wanted.join(', ')}, freezer`);
  } catch (error) {
    return fail(
      'cgroups',
      `${version}, but none can be made: ${error.message}`,
      'Inside a container, give it its own writable cgroups (--privileged --cgroupns=host)',
    );
  }
}

/** The image's mount runs here through the image's own loader, since util-linux before 2.39 cannot map ids. */
async function idmappedMounts(image) {
  const lib = join(image, 'usr/lib', process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu');
  const loader =
    process.arch === 'arm64'
      ? join(image, 'usr/lib/ld-linux-aarch64.so.1')
      : join(image, 'usr/lib64/ld-linux-x86-64.so.2');
  const at = mkdtempSync(join(tmpdir(), 'hoplab-doctor-'));
  const mount = [
    loader,
    '--library-path',
    lib,
    join(image, 'usr/bin/mount'),
    '--bind',
    '-o',
    'ro,X-mount.idmap=b:0:300000:65536',
    image,
    at,
  ];
  try {
    const { code, stderr } = await runFor(['unshare', '--mount', ...mount]);
    if (code === 0) return ok('mounts with mapped ids', 'on the file system of the image');
    return fail(
      'mounts with mapped ids',
      stderr.trim(),
      'Put the cache folder on ext4, xfs or btrfs (XDG_CACHE_HOME), or use Linux 5.12 or later',
    );
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

async function overlay(image) {
  const script =
    'mount -t tmpfs t "$1" && mkdir "$1/u" "$1/w" "$1/r" && mount -t overlay o -o "lowerdir=$2,upperdir=$1/u,workdir=$1/w,userxattr" "$1/r" && touch "$1/r/x"';
  const at = mkdtempSync(join(tmpdir(), 'hoplab-doctor-'));
  try {
    const { code, stderr } = await runFor([
      'unshare',
      '--user',
      '--map-root-user',
      '--mount',
      'sh',
      '-c',
      script,
      'sh',
      at,
      image,
    ]);
    if (code === 0) return ok('overlay', 'inside a user namespace');
    return fail('overlay', stderr.trim(), 'Linux 5.11 or later with overlay is needed: modprobe overlay');
  } finally {
    rmSync(at, { recursive: true, force: true });
  }
}

/** Each is tried in a network namespace of its own. `needed`: no lesson works without it. */
const NETWORKS = [
  {
    name: 'veth and bridge',
    needed: true,
    script: 'ip link add br0 type bridge && ip link add v0 type veth peer name v1 && ip link set v0 master br0',
  },
  {
    name: 'br_netfilter',
    needed: true,
    script: 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables',
    mend: 'modprobe br_netfilter',
  },
  {
    name: 'iptables NAT',
    needed: true,
    script:
      'iptables -t nat -A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE && iptables -A FORWARD -m conntrack --ctstate ESTABLISHED -m comment --comment x -j ACCEPT',
    mend: 'modprobe nf_tables nft_compat xt_MASQUERADE xt_conntrack xt_comment',
  },
  {
    name: 'ipset',
    needed: false,
    script: 'ipset create x hash:net && iptables -A FORWARD -m set --match-set x src -j DROP',
    mend: 'Calico’s lessons need it: modprobe ip_set xt_set',
  },
  {
    name: 'vxlan',
    needed: false,
    script: 'ip link add x type vxlan id 1 dstport 4789',
    mend: 'lessons on VXLAN need it: modprobe vxlan',
  },
];

async function networks(image) {
  const findings = [];
  for (const { name, needed, script, mend = NO_KERNEL } of NETWORKS) {
    const { code, stderr } = await inNetwork(image, script);
    if (code === 0) findings.push(ok(name, 'works'));
    else if (hasModule(name)) findings.push(ok(name, 'a module, loaded when Hoplab starts'));
    else findings.push((needed ? fail : warn)(name, stderr.trim().split('\n')[0] || 'missing', mend));
  }
  return [...findings, await tunnels(image)];
}

/** True when a module of that name can be loaded. Trying would load it, and with ipip every new namespace has a tunl0. */
function hasModule(name) {
  const list = `/lib/modules/${release()}/modules.dep`;
  return existsSync(list) && readFileSync(list, 'utf8').includes(`/${name}.ko`);
}

async function tunnels(image) {
  const listed = hasModule('ipip');
  const tried =
    listed || (await inNetwork(image, 'ip link add x type ipip remote 192.0.2.1 local 192.0.2.2')).code === 0;
  if (tried) return ok('IPIP tunnels', `tunl0 is the kernel's own${listed ? ', a module' : ''}`);
  if (existsSync('/dev/net/tun'))
    return ok('IPIP tunnels', "tunl0 is a TUN device, served by Hoplab's forwarder: the kernel has no ipip");
  return warn(
    'IPIP tunnels',
    'neither ipip nor TUN',
    'modprobe ipip, or modprobe tun: without either, lessons on IPIP cannot run',
  );
}

const inNetwork = (image, script) =>
  runFor([
    'unshare',
    '--net',
    '--mount',
    '--',
    'sh',
    '-c',
    'mount -t proc proc "$1/proc" && exec chroot "$1" /bin/sh -c "$2"',
    'sh',
    image,
    script,
  ]);
