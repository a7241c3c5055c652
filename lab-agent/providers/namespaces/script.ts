import type { LabPlan, NodePlan } from '../../lab/plan.ts';

/**
 * Turns a plan into the shell text that builds it: pure, so that it can be read and tested without root.
 * `host` runs as the machine's root in a mount namespace of its own, `outer` as the lab's root, `first` becomes the first
 * process of the lab, and a node's text the first process of that node. All are run by the image's static busybox.
 */
export type HostSide = {
  image: string;
  /** The image's programs as run on the host: mount with mapped ids needs util-linux 2.39. */
  busybox: string;
  mount: readonly string[];
  /** An empty folder that the image is mounted on; seen in the build's own mount namespace only. */
  mountPoint: string;
  firstId: number;
  /** A cluster's template on the host; the lab sees it at TEMPLATE, read-only and with mapped ids. */
  template?: { folder: string; nodes: readonly string[] } | undefined;
  joinFiles: readonly string[];
  /** Files that the lab's root may write to move its processes between its own groups; no limits are among them. */
  handedOver: readonly string[];
  /** For nodes that run containers: folders of the lab's cgroup under each controller, by the node's name. */
  nodeGroups: ReadonlyMap<string, readonly NodeGroup[]>;
};
export type NodeGroup = { controller: string; folder: string };

/** Where a lab has the template that it was switched on from: no learner's process sees this place. */
export const TEMPLATE = '/run/lab/template';
/** Where the template waits for it, in the build's own mount namespace: a folder of every machine that anybody may walk to. */
const WAITING_PLACE = '/mnt';

/** The one folder of cgroup v2, where v1 has one per controller. */
export const UNIFIED = 'unified';
const INIT_GROUP = '/init';
export const IDS_PER_LAB = 65536;
/** A shell of busybox runs busybox's own programs (mount, mkdir, …) without starting one; other programs need their path. */
const BB = '/usr/bin/busybox';
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'net/tun'];
/** Places in the lab's /run/netns that lead to file descriptors 3 and up of whoever asks: `ip` then names peers' namespaces. */
const DESCRIPTOR_NAMES = 64;

export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * Closes what whoever started the agent left open (Node passes high-numbered descriptors on), before anything of a lab is
 * started: its root could read and write there. 3 is the status pipe, where there is one.
 */
export const CLOSE_INHERITED = `for f in /proc/self/fd/*; do n=\${f##*/}; [ "$n" -le 3 ] || eval "exec $n>&-"; done`;

export function hostScript(plan: LabPlan, host: HostSide): string {
  const bb = quote(host.busybox);
  return lines([
    'set -eu',
    ...host.joinFiles.map((file) => `echo 0 > ${quote(file)}`),
    // A process that holds the new user namespace while its ids are written: only a process outside may write a range.
    `${bb} unshare -U ${bb} sleep 60 3>&- & H=$!`,
    `trap 'kill $H 2>/dev/null' EXIT`,
    `me=$(${bb} readlink /proc/self/ns/user)`,
    `while [ "$(${bb} readlink /proc/$H/ns/user)" = "$me" ]; do :; done`,
    `echo "0 ${host.firstId} ${IDS_PER_LAB}" > /proc/$H/uid_map`,
    `echo "0 ${host.firstId} ${IDS_PER_LAB}" > /proc/$H/gid_map`,
    `${host.mount.map(quote).join(' ')} --bind -o ro,X-mount.idmap=/proc/$H/ns/user ${quote(host.image)} ${quote(host.mountPoint)}`,
    ...(host.template
      ? [
          `${host.mount.map(quote).join(' ')} --bind -o ro,X-mount.idmap=/proc/$H/ns/user ${quote(host.template.folder)} ${WAITING_PLACE}`,
        ]
      : []),
    ...host.handedOver.map((file) => `chown ${host.firstId}:${host.firstId} ${quote(file)}`),
    ...[...host.nodeGroups.values()]
      .flat()
      .map(({ folder }) => `chown -R ${host.firstId}:${host.firstId} ${quote(folder)}`),
    // The lab's root may not be able to walk to the image by its path; a working directory needs no walking.
    `cd ${quote(host.mountPoint)}`,
    `${bb} nsenter --user=/proc/$H/ns/user -S 0 -G 0 ./usr/bin/busybox unshare -m -n -p -u -i ./usr/bin/busybox sh -c ${quote(outerScript(plan, host))}`,
  ]);
}

