import type { Problem } from '../contract/parse.ts';
import type { ClusterSettings, Topology } from '../contract/topology.ts';

/** What a cluster adds to the plan of its nodes. Pure; knows no Kubernetes. */

/** Under this name the nodes' containerd asks for images (image/cluster-files/etc/containerd). */
export const REGISTRY_HOST = 'registry.hoplab';
export const REGISTRY_SERVICE = {
  name: 'registry',
  run: 'exec /usr/libexec/hoplab/registry -index /usr/share/hoplab/registry.json -blobs /usr/share/hoplab/store/io.containerd.content.v1.content/blobs',
};
export const switchOnService = ({ cni }: ClusterSettings, egress: boolean) => ({
  name: 'switch-on',
  run: `exec /usr/share/hoplab/cluster/start-node ${cni}${egress ? ' egress' : ''}`,
});

/** The cluster's nodes, its control plane first. */
export function clusterNodes({ cluster }: Topology): string[] {
  return cluster ? [cluster.controlPlane, ...cluster.workers] : [];
}

/** The address that a node has in the cluster, without its prefix length. */
export function addressInCluster(topology: Topology, node: string): string | undefined {
  if (!clusterNodes(topology).includes(node)) return undefined;
  const faces = topology.nodes[node]?.interfaces ?? {};
  const address = faces[topology.cluster?.interface ?? '']?.address.find((a) => !a.includes(':'));
  return address?.split('/')[0];
}

/** What is wrong with a topology's `cluster`. */
export function clusterProblems(topology: Topology): Problem[] {
  const { cluster } = topology;
  if (!cluster) return [];
  const problems: Problem[] = [];
  const names = clusterNodes(topology);
  for (const [i, name] of names.entries()) {
    const path = i === 0 ? 'cluster.controlPlane' : `cluster.workers.${i - 1}`;
    const machines = Object.keys(topology.nodes).filter((n) => topology.nodes[n]?.kind === 'machine');
    if (!machines.includes(name))
      problems.push({ path, message: `no machine "${name}"; there are: ${machines.join(', ')}` });
    else if (!addressInCluster(topology, name)) {
      problems.push({ path, message: `${name} has no interface ${cluster.interface} with an IPv4 address` });
    }
    if (names.indexOf(name) !== i) problems.push({ path, message: `${name} is in the cluster twice` });
    if (cluster.cni === 'ptp' && i > 0 && !cluster.podRanges[name]) {
      problems.push({ path: 'cluster.podRanges', message: `ptp needs a range of pod addresses for ${name}` });
    }
  }
  for (const name of Object.keys(cluster.podRanges)) {
    if (!names.includes(name)) problems.push({ path: `cluster.podRanges.${name}`, message: 'no node of the cluster' });
  }
  return problems;
}
