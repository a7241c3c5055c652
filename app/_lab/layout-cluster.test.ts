import { describe, expect, it } from 'vitest';
import type { LiveState } from '../../lab-agent/contract/lab.ts';
import { fitTopology, SMALLEST_SCALE } from './fit-topology.ts';
import { layoutTopology } from './layout-topology.ts';
import { clusterNode, livePod, nic } from './testing/cluster-state.ts';
import type { Box } from './topology-shapes.ts';

const system = (node: string) =>
  ['calico-node', 'kube-proxy'].map((name) => livePod(`kube-system/${name}-${node}`, node, { hostNetwork: true }));

const kans: LiveState = {
  at: 0,
  nodes: [
    clusterNode('k8s-m', { tunnel: '172.16.116.0/32', pods: ['kube-system/coredns-1'] }),
    clusterNode('k8s-w1', { tunnel: '172.16.158.0/32', pods: ['default/pod1', 'default/bad'] }),
    clusterNode('k8s-w2', { tunnel: '172.16.184.0/32', pods: ['default/pod2'] }),
    clusterNode('k8s-w0', { tunnel: '172.16.34.0/32', network: 'far' }),
    clusterNode('router', { network: 'far' }),
  ],
  pods: [
    livePod('kube-system/coredns-1', 'k8s-m'),
    livePod('default/pod1', 'k8s-w1', { address: '172.16.1.0' }),
    livePod('default/bad', 'k8s-w1', { ready: false, phase: 'ErrImagePull' }),
    livePod('default/pod2', 'k8s-w2'),
    livePod('default/new', 'k8s-w2', { ready: false, phase: 'ContainerCreating' }),
    ...['k8s-m', 'k8s-w1'].flatMap(system),
  ],
};

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
function expectApart(boxes: (Box & { key: string })[]): void {
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1)) expect(overlap(a, b), `${a.key} over ${b.key}`).toBe(false);
}
const opened = new Set(['k8s-m/+system', 'k8s-w1/+system']);

