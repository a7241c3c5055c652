import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { clusterLab, type TestCluster } from '../cluster/testing/cluster-lab.ts';
import { toWire, wireCheck } from '../contract/checks/index.ts';
import { parse } from '../contract/parse.ts';
import type { CheckResult } from '../contract/verdict.ts';
import { item, says } from './testing/verdict-lines.ts';
import { watchChecks } from './watch.ts';

let kans: TestCluster;

const pod = (name: string, node: string, image: string, labels = '') => `---
apiVersion: v1
kind: Pod
metadata: { name: ${name}, labels: { app: ${labels || name} } }
spec:
  nodeName: ${node}
  terminationGracePeriodSeconds: 0
  containers:
  - { name: main, image: ${image}, imagePullPolicy: IfNotPresent${image.includes('netshoot') ? ', command: [sleep, infinity]' : ''} }
`;
const PODS = [
  pod('pod1', 'k8s-w1', 'nicolaka/netshoot', 'shell'),
  pod('pod2', 'k8s-w2', 'nginx'),
  pod('web-1', 'k8s-w1', 'traefik/whoami', 'web'),
  pod('web-2', 'k8s-w2', 'traefik/whoami', 'web'),
  pod('web-3', 'k8s-w0', 'traefik/whoami', 'web'),
].join('');
const SERVICE = `---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  type: NodePort
  selector: { app: web }
  ports: [{ port: 8080, targetPort: 80, nodePort: 30080 }]
`;
const POLICY = `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: only-web }
spec:
  podSelector: { matchLabels: { app: pod2 } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }] }]
`;
const apply = (manifest: string) => kans.type('k8s-m', `kubectl apply -f - <<'EOF'\n${manifest}EOF\n`);

beforeAll(async () => {
  kans = await clusterLab('kans');
  await apply(PODS + SERVICE);
  await kans.type('k8s-m', 'kubectl wait --for=condition=Ready pod --all --timeout=90s', 100_000);
}, 400_000);
afterAll(() => kans?.[Symbol.asyncDispose]());

/** Every item comes to a verdict; those that do not are shown with what they say. */
async function expectAll(verdict: 'met' | 'not-met', ...items: Record<string, unknown>[]): Promise<void> {
  const wrong = (await says(kans.lab, ...items)).split(/\n(?=\S)/).filter((said) => !said.startsWith(`${verdict}:`));
  expect(wrong).toEqual([]);
}

/** All are met, at once or as soon as a busy machine has come so far. */
const allMet = (...items: Record<string, unknown>[]) => kans.eventually(() => expectAll('met', ...items), 30_000);
const allNotMet = (...items: Record<string, unknown>[]) => expectAll('not-met', ...items);

test('pods are places, and names are addresses', { timeout: 60_000 }, async () => {
  const pod1 = { pod: 'pod1' };
  await allMet(
    { link: { ...pod1, dev: 'eth0', is: 'up', kind: 'veth', mtu: 1480, peer: { dev: 'calice0906292e2' } } },
    { link: { node: 'k8s-w1', dev: 'calice0906292e2', peer: { pod: 'pod1', dev: 'eth0' } } },
    { route: { ...pod1, to: 'default', via: '169.254.1.1', dev: 'eth0' } },
    { route: { node: 'k8s-w1', to: 'pod/pod1', dev: 'calice0906292e2' } },
    { route: { node: 'k8s-w1', to: '172.16.34.0/24', via: 'node/k8s-w0', dev: 'tunl0', onlink: true, proto: 'bird' } },
    { sysctl: { ...pod1, key: 'net.ipv4.ip_forward', is: 0 } },
    { process: { pod: 'pod2', name: 'nginx' } },
    { process: { node: 'k8s-w1', name: 'bird' } },
    { process: { node: 'k8s-w1', name: 'calico-node -felix' } },
    { ping: { ...pod1, to: 'pod/pod2', ttl: 62 } },
    { ping: { node: 'router', to: 'node/k8s-w0' } },
    { tcp: { ...pod1, to: 'service/kubernetes', port: 443 } },
    { http: { ...pod1, url: 'http://pod/pod2:80/', matches: 'Welcome to nginx!' } },
    { http: { ...pod1, url: 'http://service/web:8080/', matches: '^Hostname: web-[123]$' } },
    {
      dns: {
        ...pod1,
        name: 'web.default.svc.cluster.local',
        server: 'service/kube-system/kube-dns',
        answer: 'service/web',
      },
    },
    {
      capture: {
        node: 'k8s-w2',
        dev: 'enp0s8',
        filter: 'proto 4',
        from: 'pod/pod1',
        to: 'pod/pod2',
        proto: 'icmp',
        traffic: { ping: { ...pod1, to: 'pod/pod2' } },
      },
    },
  );
  await allMet({ neighbour: { ...pod1, to: '169.254.1.1', lladdr: 'ee:ee:ee:ee:ee:ee' } });
  await allNotMet(
    { ping: { pod: 'pod9', to: 'pod/pod2' } },
    { process: { ...pod1, name: 'nginx' } },
    { ping: { node: 'k8s-m', to: 'service/nothing' } },
  );
});