function descriptorPaths(): string[] {
  return Array.from({ length: DESCRIPTOR_NAMES - 3 }, (_, i) => `/proc/self/fd/${i + 3}`);
}

/** In the lab's namespaces but the PID one, which begins with its first child; so its $! is the host's number. */
function outerScript(plan: LabPlan, host: HostSide): string {
  return `./usr/bin/busybox sh -c ${quote(firstScript(plan, host))} & echo "first $!" >&3`;
}

function firstScript(plan: LabPlan, host: HostSide): string {
  return lines([
    'set -eu',
    'trap \'echo "failed $?" >&3\' EXIT',
    // What was mounted outside is locked in place for a lesser user namespace; a bind of our own can become the root.
    `mount --bind . ./mnt`,
    'cd -P ./mnt',
    `mount -t proc proc ./proc`,
    // Nodes may mount a sysfs only while one can be seen whole (mount_too_revealing in fs/namespace.c).
    `mount -t sysfs sys ./sys`,
    `mount -t tmpfs -o mode=755,size=16m run ./run`,
    `mount -t tmpfs -o size=16m tmp ./tmp`,
    ...DEVICES.map((name) => `[ ! -e /dev/${name} ] || mount --bind /dev/${name} ./dev/${name}`),
    `mkdir -p run/netns ${plan.nodes.map((n) => `run/lab/${n.name}/pts run/lab/${n.name}/disk run/lab/${n.name}/groups`).join(' ')}`,
    ...mountGroups(host),
    ...(host.template ? [`mkdir .${TEMPLATE}`, `mount --bind ${WAITING_PLACE} .${TEMPLATE}`] : []),
    // One link per descriptor: ln makes them all in one process, named 3, 4, … after their targets.
    `ln -s ${descriptorPaths().join(' ')} run/netns/`,
    `pivot_root . ./mnt`,
    'cd /',
    `umount -l /mnt`,
    `hostname lab`,
    `mkfifo /run/lab/up`,
    'exec 5<>/run/lab/up',
    ...plan.nodes.flatMap((node) => startNode(node, host)),
    `for n in ${plan.nodes.map((n) => n.name).join(' ')}; do while [ ! -s /run/lab/$n.pid ]; do usleep 500; done; done`,
    ...plan.nodes.map((node) => `read P${node.index} < /run/lab/${node.name}.pid`),
    ...networkScript(plan),
    ...plan.nodes.map(() => 'read -t 120 up <&5'),
    ...plan.nodes.flatMap((node) => startPrograms(node, host)),
    `echo "ready ${plan.nodes.map((n) => `${n.name}=$P${n.index}`).join(' ')}" >&3`,
    'trap - EXIT',
    'exec 3>&- 5>&-',
    'exec /usr/bin/catatonit -P </dev/null >/dev/null 2>&1',
  ]);
}

/** The cgroups of nodes that run containers must be bound while the host's folders can still be seen. */
function mountGroups(host: HostSide): string[] {
  return [...host.nodeGroups].flatMap(([node, groups]) =>
    groups.flatMap(({ controller, folder }) => {
      const target = `run/lab/${node}/groups/${controller}`;
      return [`mkdir -p ${target}`, `mount --bind ${quote(folder)} ${target}`];
    }),
  );
}

function startNode(node: NodePlan, host: HostSide): string[] {
  const dir = `/run/lab/${node.name}`;
  const start = `${BB} unshare -m -n -p -u -i ${BB} sh -c ${quote(`${BB} sh -c ${quote(nodeScript(node, host))} 4>&- & echo $! >&4`)}`;
  return [
    // The agent opens a node's ptys here, where no learner can put something else in their place.
    `mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5,uid=0 pts ${dir}/pts`,
    // The file for its number is opened before: when the node's process changes its root, it changes that of this shell too,
    // which would look for the file in the node then.
    `${isUnified(node, host) ? joinUnified(node, '', `/usr/bin/unshare --cgroup ${start}`) : start} 4>${dir}.pid &`,
  ];
}

const isUnified = (node: NodePlan, host: HostSide): boolean =>
  (host.nodeGroups.get(node.name) ?? []).some(({ controller }) => controller === UNIFIED);

/**
 * Under v2 a node for containers has a cgroup namespace. It begins at the group that its maker is in, which must not stay
 * there: a group that hands controllers on holds no processes itself, so the node's are in INIT_GROUP below it.
 */
function joinUnified(node: NodePlan, below: string, command: string): string {
  return `( echo 0 > /run/lab/${node.name}/groups/${UNIFIED}${below}/cgroup.procs; exec ${command} )`;
}

