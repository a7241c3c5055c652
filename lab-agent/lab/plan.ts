import { InvalidInput, type Problem } from '../contract/parse.ts';
import type { ClusterSettings, Topology, TopologyNode } from '../contract/topology.ts';
import {
  addressInCluster,
  clusterNodes,
  clusterProblems,
  REGISTRY_HOST,
  REGISTRY_SERVICE,
  switchOnService,
} from './plan-cluster.ts';

/** A topology with every name resolved and every default filled in: what a provider builds. Pure; knows no kernel. */
export type InterfacePlan = {
  name: string;
  network: string;
  addresses: string[];
  mac?: string | undefined;
  mtu?: number | undefined;
  up: boolean;
};

export type NodePlan = {
  name: string;
  /** Its place in the topology, from 0. */
  index: number;
  kind: 'machine' | 'internet';
  shell: boolean;
  containers: boolean;
  interfaces: InterfacePlan[];
  routes: { to: string; via?: string | undefined; dev?: string | undefined }[];
  sysctls: [key: string, value: string][];
  /** Lines of /etc/hosts. */
  hosts: { address: string; names: string[] }[];
  nameserver?: string | undefined;
  start: string[];
  services: { name: string; run: string }[];
  diskBytes: number;
};

export type LabPlan = {
  nodes: NodePlan[];
  networks: { name: string; kind: 'bridge' | 'link' }[];
  limits: { memoryBytes: number; processes: number };
  standsIn: string[];
  cluster?: ClusterSettings | undefined;
};

const MIB = 1024 * 1024;
/** Together the nodes' disks, which are memory, may fill this part of the lab's memory: a full disk must not kill shells. */
const DISK_PART_OF_MEMORY = 0.6;

/** What a lesson rests on must not depend on the host, whose settings a new network namespace copies. */
const BASE_SYSCTLS: Record<string, string> = {
  'net.ipv4.ip_forward': '0',
  'net.ipv4.conf.all.rp_filter': '0',
  'net.ipv4.conf.default.rp_filter': '0',
  'net.ipv4.ping_group_range': '0 65534',
  'net.bridge.bridge-nf-call-iptables': '1',
};

/** What kubeadm asks of a node. */
const CLUSTER_SYSCTLS: Record<string, string> = { 'net.ipv4.ip_forward': '1' };

/** What the image brings for the internet node: it answers for every public name and address, or passes on to who does. */
const internetService = ({ egress }: Topology) => ({
  name: 'internet',
  run: `exec sh /usr/share/hoplab/internet/${egress ? 'start-egress' : 'start'}`,
});

/**
 * Resolves a topology.
 * @throws InvalidInput naming every dangling or double name, with the names that would have been right
 */
export function planLab(topology: Topology, source: string): LabPlan {
  const problems = findProblems(topology);
  if (problems.length > 0) throw new InvalidInput(source, problems);
  const names = Object.keys(topology.nodes);
  const memoryBytes = topology.limits.memoryMb * MIB;
  const diskBytes = Math.floor(
    Math.min(topology.limits.diskMb * MIB, (memoryBytes * DISK_PART_OF_MEMORY) / names.length),
  );
  return {
    nodes: names.map((name, index) => planNode(topology, name, index, diskBytes)),
    networks: Object.entries(topology.networks).map(([name, { kind }]) => ({ name, kind })),
    limits: { memoryBytes, processes: topology.limits.processes },
    standsIn: topology.standsIn,
    cluster: topology.cluster,
  };
}

function planNode(topology: Topology, name: string, index: number, diskBytes: number): NodePlan {
  const node = topology.nodes[name] as TopologyNode;
  const inCluster = clusterNodes(topology).includes(name);
  return {
    name,
    index,
    kind: node.kind,
    shell: node.shell ?? node.kind === 'machine',
    containers: node.containers || inCluster,
    interfaces: Object.entries(node.interfaces).map(([dev, face]) => ({
      name: dev,
      network: face.network,
      addresses: face.address,
      mac: face.mac,
      mtu: topology.networks[face.network]?.mtu,
      up: face.up,
    })),
    routes: node.routes,
    sysctls: Object.entries({ ...BASE_SYSCTLS, ...(inCluster ? CLUSTER_SYSCTLS : {}), ...node.sysctls }),
    hosts: hostsOf(topology, name),
    nameserver: nameserverOf(topology, name),
    start: node.start,
    services: [
      ...(node.kind === 'internet' ? [internetService(topology)] : []),
      ...(node.kind === 'internet' && topology.cluster ? [REGISTRY_SERVICE] : []),
      ...(topology.cluster && inCluster ? [switchOnService(topology.cluster, topology.egress)] : []),
      ...Object.entries(node.services).map(([service, { run }]) => ({ name: service, run })),
    ],
    diskBytes,
  };
}

