import { describe, expect, test } from 'vitest';
import { parse } from '../contract/parse.ts';
import { type TopologyInput, topologySchema } from '../contract/topology.ts';
import { planLab } from './plan.ts';

const plan = (written: TopologyInput) => planLab(parse(topologySchema, written, 'one.yaml'), 'one.yaml');

describe('a topology', () => {
  test('gets defaults, hosts of all nodes and the internet node as its name server', () => {
    const { nodes, limits } = plan({
      title: 'one',
      networks: { nat: null },
      nodes: {
        one: {
          interfaces: { eth0: { network: 'nat', address: '10.0.2.15/24' } },
          sysctls: { 'net.ipv4.ip_forward': 1 },
        },
        internet: { kind: 'internet', interfaces: { eth0: { network: 'nat', address: '10.0.2.2/24' } } },
      },
    });
    const [one, internet] = nodes;
    expect(one).toMatchObject({ shell: true, nameserver: '10.0.2.2', services: [], containers: false });
    expect(one?.hosts.slice(2)).toEqual([
      { address: '10.0.2.15', names: ['one'] },
      { address: '10.0.2.2', names: ['internet'] },
    ]);
    expect(one?.sysctls).toContainEqual(['net.ipv4.ip_forward', '1']);
    expect(internet).toMatchObject({ shell: false, services: [{ name: 'internet' }] });
    expect(internet?.sysctls).toContainEqual(['net.ipv4.ip_forward', '0']);
    expect(limits.memoryBytes).toBe(768 * 1024 * 1024);
  });

  test('a node whose addresses another one has too is known by one that is its own', () => {
    const machine = (own: string) => ({
      interfaces: {
        nat0: { network: own, address: '10.0.2.15/24' },
        eth1: { network: 'lan', address: `192.168.10.1${own.at(-1)}/24` },
      },
    });
    const { nodes } = plan({
      title: 'x',
      networks: { nat1: null, nat2: null, lan: null },
      nodes: { one: machine('nat1'), two: machine('nat2') },
    });
    expect(nodes[0]?.hosts.slice(2).map((h) => h.address)).toEqual(['192.168.10.11', '192.168.10.12']);
  });

  test('the disks of all nodes together leave room in its memory', () => {
    const { nodes } = plan({
      title: 'x',
      nodes: { one: {}, two: {}, three: {} },
      limits: { memoryMb: 300, diskMb: 256 },
    });
    expect(nodes[0]?.diskBytes).toBe(60 * 1024 * 1024);
  });

  test('names every dangling name at once, with those that would have been right', () => {
    expect(() =>
      plan({
        title: 'x',
        networks: { lan: null, wire: { kind: 'link' } },
        nodes: {
          one: {
            interfaces: { eth0: { network: 'lam' }, eth1: { network: 'wire' } },
            routes: [{ to: 'default', dev: 'eth9' }, { to: 'default' }],
          },
        },
      }),
    ).toThrowErrorMatchingInlineSnapshot(`
      [InvalidInput: one.yaml: nodes.one.interfaces.eth0.network: no network "lam"; the networks are: lan, wire
      one.yaml: nodes.one.routes.0.dev: no interface "eth9"; one has: eth0, eth1
      one.yaml: nodes.one.routes.1: a route needs \`via\` or \`dev\`
      one.yaml: networks.wire: a link joins exactly 2 interfaces, 1 are plugged into it]
    `);
  });

  test('a way to the internet needs a node that it leads by', () => {
    const net = { kind: 'internet' as const };
    expect(plan({ title: 'x', egress: true, nodes: { net } }).nodes[0]?.services[0]?.run).toMatch(/start-egress$/);
    expect(plan({ title: 'x', nodes: { net } }).nodes[0]?.services[0]?.run).toMatch(/start$/);
    expect(() => plan({ title: 'x', egress: true, nodes: { one: {} } })).toThrow(/egress: .* there is none/);
  });

  test('a typo in a key is named with its path', () => {
    expect(() => plan({ title: 'x', nodes: { one: { interface: {} } } } as never)).toThrowErrorMatchingInlineSnapshot(
      `[InvalidInput: one.yaml: nodes.one.interface: unknown key "interface"]`,
    );
  });
});
