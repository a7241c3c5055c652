import { describe, expect, it } from 'vitest';
import type { LiveInterface, LiveState } from '../../lab-agent/contract/lab.ts';
import { layoutTopology } from './layout-topology.ts';
import { type Box, networkOf } from './topology-shapes.ts';

type Extra = Partial<LiveInterface>;
let index = 1;
const nic = (name: string, extra: Extra = {}): LiveInterface => ({
  name,
  index: index++,
  kind: 'veth',
  up: true,
  carrier: true,
  mtu: 1500,
  addresses: [],
  ...extra,
});
const peer = (name: string, netns?: string, node = 'k8s-m') => ({ peer: { node, name, ...(netns ? { netns } : {}) } });

const bridged: LiveState = {
  at: 0,
  nodes: [
    {
      name: 'k8s-m',
      kind: 'machine',
      namespaces: [
        {
          interfaces: [
            nic('lo', { kind: 'loopback', addresses: ['127.0.0.1/8'] }),
            nic('enp0s8', { network: 'lan', addresses: ['192.168.10.10/24', 'fe80::1/64'] }),
            nic('br0', { kind: 'bridge', addresses: ['11.11.11.1/24'] }),
            // Made in the other order than the namespaces they lead to.
            nic('veth4', { master: 'br0', ...peer('veth3', 'BLUE') }),
            nic('veth2', { master: 'br0', ...peer('veth1', 'RED') }),
          ],
        },
        {
          netns: 'RED',
          interfaces: [nic('veth1', { addresses: ['11.11.11.2/24'], ...peer('veth2') })],
          defaultVia: '11.11.11.1',
        },
        { netns: 'BLUE', interfaces: [nic('veth3', { up: false, ...peer('veth4') })] },
        { netns: 'GREEN', interfaces: [] },
      ],
    },
    {
      name: 'k8s-w1',
      kind: 'machine',
      namespaces: [{ interfaces: [nic('enp0s8', { network: 'lan', addresses: [] })] }],
    },
    {
      name: 'internet',
      kind: 'internet',
      namespaces: [{ interfaces: [nic('eth0', { network: 'lan', addresses: ['192.168.10.1/24'] })] }],
    },
  ],
};

const overlap = (a: Box, b: Box) =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
const within = (a: Box, b: Box) =>
  a.x >= b.x && a.y >= b.y && a.x + a.width <= b.x + b.width && a.y + a.height <= b.y + b.height;
function expectApart(boxes: (Box & { key: string })[]): void {
  for (const [i, a] of boxes.entries())
    for (const b of boxes.slice(i + 1)) expect(overlap(a, b), `${a.key} over ${b.key}`).toBe(false);
}

describe('the picture of a lab', () => {
  const picture = layoutTopology(bridged);
  const chip = (key: string) => picture.chips.find((c) => c.key === key);

  it('is the same for the same state', () => {
    expect(layoutTopology(structuredClone(bridged))).toEqual(picture);
  });

  it('puts nothing over anything else, and everything into its machine and onto the picture', () => {
    expectApart(picture.machines);
    expectApart(picture.spaces);
    expectApart(picture.bars);
    expectApart(picture.chips);
    for (const inner of [...picture.spaces, ...picture.bars, ...picture.chips]) {
      const machine = picture.machines.find((m) => inner.key.startsWith(`${m.key}/`));
      expect(machine && within(inner, machine), inner.key).toBe(true);
    }
    for (const m of picture.machines)
      expect(within(m, { x: 0, y: 0, width: picture.width, height: picture.height })).toBe(true);
  });

  it('orders the ports of a bridge as what they lead to, so that cables do not cross', () => {
    expect(chip('k8s-m//veth2')?.x).toBeLessThan(chip('k8s-m//veth4')?.x ?? 0);
  });

  it('draws each cable once, dead when an end is down', () => {
    expect(picture.cables.map((c) => [c.key, c.live])).toEqual([
      ['k8s-m/RED/veth1—k8s-m//veth2'.split('—').sort().join('—'), true],
      ['k8s-m/BLUE/veth3—k8s-m//veth4'.split('—').sort().join('—'), false],
    ]);
  });

  it('joins what is plugged into the same network, addresses or not, the internet too', () => {
    expect(picture.segments.map((s) => [s.label, s.bars.map((bar) => bar.drops.map((d) => d.key))])).toEqual([
      ['lan 192.168.10.0/24', [['k8s-m//enp0s8', 'k8s-w1//enp0s8', 'internet//eth0']]],
    ]);
  });

  it('puts more than three machines in two rows, with a network of both rows joined beside them', () => {
    const machine = (name: string, networks: string[]): LiveState['nodes'][number] => ({
      name,
      kind: 'machine',
      namespaces: [{ interfaces: networks.map((network) => nic(`to-${network}`, { network })) }],
    });
    const names = ['k8s-m', 'k8s-w1', 'k8s-w2'].map((name) => machine(name, ['cluster']));
    const nodes = [...names, machine('k8s-w0', ['far']), machine('router', ['cluster', 'far'])];
    const drawn = layoutTopology({ at: 0, nodes });
    expectApart(drawn.machines);
    expectApart(drawn.chips);
    expect(new Set(drawn.machines.map((m) => m.y + m.height)).size).toBe(2);
    const [cluster, far] = drawn.segments;
    expect(cluster?.bars.map((b) => b.drops.length)).toEqual([3, 1]);
    expect(cluster?.riser?.x).toBeLessThan(Math.min(...drawn.machines.map((m) => m.x)));
    expect(cluster?.riser?.x).toBeGreaterThan(0);
    expect(far?.bars.map((b) => b.drops.length)).toEqual([2]);
    for (const bar of drawn.segments.flatMap((s) => s.bars))
      for (const m of drawn.machines) expect(bar.y > m.y && bar.y < m.y + m.height, `${bar.y} in ${m.key}`).toBe(false);
  });

  it('shows addresses that were given, not those that the kernel makes by itself, and no loopback', () => {
    expect(chip('k8s-m//enp0s8')?.lines).toEqual(['192.168.10.10/24']);
    expect(chip('k8s-m//lo')).toBeUndefined();
  });

  it('stays apart with many namespaces that are all cabled to each other', () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F'];
    const mesh: LiveState = {
      at: 0,
      nodes: [
        {
          name: 'one',
          kind: 'machine',
          namespaces: [
            { interfaces: [] },
            ...names.map((n) => ({
              netns: n,
              interfaces: names.filter((m) => m !== n).map((m) => nic(`to-${m}`, { ...peer(`to-${n}`, m, 'one') })),
            })),
          ],
        },
      ],
    };
    const drawn = layoutTopology(mesh);
    expect(drawn.cables).toHaveLength(15);
    expectApart(drawn.chips);
    expectApart(drawn.spaces);
  });
});

describe('the network of an address', () => {
  it('is cut at its prefix', () => {
    expect(networkOf('192.168.10.101/24')).toBe('192.168.10.0/24');
    expect(networkOf('172.31.200.7/12')).toBe('172.16.0.0/12');
    expect(networkOf('10.0.0.1/32')).toBeUndefined();
    expect(networkOf('2001:db8::1/64')).toBeUndefined();
  });
});