test('objects, pools, sessions, rules and sets', { timeout: 60_000 }, async () => {
  await allMet(
    { object: { resource: 'pods', name: 'pod1', condition: 'Ready', where: { 'status.podIP': '^172\\.16\\.158\\.' } } },
    { object: { resource: 'nodes', count: 4, condition: 'Ready' } },
    { object: { resource: 'pods', labels: 'app=web', count: 3, condition: 'Ready' } },
    { object: { path: '/apis/crd.projectcalico.org/v1/ippools', where: { 'spec.ipipMode': 'Always' } } },
    { ippool: { cidr: '172.16.0.0/16', ipipMode: 'Always', vxlanMode: 'Never', natOutgoing: true, blockSize: 24 } },
    { bgp: { node: 'k8s-w1', peer: 'node/k8s-w2' } },
    { bgp: { node: 'k8s-w1', peer: 'node/k8s-w0', route: '172.16.34.0/24' } },
    { ipset: { node: 'k8s-w1', name: 'cali40masq-ipam-pools', type: 'hash:net', entry: '172.16.0.0/16' } },
    { ipset: { node: 'k8s-w1', name: 'cali40all-hosts-net', entry: 'node/k8s-w0' } },
    { chain: { node: 'k8s-w1', chain: 'cali-FORWARD', start: 'FORWARD', matches: 'cali\\+ ' } },
    {
      chain: {
        node: 'k8s-w1',
        table: 'nat',
        chain: 'KUBE-SEP-*',
        start: 'KUBE-SERVICES',
        comment: '^default/web$',
        matches: '-j DNAT',
        count: 3,
      },
    },
  );
  await allNotMet(
    { object: { resource: 'pods', name: 'pod1', condition: 'Ready=False' } },
    { ippool: { ipipMode: 'CrossSubnet' } },
    { bgp: { node: 'k8s-w1', peer: '192.168.10.9' } },
    { bgp: { node: 'router', peer: 'node/k8s-w1' } },
    { ipset: { node: 'k8s-w1', name: 'cali40masq-ipam-pools', entry: '10.0.0.0/8' } },
    { chain: { node: 'k8s-w1', table: 'nat', chain: 'KUBE-SEP-*', comment: '^default/none$' } },
  );
});

test('a router with FRR has sessions once the cluster peers with it', { timeout: 60_000 }, async () => {
  const peer = `apiVersion: crd.projectcalico.org/v1
kind: BGPPeer
metadata: { name: router }
spec: { peerIP: 192.168.10.254, asNumber: 64512, nodeSelector: 'kubernetes.io/hostname != "k8s-w0"' }
`;
  await apply(peer);
  await allMet(
    { bgp: { node: 'router', peer: 'node/k8s-w1', route: '172.16.158.0/24' } },
    { bgp: { node: 'k8s-w1', peer: '192.168.10.254', route: '10.1.1.0/24' } },
    { route: { node: 'k8s-w1', to: '10.1.1.0/24', proto: 'bird' } },
  );
  await kans.type('k8s-m', 'kubectl delete bgppeers.crd.projectcalico.org router');
});

test('a service by its address and at a NodePort', { timeout: 60_000 }, async () => {
  await allMet(
    { service: { name: 'web', from: 'pod/pod1', endpoints: 3, sourceSeen: 'pod/pod1' } },
    { service: { name: 'web', from: 'node/k8s-w2' } },
    { service: { name: 'web', from: 'node/router', nodePort: 'k8s-w1' } },
  );
  await allNotMet(
    { service: { name: 'web', from: 'node/router', nodePort: 'k8s-w1', sourceSeen: '192.168.10.254' } },
    { service: { name: 'web', from: 'pod/pod1', endpoints: 2 } },
  );
});

test('a step turns green by itself: pods that appear, a policy that comes and goes', { timeout: 300_000 }, async () => {
  const told: CheckResult[] = [];
  const check = (id: string, written: Record<string, unknown>) =>
    parse(wireCheck, { id, items: [toWire(item(written))] }, 'the test');
  const denied = { from: 'pod/pod1', to: 'pod/pod2', is: 'denied', baseline: { from: 'pod/web-2' } };
  using _watch = watchChecks(
    kans.lab,
    [
      check('ready', { object: { resource: 'pods', name: 'late', condition: 'Ready' } }),
      check('route', { route: { pod: 'late', to: 'default', via: '169.254.1.1' } }),
      check('own-route', { route: { pod: 'late', to: '10.99.0.0/16' } }),
      check('ping', { ping: { node: 'k8s-m', to: 'pod/late' } }),
      check('denied', { traffic: denied }),
      check('pool', { ippool: { ipipMode: 'CrossSubnet' } }),
    ],
    { onResults: (results) => told.push(...results) },
  );
  const becomes = (id: string, verdict: string) =>
    vi.waitFor(() => expect(told.findLast((r) => r.id === id)).toMatchObject({ verdict }), { timeout: 60_000 });
  for (const id of ['ready', 'route', 'own-route', 'ping', 'denied', 'pool']) await becomes(id, 'not-met');
  await apply(pod('late', 'k8s-w2', 'nicolaka/netshoot'));
  for (const id of ['ready', 'route', 'ping']) await becomes(id, 'met');
  const late = await kans.cluster.placeOf('default/late');
  if (!late.ok) throw new Error(late.why);
  await kans.type('k8s-w2', `ip -n ${late.place.netns} route add blackhole 10.99.0.0/16`);
  await becomes('own-route', 'met');
  await apply(POLICY);
  await becomes('denied', 'met');
  await kans.type('k8s-m', 'kubectl delete networkpolicy only-web');
  await becomes('denied', 'not-met');
  const patch = (mode: string) =>
    kans.type(
      'k8s-m',
      `kubectl patch ippools.crd.projectcalico.org default-ipv4-ippool --type merge -p '{"spec":{"ipipMode":"${mode}"}}'`,
    );
  await patch('CrossSubnet');
  await becomes('pool', 'met');
  await patch('Always');
  await kans.type('k8s-m', 'kubectl delete pod late --now');
  for (const id of ['ready', 'route', 'ping']) await becomes(id, 'not-met');
});
