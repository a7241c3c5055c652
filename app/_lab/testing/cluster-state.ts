import type { LiveInterface, LivePod, LiveState } from '../../../lab-agent/contract/lab.ts';

let index = 1;
/** An interface as the kernel tells it, up and with a cable in it unless said otherwise. */
export function nic(name: string, extra: Partial<LiveInterface> = {}): LiveInterface {
  return { name, index: index++, kind: 'veth', up: true, carrier: true, mtu: 1500, addresses: [], ...extra };
}

export function livePod(name: string, node: string, extra: Partial<LivePod> = {}): LivePod {
  return { name, node, ready: true, phase: 'Running', hostNetwork: false, ...extra };
}

type MachineOptions = {
  network?: string;
  /** Address of its tunl0. */
  tunnel?: string;
  /** NAMESPACE/NAME of pods that have a namespace here. */
  pods?: string[];
};

/** A node of a cluster with Calico, as the picture gets it. */
export function clusterNode(
  name: string,
  { network = 'cluster', tunnel, pods = [] }: MachineOptions = {},
): LiveState['nodes'][number] {
  const made = pods.map((pod, i) => ({ pod, netns: `cni-0000000${i}-${name}`, end: `cali${name}${i}` }));
  return {
    name,
    kind: 'machine',
    namespaces: [
      {
        defaultVia: '10.0.2.2',
        interfaces: [
          nic('lo', { kind: 'loopback', addresses: ['127.0.0.1/8'] }),
          nic('enp0s8', { network, addresses: ['192.168.10.10/24'] }),
          ...(tunnel ? [nic('tunl0', { kind: 'tun', addresses: [tunnel] })] : []),
          ...made.map(({ netns, end }) => nic(end, { peer: { node: name, netns, name: 'eth0' } })),
        ],
      },
      ...made.map(({ pod, netns, end }, i) => ({
        netns,
        pod,
        interfaces: [nic('eth0', { addresses: [`172.16.1.${i}/32`], peer: { node: name, name: end } })],
      })),
    ],
  };
}
