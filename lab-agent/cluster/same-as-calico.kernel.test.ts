import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BgpLab, configuration, NODES, pool, type Resource, routerPeer, START_MS } from './testing/bgp-lab.ts';
import { type Statements, statementsOf } from './testing/bird-statements.ts';
import { renderTemplates } from './testing/render-templates.ts';

/**
 * Our templates for BIRD 2 against Calico's own for its BIRD 1.6: one confd, one cluster, and for IPv4 and IPv6 the same
 * sessions, filters and static routes. What BIRD does with them is shown by bgp-templates and bgp-policies.
 */
const NODE = 'k8s-w1';
const OURS = 'lab-agent/image/images/calico-node/layer/etc/calico/confd';
/** What both configurations have and mean to be the same; kernel and template differ on purpose. */
const COMPARED = /^(protocol bgp|protocol static|function (?!reject_tunnel|reject_local))/;

const peer = (name: string, spec: Resource['spec']): Resource => ({ kind: 'BGPPeer', metadata: { name }, spec });
const longName = `a-name.as-long-as-bird.cannot-have.${'x'.repeat(60)}`;
const rule = (cidr: string, more = {}) => ({ action: 'Reject', matchOperator: 'In', cidr, ...more });

const situations: Record<string, { resources: Resource[]; says: RegExp }> = {
  'the mesh': { resources: [], says: /protocol bgp Mesh_192_168_20_100/ },
  'a mesh with a restart time, another port and AS': {
    resources: [configuration({ nodeMeshMaxRestartTime: '77s', listenPort: 1790, asNumber: 64600 })],
    says: /port 1790 as 64600/,
  },
  'communities for both families': {
    resources: [
      configuration({
        communities: [{ name: 'large', value: '1:2:3' }],
        prefixAdvertisements: [
          { cidr: '172.16.0.0/16', communities: ['large', '4:5'] },
          { cidr: 'fd00:10::/48', communities: ['6:7'] },
        ],
      }),
    ],
    says: /bgp_large_community\.add/,
  },
  'service addresses for both families': {
    resources: [
      configuration({
        serviceClusterIPs: [{ cidr: '10.96.0.0/12' }, { cidr: 'fd00:96::/112' }],
        serviceExternalIPs: [{ cidr: '203.0.113.0/24' }],
        serviceLoadBalancerIPs: [{ cidr: '198.51.100.0/24' }, { cidr: 'fd00:55::/64' }],
      }),
    ],
    says: /route fd00:96::\/112 blackhole/,
  },
  'a pool that is not exported': { resources: [pool({ disableBGPExport: true })], says: /net ~ 172\.16\.0\.0\/16/ },
  'global peers with all options': {
    resources: [
      peer('one', { peerIP: '10.1.1.1:500', asNumber: 65000, sourceAddress: 'None', numAllowedLocalASNumbers: 3 }),
      peer('two', { peerIP: '10.1.1.1', asNumber: 65000, reachableBy: '192.168.10.254', ttlSecurity: 1 }),
      peer('three', { peerIP: '10.1.1.3', asNumber: 65000, keepOriginalNextHop: true, maxRestartTime: '33s' }),
      peer('four', { peerIP: '10.1.1.4', asNumber: 64512, nextHopMode: 'Self', localASNumber: 65001 }),
      peer('five', { peerIP: 'fd00::5', asNumber: 65000, nextHopMode: 'Keep', reachableBy: 'fd00::254' }),
    ],
    says: /protocol bgp Global_10_1_1_1_port_500/,
  },
  'peers of this node and of others': {
    resources: [routerPeer({ node: NODE }), peer('other', { node: 'k8s-w2', peerIP: '10.1.1.7', asNumber: 65000 })],
    says: /protocol bgp Node_192_168_10_254/,
  },
  'filters of every sort': {
    resources: [
      {
        kind: 'BGPFilter',
        metadata: { name: longName },
        spec: {
          importV4: [rule('10.0.0.0/8', { source: 'RemotePeers', prefixLength: { min: 9, max: 30 } })],
          exportV4: [rule('10.1.0.0/16', { matchOperator: 'NotEqual', action: 'Accept' }), { action: 'Reject' }],
          exportV6: [rule('fd00::/16', { matchOperator: 'NotIn', interface: 'enp*' })],
        },
      },
      peer('filtered', { peerIP: '10.1.1.8', asNumber: 65000, filters: [longName] }),
      peer('filtered6', { peerIP: 'fd00::8', asNumber: 65000, filters: [longName] }),
    ],
    says: /if \(\(net !~ fd00::\/16\)&&/,
  },
};

describe('our templates and Calico’s own', () => {
  let kans: BgpLab;
  let theirs: string;
  beforeAll(async () => {
    theirs = join(moduleFolder(), 'confd/etc/calico/confd');
    kans = await BgpLab.start();
  }, START_MS);
  afterAll(async () => await kans?.[Symbol.asyncDispose]());
  afterEach(async () => await kans.putBack());

  async function expectSame(says: RegExp): Promise<void> {
    const own = await renderTemplates(kans, NODE, 'theirs', theirs);
    const ours = await renderTemplates(kans, NODE, 'ours', OURS);
    expect(own).toMatch(says);
    expect(compared(ours)).toEqual(compared(own));
    for (const file of ['bird.cfg', 'bird6.cfg']) {
      await kans.inside(NODE, `bird -p -c /run/calico/compare/ours/config/${file}`);
    }
  }

  test.each(Object.entries(situations))('say the same of %s', async (_, { resources, says }) => {
    for (const [at, node] of NODES.entries()) {
      await kans.mark(node, 'annotate', 'projectcalico.org/IPv6Address', `fd00::${at + 1}/64`);
    }
    if (resources.length > 0) await kans.given(...resources);
    await expectSame(says);
  });

  test('say the same of a route reflector and its clients', async () => {
    await kans.mark(NODE, 'annotate', 'projectcalico.org/RouteReflectorClusterID', '244.0.0.1');
    await kans.mark('k8s-w2', 'annotate', 'projectcalico.org/ASNumber', '64999');
    await kans.given(
      peer('all', { nodeSelector: 'all()', peerSelector: `kubernetes.io/hostname == '${NODE}'` }),
      configuration({ nodeToNodeMeshEnabled: false, serviceLoadBalancerIPs: [{ cidr: '198.51.100.0/24' }] }),
    );
    await expectSame(/rr cluster id 244\.0\.0\.1/);
  });
});

/** The blocks to compare, each with its statements; a session's own AS counts only where it is not the node's. */
function compared(config: string): Statements {
  const all = statementsOf(config);
  const local = [...(all.get('template bgp bgp_template') ?? [])].find((one) => /^local .*as \d+$/.test(one));
  const own = `local as ${/\d+$/.exec(local ?? '')?.[0]}`;
  return new Map(
    [...all]
      .filter(([name]) => COMPARED.test(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, statements]) => [name, statements.filter((one) => one !== own)]),
  );
}

/** Where Go keeps the module of Calico that the image is built from. */
function moduleFolder(): string {
  const argv = ['list', '-m', '-f', '{{.Dir}}', 'github.com/projectcalico/calico'];
  const options = { cwd: 'lab-agent/image/components/calico', env: { ...process.env, GOFLAGS: '-mod=readonly' } };
  return execFileSync('go', argv, options).toString().trim();
}