/** The first process of a node: makes its root, moves into it, then only reaps. */
function nodeScript(node: NodePlan, host: HostSide): string {
  const megabytes = Math.max(16, Math.floor(node.diskBytes / 1024 / 1024));
  const dir = `/run/lab/${node.name}`;
  const groups = host.nodeGroups.get(node.name) ?? [];
  return lines([
    'set -eu',
    'trap \'echo "failed in a node" >&3\' EXIT',
    ...groups.flatMap(({ controller }) => joinGroup(`${dir}/groups/${controller}`, controller)),
    `cd ${dir}`,
    `mount -t tmpfs -o mode=755,size=${megabytes}m disk disk`,
    `mkdir disk/upper disk/work disk/root`,
    `mount -t overlay overlay -o lowerdir=${keptDisk(node, host)}/,upperdir=disk/upper,workdir=disk/work,userxattr disk/root`,
    'cd disk/root',
    `mount -t proc proc proc`,
    // Twice: `ip netns exec` takes the upper one away before it mounts its own, which needs one in sight.
    `mount -t sysfs sys sys`,
    `mount --bind sys sys`,
    `mount -t tmpfs -o mode=755,size=${Math.max(8, Math.floor(megabytes / 8))}m run run`,
    ...DEVICES.map((name) => `mount --bind /dev/${name} dev/${name}`),
    `mount --bind ${dir}/pts dev/pts`,
    `mount -t tmpfs -o size=${Math.max(8, Math.floor(megabytes / 8))}m shm dev/shm`,
    `mount -t mqueue mqueue dev/mqueue`,
    ...containerMounts(node, groups, megabytes),
    ...keptKubelet(node, host),
    `hostname ${node.name}`,
    `mkdir -p run/netns run/lock`,
    `echo ${node.name} > etc/hostname`,
    `echo ${quote(node.hosts.map((h) => `${h.address} ${h.names.join(' ')}`).join('\n'))} > etc/hosts`,
    `echo ${quote(node.nameserver ? `nameserver ${node.nameserver}` : '# this lab has no internet node')} > etc/resolv.conf`,
    `pivot_root . mnt`,
    'cd /',
    `umount -l /mnt`,
    ...(node.containers ? [`mount --make-rshared /`] : []),
    'trap - EXIT',
    'echo up >&5',
    'exec 3>&- 5>&-',
    'exec /usr/bin/catatonit -P </dev/null >/dev/null 2>&1',
  ]);
}

function joinGroup(folder: string, controller: string): string[] {
  if (controller !== UNIFIED) return [`echo 0 > ${folder}/cgroup.procs`];
  return [`mkdir ${folder}${INIT_GROUP}`, `echo 0 > ${folder}${INIT_GROUP}/cgroup.procs`];
}

/** What containerd and kubelet need: cgroups of their own, and disks that are no overlay, which could not carry another. */
function containerMounts(node: NodePlan, groups: readonly NodeGroup[], megabytes: number): string[] {
  if (!node.containers) return [];
  const v2 = groups.some(({ controller }) => controller === UNIFIED);
  return [
    // In its cgroup namespace the node's group is the root, of which nothing above can be seen.
    v2 ? `mount -t cgroup2 cgroup2 sys/fs/cgroup` : `mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup`,
    ...groups
      .filter(({ controller }) => controller !== UNIFIED)
      .flatMap(({ controller }) => [
        `mkdir sys/fs/cgroup/${controller}`,
        `mount --bind /run/lab/${node.name}/groups/${controller} sys/fs/cgroup/${controller}`,
      ]),
    ...['var/lib/containerd', 'var/lib/kubelet'].flatMap((folder) => [
      `mkdir -p ${folder}`,
      `mount -t tmpfs -o mode=755,size=${megabytes}m disk ${folder}`,
    ]),
  ];
}

/** What a node's disk held when its template was switched off lies above the image: nothing is copied. */
function keptDisk(node: NodePlan, { template }: HostSide): string {
  return template?.nodes.includes(node.name) ? `${TEMPLATE}/nodes/${node.name}:` : '';
}

/** The kubelet's folder is a disk of its own, so what the template has of it is copied there: a few small files. */
function keptKubelet(node: NodePlan, { template }: HostSide): string[] {
  const kept = `${TEMPLATE}/nodes/${node.name}/var/lib/kubelet`;
  return template?.nodes.includes(node.name) ? [`[ ! -d ${kept} ] || cp -a ${kept}/. var/lib/kubelet/`] : [];
}