describe('the picture of a cluster', () => {
  it('puts nothing over anything else, with the pods of kube-system or without', () => {
    for (const open of [new Set<string>(), opened]) {
      const drawn = layoutTopology(kans, { open });
      expectApart(drawn.machines);
      expectApart(drawn.chips);
      expectApart([...drawn.pods, ...drawn.pills, ...drawn.spaces, ...drawn.bars]);
      for (const pod of drawn.pods) {
        const machine = drawn.machines.find(({ name }) => name === pod.node) as Box;
        expect(pod.x >= machine.x && pod.x + pod.width <= machine.x + machine.width, pod.name).toBe(true);
      }
    }
  });

  it("shows a pod with its interface, and the machine's end of its cable below it", () => {
    const drawn = layoutTopology(kans);
    const pod = drawn.pods.find(({ name }) => name === 'default/pod1');
    const eth0 = drawn.chips.find(({ key }) => key === 'k8s-w1/cni-00000000-k8s-w1/eth0');
    const end = drawn.chips.find(({ key }) => key === 'k8s-w1//calik8s-w10');
    if (!pod || !eth0 || !end) throw new Error('something is missing');
    expect(overlap(pod, eth0)).toBe(true);
    expect(end.y).toBeGreaterThan(pod.y + pod.height);
    expect(Math.abs(end.x + end.width / 2 - (pod.x + pod.width / 2))).toBeLessThan(1);
    expect(drawn.cables.map(({ key }) => key)).toContain([eth0.key, end.key].sort().join('—'));
  });

  it('tells ready pods from those that wait and those in trouble', () => {
    const seen = layoutTopology(kans).pods.map(({ name, tone, note }) => [name, tone, note]);
    expect(seen).toEqual([
      ['default/pod1', 'good', undefined],
      ['default/bad', 'bad', { phase: 'ErrImagePull' }],
      ['default/pod2', 'good', undefined],
      ['default/new', 'waits', { phase: 'ContainerCreating' }],
    ]);
  });

  it('counts the pods of kube-system and leaves them and their cables out, until they are wanted', () => {
    const closed = layoutTopology(kans);
    expect(closed.pills.map(({ key, count }) => [key, count])).toEqual([
      ['k8s-m/+system', 3],
      ['k8s-w1/+system', 2],
    ]);
    expect(closed.chips.filter(({ name }) => name.startsWith('calik8s-m'))).toEqual([]);
    const open = layoutTopology(kans, { open: opened });
    expect(open.pods.filter(({ node }) => node === 'k8s-m').map(({ name }) => name)).toEqual([
      'kube-system/coredns-1',
      'kube-system/calico-node-k8s-m',
      'kube-system/kube-proxy-k8s-m',
    ]);
    expect(open.chips.filter(({ name }) => name.startsWith('calik8s-m'))).toHaveLength(1);
  });

  it("counts more than six of the learner's pods on a machine, too", () => {
    const names = Array.from({ length: 9 }, (_, i) => `default/web-${i}`);
    const state = {
      at: 0,
      nodes: [clusterNode('w', { pods: names })],
      pods: names.map((name) => livePod(name, 'w')),
    };
    const drawn = layoutTopology(state);
    expect([drawn.pods.length, drawn.pills[0]?.count]).toEqual([6, 3]);
    expect(layoutTopology(state, { open: new Set(['w/+more']) }).pods).toHaveLength(9);
  });

  it('takes a namespace that was made for a pod as one, while the cluster tells of none', () => {
    const nodes = [clusterNode('w', { pods: ['default/pod1'] })];
    for (const namespace of nodes[0]?.namespaces ?? []) delete namespace.pod;
    expect(layoutTopology({ at: 0, nodes }).pods).toMatchObject([{ name: 'cni-00000000-w', tone: 'unknown' }]);
  });

  it('joins the machines that have a tunnel by a pipe of its own, over all rows', () => {
    const tunnels = layoutTopology(kans, { mostInARow: 3 }).segments.filter(({ tunnel }) => tunnel);
    expect(tunnels.map(({ label, bars }) => [label, bars.map(({ drops }) => drops.map(({ key }) => key))])).toEqual([
      ['tunl0 IPIP', [['k8s-m//tunl0', 'k8s-w1//tunl0', 'k8s-w2//tunl0'], ['k8s-w0//tunl0']]],
    ]);
    const lonely = { at: 0, nodes: [clusterNode('a', { tunnel: '172.16.1.0/32' }), clusterNode('b')] };
    expect(layoutTopology(lonely).segments.some(({ tunnel }) => tunnel)).toBe(false);
  });

  it('draws no network that leads to no other machine', () => {
    const [router, other] = [clusterNode('router'), clusterNode('w')];
    router.namespaces[0]?.interfaces.push(nic('loop1', { network: 'idc1', addresses: ['10.1.1.254/24'] }));
    const drawn = layoutTopology({ at: 0, nodes: [router, other] });
    expect(drawn.segments.map(({ key }) => key)).toEqual(['cluster']);
    expect(drawn.chips.map(({ name }) => name)).toContain('loop1');
  });

  it('leaves out the tunl0 that a kernel with ipip puts into every namespace', () => {
    const down = nic('tunl0', { kind: 'ipip', up: false });
    const [node] = [clusterNode('w', { pods: ['default/pod1'] })];
    for (const namespace of node?.namespaces ?? []) namespace.interfaces.push(down);
    const drawn = layoutTopology({ at: 0, nodes: node ? [node] : [] });
    expect(drawn.chips.filter(({ name }) => name === 'tunl0')).toEqual([]);
  });
});

describe('a picture in its place', () => {
  it('is shown whole where it can be read, else as wide as the place, in rows below each other', () => {
    const wide = fitTopology(kans, { width: 2600, height: 900 });
    expect(wide).toMatchObject({ larger: false });
    const narrow = fitTopology(kans, { width: 700, height: 350 });
    expect(narrow.larger).toBe(true);
    expect(narrow.scale).toBeGreaterThanOrEqual(SMALLEST_SCALE);
    expect(narrow.layout.width * narrow.scale).toBeLessThanOrEqual(700.5);
    const phone = fitTopology(kans, { width: 360, height: 500 });
    expect(phone.layout.width * phone.scale).toBeLessThanOrEqual(360.5);
  });

  it('is shown whole when that is wanted, however small', () => {
    const { layout, scale, larger } = fitTopology(kans, { width: 700, height: 350 }, { whole: true });
    expect(larger).toBe(false);
    expect(layout.height * scale).toBeLessThanOrEqual(350.5);
    expect(layout.width * scale).toBeLessThanOrEqual(700.5);
  });

  it('grows with its text where the height is free, without shouting', () => {
    const one = { at: 0, nodes: kans.nodes.slice(0, 1) };
    const { scale, larger } = fitTopology(one, { width: 2000, height: Number.POSITIVE_INFINITY });
    expect([scale, larger]).toEqual([1.25, false]);
  });
});
