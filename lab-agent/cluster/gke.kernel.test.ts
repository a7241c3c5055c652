import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterLab, type TestCluster } from './testing/cluster-lab.ts';

/** The managed cluster: what its nodes, its pods and Google's network look like from the nodes that learners have. */
const START_MS = 300_000;
const NODES = ['gke-node-1', 'gke-node-2'];
let gke: TestCluster;
/** Pods' addresses, in the order of the nodes. */
let pods: string[];

const type = (script: string) => gke.type('gke-node-1', script);
const inPod1 = (command: string) => type(`kubectl exec pod1 -- ${command}`);

beforeAll(async () => {
  gke = await clusterLab('gke');
  for (const [i, nodeName] of NODES.entries()) {
    const spec = JSON.stringify({ spec: { nodeName, terminationGracePeriodSeconds: 0 } });
    await type(`kubectl run pod${i + 1} --image=nicolaka/netshoot --overrides='${spec}' -- tail -f /dev/null`);
  }
  await type('kubectl wait --for=condition=Ready pod/pod1 pod/pod2 --timeout=60s');
  pods = (await type("kubectl get pods pod1 pod2 -o jsonpath='{.items[*].status.podIP}'")).trim().split(' ');
}, START_MS);
afterAll(async () => await gke?.[Symbol.asyncDispose](), START_MS);

describe('gke', { timeout: 60_000 }, () => {
  test('its control plane is no node and has no pods; learners have no shell on it or on the VPC', async () => {
    expect((await type('kubectl get nodes -o name')).trim().split('\n')).toEqual(NODES.map((name) => `node/${name}`));
    const system = await type('kubectl -n kube-system get pods -o name');
    expect(system).not.toMatch(/apiserver|etcd|scheduler|controller-manager/);
    const shells = gke.lab.nodes.filter(({ shell }) => shell).map(({ name }) => name);
    expect(shells).toEqual(NODES);
  });

  test('a node is alone in its network, has no tunnel, and a route for each pod of its own', async () => {
    const routes = (await type('ip route')).trim().split('\n');
    expect(routes.slice(0, 2).map((line) => line.trim())).toEqual([
      'default via 10.0.0.1 dev eth0',
      '10.0.0.1 dev eth0 scope link',
    ]);
    expect(routes.slice(2).every((line) => /^10\.32\.0\.\d+ dev veth\w+ scope host/.test(line))).toBe(true);
    expect(await type('ip -br link')).not.toContain('tunl0');
    expect(await type('ip -br -4 addr show type veth')).toMatch(/^veth\S+ +UP +10\.32\.0\.1\/32/m);
  });

  test('the VPC is no hop between pods', async () => {
    const [, other] = pods;
    const trace = await inPod1(`traceroute -n -w 2 ${other}`);
    const hops = [...trace.matchAll(/^ *\d+ {2}([\d.]+)/gm)].map((line) => line[1]);
    expect(hops).toEqual(['10.32.0.1', '10.0.0.38', other]);
    expect(await inPod1(`ping -c 1 -M do -s 1432 ${other}`)).toMatch(/ttl=62/);
    expect(await inPod1(`sh -c 'ping -c 1 -M do -s 1433 ${other} 2>&1 || true'`)).toMatch(/Message too long/);
  });

  test("pods keep their address inside, and leave as their node, by the node's own chain", async () => {
    const listen = 'timeout 20 tcpdump -nn -l -i eth0 -c 2 icmp and src host';
    const seen = (address: string, from: string) =>
      type(
        `${listen} ${from} 2>/dev/null & while kill -0 $! 2>/dev/null; do kubectl exec pod1 -- ping -c 1 -W 1 ${address} >/dev/null; done`,
      );
    expect(await seen('8.8.8.8', '10.0.0.37')).toMatch(/IP 10\.0\.0\.37 > 8\.8\.8\.8: ICMP echo request/);
    expect(await seen(pods[1] as string, pods[0] as string)).toMatch(
      /IP 10\.32\.0\.\d+ > 10\.32\.1\.\d+: ICMP echo request/,
    );
    const chain = await type('iptables -t nat -S IP-MASQ');
    expect(chain.trim().split('\n').at(-1)).toMatch(/must be last in chain.*-j MASQUERADE$/);
  });

  test('names, services and the API are reached from a pod', async () => {
    await gke.eventually(async () => expect(await inPod1('dig +short google.com')).toMatch(/^142\.250\.72\.14$/m));
    expect(await inPod1('dig +short kubernetes.default.svc.cluster.local')).toMatch(/^10\.36\.0\.1$/m);
    expect(await inPod1('curl -sk -m 5 https://kubernetes.default/readyz')).toBe('ok');
    expect(await inPod1('curl -s -m 5 -o /dev/null -w %{http_code} http://example.com/')).toBe('200');
  });
});