function hostsOf(topology: Topology, node: string): NodePlan['hosts'] {
  const registry = topology.cluster && nameserverOf(topology, node);
  const others = Object.entries(topology.nodes).flatMap(([name, { interfaces }]) => {
    const all = Object.values(interfaces).flatMap((face) => face.address.map(withoutPrefix));
    const own = addressInCluster(topology, name) ?? all.find((address) => !isShared(topology, name, address));
    return own ? [{ address: own, names: [name] }] : [];
  });
  const further = Object.entries((topology.nodes[node] as TopologyNode).hosts).map(([name, address]) => ({
    address,
    names: [name],
  }));
  return [
    { address: '127.0.0.1', names: ['localhost'] },
    { address: '::1', names: ['localhost', 'ip6-localhost'] },
    ...others,
    ...(registry ? [{ address: registry, names: [REGISTRY_HOST] }] : []),
    ...further,
  ];
}

/** True when another node has the same address, as machines behind a NAT of their own do. */
function isShared(topology: Topology, name: string, address: string): boolean {
  return Object.entries(topology.nodes).some(
    ([other, { interfaces }]) =>
      other !== name &&
      Object.values(interfaces).some((face) => face.address.some((a) => withoutPrefix(a) === address)),
  );
}

function nameserverOf(topology: Topology, name: string): string | undefined {
  const networks = Object.values(topology.nodes[name]?.interfaces ?? {}).map((face) => face.network);
  const faces = Object.values(topology.nodes)
    .filter((node) => node.kind === 'internet')
    .flatMap((node) => Object.values(node.interfaces));
  const near = faces.find((face) => networks.includes(face.network)) ?? faces[0];
  return near?.address[0] && withoutPrefix(near.address[0]);
}

function findProblems(topology: Topology): Problem[] {
  const problems: Problem[] = [];
  if (topology.egress && !Object.values(topology.nodes).some(({ kind }) => kind === 'internet')) {
    problems.push({ path: 'egress', message: 'it leads out by a node of kind `internet`; there is none' });
  }
  const networks = Object.keys(topology.networks);
  const plugs = new Map<string, number>(networks.map((name) => [name, 0]));
  for (const [name, node] of Object.entries(topology.nodes)) {
    for (const [dev, face] of Object.entries(node.interfaces)) {
      const path = `nodes.${name}.interfaces.${dev}`;
      if (!plugs.has(face.network)) {
        const known = networks.length > 0 ? `the networks are: ${networks.join(', ')}` : 'the topology declares none';
        problems.push({ path: `${path}.network`, message: `no network "${face.network}"; ${known}` });
      }
      plugs.set(face.network, (plugs.get(face.network) ?? 0) + 1);
      if (dev === 'lo') problems.push({ path, message: 'lo is there by itself; choose another name' });
    }
    for (const [i, route] of node.routes.entries()) {
      const devices = Object.keys(node.interfaces);
      const path = `nodes.${name}.routes.${i}`;
      if (!route.via && !route.dev) problems.push({ path, message: 'a route needs `via` or `dev`' });
      if (route.dev && !devices.includes(route.dev)) {
        problems.push({
          path: `${path}.dev`,
          message: `no interface "${route.dev}"; ${name} has: ${devices.join(', ')}`,
        });
      }
    }
  }
  for (const [name, { kind }] of Object.entries(topology.networks)) {
    const count = plugs.get(name) ?? 0;
    if (kind === 'link' && count !== 2) {
      problems.push({
        path: `networks.${name}`,
        message: `a link joins exactly 2 interfaces, ${count} are plugged into it`,
      });
    }
  }
  return [...problems, ...clusterProblems(topology)];
}

const withoutPrefix = (address: string): string => address.split('/')[0] as string;
