import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { remoteAgent } from '../server/testing/remote-agent.ts';
import { Seat } from './testing/seat.ts';

/**
 * On Debian's own kernel, in an emulated machine: cgroup v2 with a delegated subtree, and the kernel's own ipip. Commands of
 * the sources are typed into real terminals there. Nothing here starts the machine: `npm run test:vm` does.
 */
const CLUSTER_MS = 45 * 60_000;
const agent = remoteAgent();

test('the machine has cgroup v2, and the kernel modules that labs rest on, ipip among them', async () => {
  const { features } = (await agent.call('GET', '/v1/hello')).body;
  expect(features).toMatchObject({ 'cgroup-v2': true, ipip: true, br_netfilter: true, overlay: true, tunl0: true });
});

describe('a plain lab', () => {
  let seat: Seat;
  beforeAll(async () => {
    seat = await Seat.enter(agent, 'one-machine');
  });
  afterAll(async () => await seat?.[Symbol.asyncDispose]());

  test("runs on Debian's kernel, and has no tunl0", async () => {
    expect(await seat.type('k8s-m', 'uname -r')).toMatch(/cloud-amd64/);
    expect(await seat.type('k8s-m', 'ip -br link; echo looked')).toMatch(/^(?![\s\S]*tunl0)[\s\S]*^looked/m);
  });

  test.each(['ns-01', 'ns-02', 'ns-10', 'ns-11'])('%s of the sources', (id) => seat.prove(id));
});

describe('kans, from a template that was made on another kernel', () => {
  let seat: Seat;
  beforeAll(async () => {
    seat = await Seat.enter(agent, 'kans');
  });
  afterAll(async () => await seat?.[Symbol.asyncDispose]());

  test("tunl0 is the kernel's own, and no forwarder runs", async () => {
    expect(await seat.type('k8s-w1', 'ip -d link show tunl0')).toMatch(/mtu 1480[\s\S]*link\/ipip[\s\S]*ipip /);
    expect(await seat.type('k8s-w1', 'ls /etc/service; echo looked')).toMatch(/^(?!.*tunl0)containerd.*[\s\S]*looked/m);
  });

  test('becomes ready', { timeout: CLUSTER_MS + 60_000 }, async () => {
    const started = Date.now();
    const say = (steps: string) => console.log(`${Math.round((Date.now() - started) / 1000)} s  ${steps}`);
    await seat.untilReady({ limitMs: CLUSTER_MS, say });
  });

  test('its nodes have a delegated subtree of cgroup v2, at which their cgroup namespace begins', async () => {
    const look =
      'stat -fc %T /sys/fs/cgroup; cat /sys/fs/cgroup/cgroup.procs | wc -l; cat /sys/fs/cgroup/cgroup.subtree_control';
    expect(await seat.type('k8s-w1', look)).toMatch(/^cgroup2fs\n0\n(?=.*cpu)(?=.*memory)(?=.*pids)/m);
    expect(await seat.type('k8s-w1', 'cat /sys/fs/cgroup/k8s.io/cpu.weight')).toMatch(/^400$/m);
    // PID 1 is seen from outside of its cgroup namespace here: its group is below the one that it takes for the root.
    expect(await seat.type('k8s-w1', 'cat /proc/1/cgroup /proc/$(pgrep -xo containerd)/cgroup')).toMatch(
      /^0::\S+\/k8s-w1\/init\n0::\S+\/k8s-w1\/init$/m,
    );
  });

  test.each(['ipip-01', 'ipip-02', 'ipip-03', 'ipip-04', 'ipip-05', 'ipip-06', 'sys-03'])('%s of the sources', (id) =>
    seat.prove(id));

  test('a pod has a group of its own in its node, with the limits that it asks for', async () => {
    const spec = {
      nodeName: 'k8s-w1',
      containers: [{ name: 'limited', image: 'nginx', resources: { limits: { memory: '64Mi' } } }],
    };
    await seat.type('k8s-m', `kubectl run limited --image=nginx --overrides='${JSON.stringify({ spec })}'`);
    await seat.type('k8s-m', 'kubectl wait --for=condition=Ready pod/limited --timeout=220s');
    const container = '$(crictl ps -q --name limited)';
    expect(await seat.type('k8s-w1', `cat /sys/fs/cgroup/k8s.io/${container}/memory.max`)).toMatch(/^67108864$/m);
  });

  test(
    'pods on one node',
    async () => {
      await seat.give('node1-pod2');
      for (const id of ['same-01', 'same-02', 'same-04', 'same-06', 'same-08']) await seat.prove(id);
    },
    20 * 60_000,
  );

  test(
    'a service with three pods behind it',
    async () => {
      await seat.give('nginx-test');
      for (const id of ['svc-01', 'svc-02', 'svc-03']) await seat.prove(id);
    },
    20 * 60_000,
  );

  test('a plain lab beside it still has no tunl0', async () => {
    await using plain = await Seat.enter(agent, 'one-machine');
    expect(await plain.type('k8s-m', 'ip -br link; echo looked')).toMatch(/^(?![\s\S]*tunl0)[\s\S]*^looked/m);
  });
});