function networkScript(plan: LabPlan): string[] {
  return [
    // The lab's own bridges are wires: what crosses them is not filtered a second time.
    'for f in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e $f ] || echo 0 > $f; done',
    `${heredoc('/usr/sbin/ip -batch -', cables(plan))}`,
    ...plan.nodes.map(
      (node) => `nsenter --net=/proc/$P${node.index}/ns/net ${BB} sh -c ${quote(nodeNetwork(node))} & W="\${W:-} $!"`,
    ),
    'for w in $W; do wait $w; done',
  ];
}

/** Bridges and cables, made in the lab's own network namespace with the nodes' plugs already in their nodes. */
function cables(plan: LabPlan): string[] {
  return plan.networks.flatMap(({ name, kind }) => {
    const plugs = plan.nodes.flatMap((node) =>
      node.interfaces
        .map((face, i) => ({ node, face, port: `v${node.index}.${i}` }))
        .filter(({ face }) => face.network === name),
    );
    const plug = ({ node, face }: (typeof plugs)[number]) =>
      `name ${face.name} netns $P${node.index}${face.mac ? ` address ${face.mac}` : ''}${face.mtu ? ` mtu ${face.mtu}` : ''}`;
    const [a, b] = plugs;
    if (kind === 'link') return a && b ? [`link add ${plug(a)} type veth peer ${plug(b)}`] : [];
    return [
      `link add ${name} type bridge mcast_snooping 0`,
      `link set ${name} addrgenmode none up`,
      ...plugs.flatMap((p) => [
        `link add ${p.port}${p.face.mtu ? ` mtu ${p.face.mtu}` : ''} type veth peer ${plug(p)}`,
        `link set ${p.port} addrgenmode none master ${name} up`,
      ]),
    ];
  });
}

function nodeNetwork(node: NodePlan): string {
  const settings = node.sysctls.map(([key, value]) => {
    const file = `/proc/sys/${sysctlPath(key)}`;
    return `[ ! -e ${quote(file)} ] || echo ${quote(value)} > ${quote(file)}`;
  });
  const batch = [
    'link set lo up',
    ...node.interfaces.flatMap((face) => [
      ...face.addresses.map((address) => `address add ${address} dev ${face.name}`),
      ...(face.up ? [`link set ${face.name} up`] : []),
    ]),
    ...node.routes.map((r) => `route add ${r.to}${r.via ? ` via ${r.via}` : ''}${r.dev ? ` dev ${r.dev}` : ''}`),
  ];
  return lines(['set -e', ...settings, heredoc('exec /usr/sbin/ip -batch -', batch)]);
}

/** net.ipv4.conf.eth0/1.rp_filter → net/ipv4/conf/eth0.1/rp_filter, as sysctl(8) reads it. */
export function sysctlPath(key: string): string {
  return key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'));
}

/** Start-up commands in order, then services, in the node itself. */
function startPrograms(node: NodePlan, host: HostSide): string[] {
  const text = [
    ...node.start.map(
      (command) => `( ${command}\n) || { echo "start of ${node.name} failed: "${quote(command)} >&2; exit 1; }`,
    ),
    ...node.services.map(
      ({ name, run }) => `setsid sh -c ${quote(run)} </dev/null >/var/log/${name}.log 2>&1 3>&- 5>&- &`,
    ),
  ];
  if (text.length === 0) return [];
  const p = `/proc/$P${node.index}/ns`;
  const enter = `--mount=${p}/mnt --uts=${p}/uts --ipc=${p}/ipc --net=${p}/net --pid=${p}/pid`;
  const shell = `${enter} /bin/sh -c ${quote(lines(['cd /root', ...text]))}`;
  const start = isUnified(node, host)
    ? joinUnified(node, INIT_GROUP, `/usr/bin/nsenter --cgroup=${p}/cgroup ${shell}`)
    : `nsenter ${shell}`;
  // What a start-up command leaves running keeps its output open: that must be a file of the lab's, not the agent's log.
  const log = `/run/lab/${node.name}.log`;
  return [`${start} >${log} 2>&1 3>&- 5>&- || { cat ${log} >&2; exit 1; }`];
}

function heredoc(command: string, body: readonly string[]): string {
  return `${command} <<EOF\n${body.join('\n')}\nEOF`;
}

const lines = (text: readonly string[]): string => text.join('\n');
