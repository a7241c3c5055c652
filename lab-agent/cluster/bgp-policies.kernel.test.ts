import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { BgpLab, birdc, configuration, pool, type Resource, routerPeer, START_MS } from './testing/bgp-lab.ts';

/** What goes out to a router and what comes in, by our confd templates for BIRD 2: filters, communities, service addresses. FRR is read. */
const BIRD_ROUTES = 'ip route show proto bird';
const ROUTES_OF_ROUTER = "vtysh -c 'show bgp ipv4 unicast'";
const about = (prefix: string) => `vtysh -c 'show bgp ipv4 unicast ${prefix}'`;

const filter = (spec: Resource['spec']): Resource => ({ kind: 'BGPFilter', metadata: { name: 'some' }, spec });
const HOP = birdc('show route all for 10.1.1.0/24');
const is = (node: string) => `kubernetes.io/hostname == '${node}'`;
const between = (spec: Resource['spec']): Resource => ({
  kind: 'BGPPeer',
  metadata: { name: 'between' },
  spec: { nodeSelector: is('k8s-w2'), peerSelector: is('k8s-w1'), filters: ['some'], ...spec },
});
const reject = (cidr: string, more = {}) => ({ action: 'Reject', matchOperator: 'Equal', cidr, ...more });

describe('what nodes and a router tell each other', () => {
  let kans: BgpLab;
  beforeAll(async () => {
    kans = await BgpLab.start();
  }, START_MS);
  afterAll(async () => await kans?.[Symbol.asyncDispose]());
  afterEach(async () => await kans.putBack());

  /** The router as a peer, with what is wanted of the session; done when the router has the node's block. */
  async function peerWithRouter(spec = {}): Promise<void> {
    await kans.given(routerPeer(spec));
    await kans.until('k8s-w1', birdc('show protocols'), [/Global_192_168_10_254 .*Established/]);
  }

  test('a filter keeps routes out and in', async () => {
    const rules = {
      importV4: [reject('10.1.1.0/24')],
      exportV4: [reject('172.16.158.0/24'), { action: 'Accept', matchOperator: 'In', cidr: '192.168.10.0/24' }],
    };
    await kans.given(filter(rules));
    await peerWithRouter({ filters: ['some'] });
    await kans.until('k8s-w1', BIRD_ROUTES, [/^10\.1\.2\.0\/24/m], { absent: /^10\.1\.1\.0\/24/m });
    await kans.until('router', ROUTES_OF_ROUTER, [/172\.16\.184\.0\/24/, /192\.168\.10\.0\/24/], {
      absent: /172\.16\.158\.0\/24/,
    });
  });

  test('a filter looks at lengths, interfaces and where a route is from', async () => {
    const rules = [
      reject('10.1.0.0/16', { matchOperator: 'In', prefixLength: { min: 24, max: 24 } }),
      { action: 'Reject', interface: 'nothing*' },
      { action: 'Reject', matchOperator: 'NotIn', cidr: '0.0.0.0/0', source: 'RemotePeers' },
    ];
    await kans.given(filter({ importV4: rules, exportV4: rules }));
    await peerWithRouter({ filters: ['some'] });
    await kans.until('router', ROUTES_OF_ROUTER, [/172\.16\.158\.0\/24/]);
    // Received 2, rejected 0, filtered 2.
    await kans.until('k8s-w1', birdc('show protocols all Global_192_168_10_254'), [/Import updates:\s+2\s+0\s+2\s/]);
    expect(await kans.type('k8s-w1', BIRD_ROUTES)).not.toMatch(/^10\.1\./m);
  });

  test('marks prefixes with communities, by name and by value', async () => {
    const communities = [{ name: 'large', value: '64512:300:400' }];
    const prefixAdvertisements = [{ cidr: '172.16.0.0/16', communities: ['64512:120', 'large'] }];
    await kans.given(configuration({ communities, prefixAdvertisements }));
    await peerWithRouter();
    await kans.until('router', about('172.16.158.0/24'), [/Community: 64512:120/, /Large Community: 64512:300:400/]);
  });

  test('advertises the addresses of services, and leaves them to kube-proxy in the kernel', async () => {
    await kans.given(
      configuration({
        serviceClusterIPs: [{ cidr: '10.96.0.0/12' }],
        serviceExternalIPs: [{ cidr: '203.0.113.0/24' }],
        serviceLoadBalancerIPs: [{ cidr: '198.51.100.0/24' }],
      }),
    );
    await peerWithRouter();
    await kans.until('router', ROUTES_OF_ROUTER, [/10\.96\.0\.0\/12/, /203\.0\.113\.0\/24/, /198\.51\.100\.0\/24/]);
    const routes = await kans.until('k8s-w1', BIRD_ROUTES, [/^blackhole 172\.16\.158\.0\/24/m, /^10\.1\.1\.0\/24/m]);
    expect(routes).not.toMatch(/10\.96|203\.0\.113|198\.51\.100/);
  });

  test('advertises one service’s address from where its endpoints are', async () => {
    kans.onPutBack(() => kans.type('k8s-m', 'kubectl delete service/local endpointslice/local'));
    await kans.type('k8s-m', SERVICE);
    await kans.given(configuration({ serviceExternalIPs: [{ cidr: '203.0.113.7/32' }] }));
    await peerWithRouter();
    await kans.until('router', about('203.0.113.7/32'), [/192\.168\.10\.102/], { absent: /192\.168\.10\.101/ });
    expect(await kans.type('k8s-w1', birdc('show route protocol static1'))).not.toMatch(/203\.0\.113\.7/);
  });

  test('keeps a pool to itself that is not to be exported', async () => {
    await kans.given(pool({ disableBGPExport: true }));
    await peerWithRouter();
    await kans.until('k8s-w1', BIRD_ROUTES, [/^10\.1\.2\.0\/24/m]);
    await kans.until('router', ROUTES_OF_ROUTER, [/10\.1\.2\.0\/24/], { absent: /172\.16\./ });
  });

  test('passes the next hop on or puts itself in its place', async () => {
    await kans.given(configuration({ nodeToNodeMeshEnabled: false }));
    // Of another AS, so that w2 hands on what the router tells it.
    await kans.mark('k8s-w2', 'annotate', 'projectcalico.org/ASNumber', '64999');
    await kans.given(routerPeer({ node: 'k8s-w2', localASNumber: 64512 }));
    await kans.given(filter({ exportV4: [{ action: 'Accept', matchOperator: 'In', cidr: '10.1.0.0/16' }] }));
    await kans.given(between({ nextHopMode: 'Self' }));
    await kans.until('k8s-w1', HOP, [/next_hop: 192\.168\.10\.102/i]);
    await kans.given(between({ nextHopMode: 'Keep' }));
    await kans.until('k8s-w1', HOP, [/next_hop: 192\.168\.10\.254/i]);
  });

  test('logs as much as it is told', async () => {
    const debug = () => kans.inside('k8s-w1', 'grep -c debug /etc/calico/confd/config/bird.cfg');
    const config = () => kans.inside('k8s-w1', 'cat /etc/calico/confd/config/bird.cfg');
    expect(await debug()).not.toBe('0');
    await kans.given(configuration({ logSeverityScreen: 'Debug' }));
    await expect.poll(config, { timeout: 10_000 }).toContain('debug all;');
    await kans.given(configuration({ logSeverityScreen: 'Error' }));
    await expect.poll(config, { timeout: 10_000 }).toContain('debug off;');
  });
});

/** A service whose only endpoint is on k8s-w2, with traffic kept to the node that has it. */
const SERVICE = `kubectl apply -f - <<'EOF'
apiVersion: v1
kind: Service
metadata: { name: local }
spec: { type: NodePort, externalTrafficPolicy: Local, externalIPs: [203.0.113.7], ports: [{ port: 80 }] }
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: { name: local, labels: { kubernetes.io/service-name: local } }
addressType: IPv4
ports: [{ port: 80 }]
endpoints: [{ addresses: [172.16.184.77], nodeName: k8s-w2, conditions: { ready: true } }]
EOF`;
