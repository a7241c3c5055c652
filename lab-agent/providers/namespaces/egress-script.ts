import { CLOSE_INHERITED, quote } from './script.ts';

/**
 * The shell text that gives a lab's internet node a way to the real internet; pure. Between the node and the machine stands
 * a network namespace of the agent's own: the node has one end of a cable to it, its rules refuse what is not public, and
 * pasta, without any privilege, carries on what they let pass as connections of its own. The lab's root has no power there.
 */
export type EgressSide = {
  /** The image's root folder on this machine. */
  image: string;
  /** The program that a command line begins with to run one of the image's, once the image is at IMAGE. */
  loader: { path: string; libraries: string };
  /** The network namespace of the internet node. */
  netns: string;
  /** Whom the namespace belongs to and pasta runs as. */
  uid: number;
  joinFiles: readonly string[];
};

/** The image in the script's own mount namespace: whoever pasta runs as may not walk to it by its path. */
const IMAGE = '/mnt';
const BB = `${IMAGE}/usr/bin/busybox`;
/** The cable's end at the internet node: what is behind pasta begins here. */
export const EGRESS_DEVICE = 'egress';
/** Here pasta answers for the machine's own name server. */
export const EGRESS_DNS = '169.254.2.53';
const CABLE = { outside: '169.254.3.1', node: '169.254.3.2' };
const PASTA = { address: '169.254.2.2', gateway: '169.254.2.1' };

/** What is not of the public internet, of the machine's own networks above all. */
const REFUSED = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'],
  ...['192.0.0.0/24', '192.168.0.0/16', '198.18.0.0/15', '224.0.0.0/3'],
];

export function egressScript({ image, loader, netns, uid, joinFiles }: EgressSide): string {
  const run = (program: string) =>
    `${IMAGE}/${loader.path} --library-path ${IMAGE}/${loader.libraries} ${IMAGE}/usr/${program}`;
  const asOther = `${run('bin/setpriv')} --reuid ${uid} --regid ${uid} --clear-groups`;
  // Some machines let nobody but root make user namespaces; pasta gets nothing of it.
  const mayUnshare = '--inh-caps=+sys_admin --ambient-caps=+sys_admin';
  return [
    'set -eu',
    CLOSE_INHERITED,
    `trap 'echo failed >&3' EXIT`,
    ...joinFiles.map((file) => `echo 0 > ${quote(file)}`),
    `mount --bind ${quote(image)} ${IMAGE}`,
    `${asOther} ${mayUnshare} ${run('bin/unshare')} -U -n ${BB} sleep 2147483647 3>&- & H=$!`,
    'me=$(readlink /proc/self/ns/net)',
    'while [ "$(readlink /proc/$H/ns/net)" = "$me" ]; do usleep 1000; done',
    `echo "0 ${uid} 1" > /proc/$H/uid_map; echo "0 ${uid} 1" > /proc/$H/gid_map`,
    `in_between() { ${BB} nsenter --net=/proc/$H/ns/net "$@"; }`,
    `in_between ${BB} sh -c 'echo 1 > /proc/sys/net/ipv4/ip_forward; for f in all default; do echo 1 > /proc/sys/net/ipv6/conf/$f/disable_ipv6; done'`,
    // The rules come first: there is no moment without them.
    `in_between ${run('sbin/nft')} -f - <<EOF\n${rules()}\nEOF`,
    `ip=${quote(run('bin/ip'))}`,
    ...machineAddresses(run('sbin/nft')),
    `${asOther} ${run('bin/pasta')} ${PASTA_OPTIONS} --userns /proc/$H/ns/user --netns /proc/$H/ns/net 3>&- & Q=$!`,
    'watch_addresses 3>&- &',
    // A process that has ended has no program any more.
    `until in_between $ip -4 route show default | grep -q .; do readlink /proc/$Q/exe >/dev/null; usleep 5000; done`,
    'note_addresses',
    `in_between $ip link add lab type veth peer name ${EGRESS_DEVICE} netns ${quote(netns)}`,
    `in_between $ip address add ${CABLE.outside}/30 dev lab`,
    'in_between $ip link set lab up',
    `at_node() { ${BB} nsenter --net=${quote(netns)} "$@"; }`,
    `at_node $ip address add ${CABLE.node}/30 dev ${EGRESS_DEVICE}`,
    `at_node $ip link set ${EGRESS_DEVICE} up`,
    `at_node $ip route replace default via ${CABLE.outside}`,
    'trap - EXIT',
    'echo ready >&3',
    'exec 3>&-',
    'wait',
  ].join('\n');
}

/** No ports lead in, neither the gateway nor any other address stands for the machine itself. */
const PASTA_OPTIONS = [
  '--foreground --quiet --ipv4-only --config-net --ns-ifname up',
  `--address ${PASTA.address} --netmask 24 --gateway ${PASTA.gateway} --dns-forward ${EGRESS_DNS}`,
  '--no-map-gw --map-host-loopback none --map-guest-addr none',
  '--tcp-ports none --udp-ports none --tcp-ns none --udp-ns none',
].join(' ');

function rules(): string {
  return `table inet egress {
  set refused { type ipv4_addr; flags interval; elements = { ${REFUSED.join(', ')} }; }
  set machine { type ipv4_addr; }
  chain input { type filter hook input priority 0; policy drop; }
  chain forward {
    type filter hook forward priority 0; policy drop;
    iifname "lab" oifname "up" ip saddr ${CABLE.node} jump out
    iifname "up" oifname "lab" ct state established,related accept
  }
  chain out {
    ip daddr ${EGRESS_DNS} meta l4proto { tcp, udp } th dport 53 accept
    ip daddr != @refused ip daddr != @machine accept
    reject with icmp type admin-prohibited
  }
  chain leave { type nat hook postrouting priority 100; oifname "up" masquerade; }
}`;
}

/** The machine's own addresses may be public ones, and change: a set of the rules follows them. */
function machineAddresses(nft: string): string[] {
  return [
    'note_addresses() {',
    `  own=$($ip -4 -o address | sed -n 's|.* inet \\([0-9.]*\\).*|\\1|p' | tr '\\n' ,)`,
    `  in_between ${nft} "flush set inet egress machine; add element inet egress machine { $own }"`,
    '}',
    // Without somebody who watches there is no way out.
    'watch_addresses() {',
    '  $ip -4 monitor address | while read -r change; do note_addresses || kill $Q; done',
    '  kill $Q',
    '}',
  ];
}
