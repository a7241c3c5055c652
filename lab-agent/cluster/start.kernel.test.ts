import { afterAll, beforeAll, expect, test } from 'vitest';
import { clusterLab, type TestCluster } from './testing/cluster-lab.ts';

/** What makes a cluster's start quick shows in what did not happen: nobody asked too early, was refused and had to wait. */
let lab: TestCluster;
const nodes = ['k8s-m', 'k8s-w1', 'k8s-w2', 'k8s-w0'];

beforeAll(async () => {
  lab = await clusterLab();
}, 300_000);
afterAll(async () => await lab?.[Symbol.asyncDispose]());

test('nodes begin as not Ready, so that their kubelets say at once when they are', async () => {
  for (const node of nodes) {
    expect(await lab.type(node, 'cat /var/log/kubelet.log')).toContain('as it just became ready');
  }
});

test('etcd began before the API server, and both before the others', async () => {
  const [etcd, api] = [await startOf('etcd'), await startOf('kube-apiserver')];
  const others = [await startOf('kube-controller-manager'), await startOf('kube-scheduler')];
  expect([etcd, api, ...others].every((time) => /^20\d\d-/.test(time))).toBe(true);
  expect(etcd < api).toBe(true);
  expect(others.every((time) => api < time)).toBe(true);
  expect(await lab.type('k8s-m', 'ls -A /etc/kubernetes /etc/kubernetes/manifests')).not.toContain('.later');
});

test('the controller manager saw no node that was not Ready', async () => {
  // What the API remembers of the template's own making is older.
  const began = (await startOf('etcd')).slice(0, 19);
  const events = await lab.type(
    'k8s-m',
    'kubectl get events -A --field-selector reason=NodeNotReady -o jsonpath=\'{range .items[*]}{.lastTimestamp}{"\\n"}{end}\'',
  );
  expect(events.trim()).not.toBe('');
  expect(events.split('\n').filter((time) => time > began)).toEqual([]);
});

test("no container was started twice, and no pod's volume had to be mounted again", async () => {
  const counts = await lab.type(
    'k8s-m',
    "kubectl get pods -A -o jsonpath='{.items[*].status.containerStatuses[*].restartCount}'",
  );
  expect([...new Set(counts.trim().split(' '))]).toEqual(['0']);
  for (const node of nodes) {
    expect(await lab.type(node, 'cat /var/log/kubelet.log')).not.toContain('No retries permitted');
  }
});

test("a node has one shim for the cluster's own pods, and one for each other", async () => {
  const shims = async (node: string) => (await lab.type(node, 'pgrep -c containerd-shim')).trim();
  expect(await Promise.all(['k8s-m', 'k8s-w0'].map(shims))).toEqual(['1', '1']);
  await lab.type('k8s-m', `kubectl run mine --image=nginx --overrides='{"spec":{"nodeName":"k8s-w0"}}'`);
  await lab.type('k8s-m', 'kubectl wait --for=condition=Ready pod/mine --timeout=60s');
  expect(await shims('k8s-w0')).toBe('2');
  await lab.type('k8s-m', 'kubectl delete pod mine --now');
  await lab.eventually(async () => expect(await shims('k8s-w0')).toBe('1'));
});

test('containers are started by crun, and go before the programs of the node', async () => {
  expect(await lab.type('k8s-w1', 'crictl info | grep -i binaryname')).toContain('/usr/bin/crun');
  const weight = 'cat /sys/fs/cgroup/cpu/k8s.io/cpu.shares 2>/dev/null || cat /sys/fs/cgroup/k8s.io/cpu.weight';
  expect(['4096', '400']).toContain((await lab.type('k8s-w1', weight)).trim());
});

test('once all is ready, the timers of the cluster’s own programs may be late, and nobody else’s', async () => {
  const own = '^(kubelet|etcd|kube-apiserver|kube-sched|kube-contr|kube-proxy|coredns|calico-felix|confd)';
  const slacks = (programs: string) =>
    `for p in $(pgrep '${programs}'); do for t in /proc/$p/task/*; do cat /proc/\${t##*/}/timerslack_ns; done; done | sort | uniq -c`;
  for (const node of ['k8s-m', 'k8s-w1']) expect(await lab.type(node, slacks(own))).toMatch(/^ *\d\d+ 50000000\n$/);
  // Felix starts again whenever its configuration changes.
  await lab.type('k8s-w1', 'old=$(pgrep -x calico-felix); kill $old; while [ -e /proc/$old ]; do sleep 0.1; done');
  await lab.eventually(async () =>
    expect(await lab.type('k8s-w1', slacks('calico-felix'))).toMatch(/^ *\d+ 50000000\n$/),
  );

  const programs = 'containerd|containerd-shim|bird';
  const others = `for p in $(pgrep -x '${programs}'); do cat /proc/$p/timerslack_ns; done | sort -u; cat /proc/self/timerslack_ns`;
  expect(await lab.type('k8s-w1', others)).toBe('50000\n'.repeat(2));
});

/** When a container of k8s-m was started. */
async function startOf(name: string): Promise<string> {
  const inspect = `crictl inspect $(crictl ps --name '^${name}$' -q)`;
  const line = await lab.type('k8s-m', `${inspect} | sed -n 's/.*"startedAt": "\\(.*\\)".*/\\1/p' | head -1`);
  return line.trim();
}
