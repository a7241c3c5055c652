import { parse } from '../lab-agent/contract/parse.ts';
import { type Topology, type TopologyInput, topologySchema } from '../lab-agent/contract/topology.ts';

/** The lab that numbers are taken with: four machines on two networks and the internet node. */
const names = ['k8s-m', 'k8s-w1', 'k8s-w2', 'router'];

export const fiveNodesAsWritten: TopologyInput = {
  title: 'five nodes',
  networks: { nat: null, lan: null },
  nodes: {
    ...Object.fromEntries(
      names.map((name, i) => [
        name,
        {
          interfaces: {
            enp0s3: { network: 'nat', address: `10.0.2.${15 + i}/24` },
            enp0s8: { network: 'lan', address: `192.168.10.${10 + i}/24` },
          },
          routes: [{ to: 'default', via: '10.0.2.2' }],
        },
      ]),
    ),
    internet: { kind: 'internet', interfaces: { enp0s3: { network: 'nat', address: '10.0.2.2/24' } } },
  },
};
export const fiveNodes: Topology = parse(topologySchema, fiveNodesAsWritten, 'bench/five-nodes.ts');
