import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LabDescription } from '../contract/lab.ts';
import { type TestAgent, testAgent } from '../server/testing/test-agent.ts';
import { sitDown } from '../server/testing/typist.ts';
import { readTopology } from './testing/cluster-lab.ts';

const topology = readTopology('kans');
const request = { owner: 'one', name: 'kans', topology };

const LONGER_THAN_KUBELETS_TRUST_MS = 35_000;

describe('a cluster at the agent', { timeout: 300_000 }, () => {
  let agent: TestAgent;
  let lab: LabDescription;
  beforeAll(async () => {
    agent = await testAgent({ pool: 1 });
  });
  afterAll(async () => await agent[Symbol.asyncDispose](), 60_000);

  const lookAt = async (id: string): Promise<LabDescription> => (await agent.call('GET', `/v1/labs/${id}`)).body;
  const until = async (holds: () => Promise<boolean> | boolean) => {
    while (!(await holds())) await sleep(200);
  };
  const isWhole = async (id: string) => (await lookAt(id)).cluster?.every(({ reached }) => reached) ?? false;

  test('says how far its preparation is, and refuses labs until then', async () => {
    const first = await agent.call('POST', '/v1/clusters', { name: 'kans', topology });
    expect(['template', 'ready']).toContain(first.body.state);
    await until(
      async () => (await agent.call('POST', '/v1/clusters', { name: 'kans', topology })).body.state === 'ready',
    );
  });

  test('is up with its machines at once, and tells each step that its cluster reaches', async () => {
    const made = await agent.call('POST', '/v1/labs', request);
    expect(made.status).toBe(200);
    lab = made.body;
    expect(lab.cluster?.map(({ id }) => id)).toEqual(['api', 'nodes', 'bgp', 'pods']);
    await until(() => isWhole(lab.id));
    const after = (await lookAt(lab.id)).cluster?.map(({ afterMs }) => afterMs ?? 0) ?? [];
    expect([...after].sort((a, b) => a - b)).toEqual(after);
  });

  test('is settled when it is ready: whose timers may be late, and whose not', async () => {
    using typist = await sitDown(agent, lab.id, 'k8s-m');
    const slack = 'cat /proc/$(pidof kube-apiserver)/timerslack_ns /proc/self/timerslack_ns';
    expect((await typist.type(slack)).trim().split(/\s+/)).toEqual(['50000000', '50000']);
  });

  test('shows pods, sessions and tunnels on the picture, and opens shells in a pod', async () => {
    using typist = await sitDown(agent, lab.id, 'k8s-m');
    await typist.type('kubectl run pod1 --image=nicolaka/netshoot --command -- sleep inf');
    await typist.type('kubectl wait --for=condition=Ready pod/pod1 --timeout=60s');
    const { body: state } = await agent.call('GET', `/v1/labs/${lab.id}/state`);
    const pod = state.pods.find(({ name }: { name: string }) => name === 'default/pod1');
    expect(pod).toMatchObject({ ready: true, phase: 'Running', hostNetwork: false });
    expect(state.sessions.filter(({ state: s }: { state: string }) => s === 'Established')).toHaveLength(12);
    const machine = state.nodes.find(({ name }: { name: string }) => name === pod.node);
    const inside = machine.namespaces.find((one: { pod?: string }) => one.pod === 'default/pod1');
    expect(inside.interfaces.map(({ name }: { name: string }) => name)).toContain('eth0');

    for (const by of ['exec', 'namespace']) {
      const opened = await agent.call('POST', `/v1/labs/${lab.id}/terminals`, {
        node: pod.node,
        name: `pod1 ${by}`,
        pod: { name: 'pod1', by },
      });
      expect(opened.body).toMatchObject({ pod: { name: 'default/pod1', by } });
    }
    const none = await agent.call('POST', `/v1/labs/${lab.id}/terminals`, {
      node: pod.node,
      name: 'none',
      pod: { name: 'nobody', by: 'exec' },
    });
    expect(none.body.error).toMatchObject({ code: 'not-found', message: 'there is no pod default/nobody' });
  });

  test('is frozen and thawed with no pod restarted, and its nodes have been Ready all the time', async () => {
    const restarts = "kubectl get pods -A -o jsonpath='{..restartCount}'";
    const ready = '{.type}{" "}{.status}{" since "}{.lastTransitionTime}{"\\n"}';
    const nodes = `kubectl get nodes -o jsonpath='{range .items[*].status.conditions[?(@.type=="Ready")]}${ready}{end}'`;
    const letGo = "kubectl get nodes -o jsonpath='{..hoplab/thawed-at}'";
    using typist = await sitDown(agent, lab.id, 'k8s-m');
    const before = { restarts: await typist.type(restarts), nodes: await typist.type(nodes) };
    expect(before.nodes.match(/^Ready True since /gm)).toHaveLength(4);
    await agent.keeper.get(lab.id).freeze();
    expect((await lookAt(lab.id)).phase).toBe('frozen');
    // Kubelets that have not seen their runtime for 30 s call themselves not ready.
    await sleep(LONGER_THAN_KUBELETS_TRUST_MS);
    const thawedAt = Date.now();
    await agent.keeper.get(lab.id).thaw();
    const touched = (times: string) =>
      times
        .trim()
        .split(' ')
        .filter((time) => Date.parse(time) > thawedAt).length === 4;
    await until(async () => touched(await typist.type(letGo)));
    expect(await typist.type(restarts)).toBe(before.restarts);
    // Kubelets and the controller manager were held back: a pod that becomes ready needs both.
    await typist.type('kubectl create deployment web --image=nginx');
    expect(await typist.type('kubectl rollout status deployment web --timeout=90s')).toContain(
      'successfully rolled out',
    );
    expect(await typist.type(nodes)).toBe(before.nodes);
  });

  test('is fresh after a reset', async () => {
    const reset = await agent.call('POST', `/v1/labs/${lab.id}/reset`);
    expect(reset.body.id).toBe(lab.id);
    await until(() => isWhole(lab.id));
    using typist = await sitDown(agent, lab.id, 'k8s-m');
    expect(await typist.type('kubectl get pods')).toContain('No resources found in default namespace.');
  });

  test('is taken from the pool, wholly ready, by who asks next', async () => {
    await agent.call('DELETE', `/v1/labs/${lab.id}`);
    await until(() => agent.keeper.room.pooled === 1);
    expect((await agent.call('GET', '/v1/labs')).body.labs).toEqual([]);
    const { body } = await agent.call('POST', '/v1/labs', { ...request, owner: 'two' });
    expect(body).toMatchObject({ owner: 'two', phase: 'ready' });
    expect(body.cluster.every(({ reached }: { reached: boolean }) => reached)).toBe(true);
    using typist = await sitDown(agent, body.id, 'k8s-m');
    expect(await typist.type('kubectl wait --for=condition=Ready node --all --timeout=60s')).toContain('k8s-w0');
  });
});
