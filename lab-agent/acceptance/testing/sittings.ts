/**
 * For tests: which commands of the sources are typed in one lab, in which order. The file gives each a fresh lab; a cluster
 * is not made 60 times here, but the lab is never other than it asks for: commands that only read share one, set-ups are
 * undone before the next, and what changes the state is undone, or is what the next entries are given, or comes last.
 */
export type Sitting = { name: string; topology: string; entries: readonly string[] };

export const sittings: readonly Sitting[] = [
  {
    name: 'a lab as it starts, then pods and services that are made and deleted again',
    topology: 'kans',
    entries: [
      ...['cni-01', 'cni-02', 'cni-03', 'cni-04', 'cni-05', 'sys-01', 'sys-02', 'sys-03', 'sys-05', 'bgp-01', 'dns-01'],
      ...['ipip-01', 'ipip-02', 'ipip-03', 'ipip-04', 'ipip-05', 'ipip-06', 'ipip-10'],
      ...['same-01', 'same-02', 'same-03', 'same-04', 'same-05', 'same-06', 'same-07', 'same-08', 'sys-04'],
      ...['ipip-07', 'ipip-08', 'ipip-09'],
      ...['svc-01', 'svc-02', 'svc-03', 'svc-04', 'svc-05', 'svc-06', 'svc-07'],
      ...['dns-03', 'dns-04', 'dns-02', 'dns-05', 'dns-06'],
      ...['ipam-01', 'ipip-11', 'sys-06'],
    ],
  },
  { name: 'a pool that does without tunnels', topology: 'kans', entries: ['mode-01', 'mode-02', 'mode-03'] },
  { name: 'tunnels between segments alone', topology: 'kans', entries: ['mode-04', 'mode-05'] },
  { name: 'BGP with the router', topology: 'kans', entries: ['bgp-02', 'bgp-03', 'bgp-04'] },
  { name: 'network policies', topology: 'kans', entries: ['np-01', 'np-02'] },
  { name: 'ptp and a VPC', topology: 'gke', entries: ['gke-01', 'gke-02', 'gke-03', 'gke-04'] },
];

/** What an entry leaves changed; all others only read, and may be typed again until they print what they should. */
export type Change =
  /** Typed afterwards where the entry was: the state is exactly that before. */
  | { undo: readonly string[] }
  /** The lab is then what other entries are given under this name, once `until` has come back. */
  | { becomes: string; until?: string }
  /** Nothing more is typed in this lab. */
  | 'last';

const pool = (from: string, to: string): string =>
  `calicoctl get ippool default-ipv4-ippool -o yaml | sed -e "s/${from}/${to}/" | calicoctl apply -f -`;

export const changes: Readonly<Record<string, Change>> = {
  'dns-06': {
    undo: [
      'kubectl -n kube-system scale deployment coredns --replicas=2',
      'kubectl -n kube-system rollout status deployment coredns --timeout=60s',
    ],
  },
  'ipam-01': { undo: ['kubectl delete pod example-pod --grace-period=1'] },
  'ipip-11': { undo: [pool('natOutgoing: false', 'natOutgoing: true')] },
  'sys-06': 'last',
  'mode-01': { becomes: 'mode-never' },
  'mode-03': 'last',
  'mode-04': { becomes: 'mode-crosssubnet' },
  'bgp-02': {
    becomes: 'bgp-peer',
    until: "until calicoctl node status | grep -q '192.168.10.254 .*Established'; do sleep 0.2; done",
  },
  'np-01': { becomes: 'deny-all' },
  'np-02': 'last',
};

/** Entries that cannot be typed on this machine, by its kernel's features: none now. Each would be named in the output. */
export const impossible: Readonly<Record<string, string>> = {};
