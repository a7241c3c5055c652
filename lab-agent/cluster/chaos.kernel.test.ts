import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { WatchEvent } from '../contract/agent-api.ts';
import { readRecord } from '../providers/namespaces/record.ts';
import { testAgent } from '../server/testing/test-agent.ts';
import { followReadiness } from './readiness.ts';
import { clusterLab, readTopology, type TestCluster } from './testing/cluster-lab.ts';

/** What holds a cluster together is killed, at random times: it heals by itself, and what ran goes on. */
type Victim = { node: string; what: string; find: string };
const VICTIMS: readonly Victim[] = [
  { node: 'k8s-w1', what: 'kubelet', find: 'pgrep -x kubelet' },
  { node: 'k8s-w2', what: 'containerd', find: 'pgrep -x containerd' },
  { node: 'k8s-w1', what: 'Felix', find: "pgrep -f '^calico-node -felix'" },
  { node: 'k8s-w0', what: 'BIRD', find: 'pgrep -x bird' },
  { node: 'k8s-m', what: 'etcd', find: 'pgrep -x etcd' },
  { node: 'k8s-m', what: 'kube-apiserver', find: 'pgrep -x kube-apiserver' },
];
const START_MS = 300_000;
const HEAL_MS = 120_000;
const RANDOM_PAUSE_MS = 3000;
const NODES = ['k8s-w1', 'k8s-w2', 'k8s-w0'];

describe('a killed process', () => {
  let kans: TestCluster;
  /** Pods that ran before anything was killed: their containers must be the same ones at the end. */
  let before: string;

  beforeAll(async () => {
    kans = await clusterLab('kans');
    for (const node of NODES) await run(node, `stays-${node}`);
    before = await containers();
  }, START_MS);
  afterAll(async () => await kans?.[Symbol.asyncDispose](), START_MS);

  async function run(node: string, name: string): Promise<void> {
    const spec = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 0 } });
    await kans.type('k8s-m', `kubectl run ${name} --image=nginx --overrides='${spec}'`);
    await kans.type('k8s-m', `kubectl wait --for=condition=Ready pod/${name} --timeout=60s`);
  }

  const containers = () =>
    kans.type(
      'k8s-m',
      `kubectl get pods -o jsonpath='{range .items[*]}{.metadata.name} {.status.containerStatuses[*].containerID}{"\\n"}{end}' | grep ^stays`,
    );

  /** Kills it where it runs. @returns when, once another process has taken its place */
  async function kill({ node, what, find }: Victim): Promise<number> {
    const killed = (await kans.type(node, `pid=$(${find}); kill -9 $pid; echo $pid`)).trim();
    const since = Date.now();
    expect(killed).toMatch(/^\d+$/);
    await kans.eventually(async () => {
      const now = await kans.type(node, `${find} || true`);
      if (!/^\d+$/.test(now.trim()) || now.trim() === killed) throw new Error(`${what} on ${node} is not back: ${now}`);
    }, HEAL_MS);
    return since;
  }

  /** Every step is reached again, a new pod runs on each node and is reached from all others, and old pods go on. */
  async function heals(since: number): Promise<void> {
    const signal = AbortSignal.timeout(HEAL_MS);
    let last = '';
    const onStep = ({ observed }: { observed: string }) => {
      last = observed;
    };
    await followReadiness(kans.lab, { steps: ['api', 'nodes', 'bgp'], since, signal, onStep });
    // Pods that were ready all along did not begin since: here it counts that they are.
    await followReadiness(kans.lab, { steps: ['pods'], since: 0, signal, onStep });
    expect(signal.aborted ? `not healed: ${last}` : 'healed').toBe('healed');
    const name = `new-${since}`;
    await Promise.all(NODES.map((node) => run(node, `${name}-${node}`)));
    await kans.eventually(async () => {
      const ask = `for from in ${NODES.join(' ')}; do for to in ${NODES.join(' ')}; do
        kubectl exec stays-$from -- curl -s -m 2 $(kubectl get pod ${name}-$to -o jsonpath='{.status.podIP}') | grep -o '<h1>Welcome'
      done; done`;
      expect((await kans.type('k8s-m', ask)).match(/^<h1>Welcome$/gm)).toHaveLength(NODES.length ** 2);
    });
    await kans.type('k8s-m', `kubectl delete pod ${NODES.map((node) => `${name}-${node}`).join(' ')}`);
    expect(await containers()).toBe(before);
  }

  test.each(VICTIMS.map((victim) => [victim.what, victim.node, victim] as const))(
    '%s on %s comes back and everything is as it was',
    async (_, __, victim) => {
      await sleep(Math.random() * RANDOM_PAUSE_MS);
      await heals(await kill(victim));
    },
    HEAL_MS * 2,
  );

  test(
    'all of them, within seconds of each other',
    async () => {
      const kills = VICTIMS.map(async (victim) => {
        await sleep(Math.random() * RANDOM_PAUSE_MS);
        return kill(victim);
      });
      await heals(Math.max(...(await Promise.all(kills))));
    },
    HEAL_MS * 2,
  );
});

test('a machine that ends takes its lab along, and the learner is told', { timeout: START_MS }, async () => {
  await using agent = await testAgent({ pool: 0 });
  const topology = readTopology('kans');
  const request = { owner: 'chaos', name: 'chaos/kans', topology };
  const prepared = async () => (await agent.call('POST', '/v1/clusters', { name: request.name, topology })).body.state;
  await expect.poll(prepared, { timeout: START_MS / 2, interval: 300 }).toBe('ready');
  const { body: lab } = await agent.call('POST', '/v1/labs', request);
  const events: WatchEvent[] = [];
  const socket = agent.socket(`/v1/labs/${lab.id}/watch`);
  socket.on('message', (data: Buffer) => events.push(JSON.parse(data.toString())));
  await expect.poll(() => events.map(({ type }) => type)).toContain('lab');

  process.kill(firstOf(join(agent.runDir, 'labs', lab.id), 'k8s-w1'), 'SIGKILL');
  await expect.poll(() => events.at(-1), { timeout: 30_000 }).toEqual({ type: 'gone', reason: 'crashed' });
  await expect.poll(async () => (await agent.call('GET', `/v1/labs/${lab.id}`)).status).toBe(404);
  expect(readdirSync(join(agent.runDir, 'labs'))).toEqual([]);
  socket.close();
});

/** The first process of a node, by its number on this machine: numbers of one process stand outermost first. */
function firstOf(folder: string, node: string): number {
  const record = readRecord(folder);
  const inLab = record.nodes.find(({ name }) => name === node)?.pid;
  const found = readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const numbers = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]?.split(/\s+/) ?? [];
      const here = readFileSync(`/proc/${pid}/cgroup`, 'utf8').includes(record.group);
      return here && numbers.at(-1) === '1' && numbers.at(-2) === String(inLab);
    } catch {
      return false; // it ended while we looked
    }
  });
  expect(found).toHaveLength(1);
  return Number(found[0]);
}
