import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CheckToSend } from '../app/_lab/agents/client.ts';
import { AgentClient } from '../app/_lab/agents/client.ts';
import { AgentWatch } from '../app/_lab/agents/watch.ts';
import { TypedTerminal } from '../app/_lab/gateway/typed-terminal.ts';
import { fiveNodes } from './five-nodes.ts';
import { labMemoryKib } from './lab-usage.ts';
import { median, quantile, report, timed } from './report.ts';

/** Labs at the agent: from request to prompt, verdicts, memory, many at once, and gone again. */
const agent = new AgentClient(process.env.HOPLAB_AGENT_URL ?? '', process.env.HOPLAB_AGENT_TOKEN ?? '');
const ROUNDS = 9;
const MANY = 50;
const body = (owner: string) => ({ owner, name: 'bench', topology: fiveNodes });
const check = (id: string, kind: string, params: object): CheckToSend => ({
  id,
  items: [{ expect: { kind, params } as never }],
});
const stateChecks = [
  check('namespace', 'namespace', { node: 'k8s-m', name: 'RED' }),
  check('address', 'address', { node: 'k8s-w1', dev: 'enp0s8', is: '192.168.10.11/24' }),
  check('route', 'route', { node: 'k8s-w2', to: 'default', via: '10.0.2.2' }),
];

const promptMs: number[] = [];
const goneMs: number[] = [];
for (let round = 0; round <= ROUNDS; round++) {
  const { ms, result } = await timed(async () => {
    const lab = await agent.createLab(body('one'));
    const terminal = await TypedTerminal.open(agent, lab.id, { node: 'k8s-m', name: 'bench' });
    return { lab, terminal };
  });
  await result.terminal[Symbol.asyncDispose]();
  const gone = await timed(() => agent.destroy(result.lab.id));
  if (round === 0) continue; // the first one fills the page cache
  promptMs.push(ms);
  goneMs.push(gone.ms);
}
report('lab of 5 nodes at the agent, request to prompt', median(promptMs), 'ms', 300);
report('teardown, nothing left', median(goneMs), 'ms', 300);

const before = memory();
const labs = await Promise.all(Array.from({ length: 10 }, (_, i) => agent.createLab(body(`idle-${i}`))));
report('memory per idle 5-node lab, kernel included', (memory() - before) / labs.length / 1024, 'MB', 15);

const lab = labs[0]?.id ?? '';
const single: number[] = [];
for (let i = 0; i < 60; i++)
  single.push((await timed(() => agent.runChecks(lab, [stateChecks[i % 3] as CheckToSend]))).ms);
report('state verdict, p50', median(single), 'ms', 50);
report('a command changes the kernel: Enter to verdict, p50', median(await enterToVerdict(lab)), 'ms', 100);
await Promise.all(labs.map(({ id }) => agent.destroy(id)));

const { ms, result: many } = await timed(async () => {
  const all: string[] = [];
  for (let i = 0; i < MANY; i += 5) {
    const some = await Promise.all([0, 1, 2, 3, 4].map((j) => agent.createLab(body(`many-${i + j}`))));
    all.push(...some.map(({ id }) => id));
  }
  return all;
});
report(`${MANY} labs made, each`, ms / MANY, 'ms');
const verdictMs: number[] = [];
let broken = 0;
for (let round = 0; round < 4; round++) {
  // As learners do it: each lab asks at a moment of its own, spread over a second.
  await Promise.all(
    many.map(async (id, i) => {
      await sleep((i * 1000) / MANY);
      const { ms: took, result } = await timed(() => agent.runChecks(id, stateChecks));
      verdictMs.push(took);
      if (result[1]?.verdict !== 'met' || result[2]?.verdict !== 'met' || result[0]?.verdict !== 'not-met') broken += 1;
    }),
  );
}
report(`${MANY} labs at once, wrong or broken verdicts`, broken, '', 0);
report(`${MANY} labs at once, verdict p99`, quantile(verdictMs, 0.99), 'ms', 300);
const { ms: allGone } = await timed(() => Promise.all(many.map((id) => agent.destroy(id))));
report(`${MANY} labs removed at once, each`, allGone / MANY, 'ms');
process.exit(0);

/** Adds and removes a namespace by a shell, and takes the time from the Enter key to the verdict that it caused. */
async function enterToVerdict(id: string): Promise<number[]> {
  const times: number[] = [];
  let told = (_: string) => {};
  using watch = new AgentWatch(agent, id, {
    onEvent: (event) => {
      if (event.type === 'results') for (const { verdict } of event.results) told(verdict);
    },
    onGone: () => undefined,
    onSilent: () => undefined,
  });
  watch.watch([stateChecks[0] as CheckToSend]);
  await using terminal = await TypedTerminal.open(agent, id, { node: 'k8s-m', name: 'events' });
  for (let i = 0; i < 10; i++) {
    for (const [command, wanted] of [
      ['ip netns add RED', 'met'],
      ['ip netns del RED', 'not-met'],
    ] as const) {
      const started = performance.now();
      const seen = new Promise<void>((resolve) => {
        told = (verdict) => verdict === wanted && resolve();
      });
      const typed = terminal.type(command);
      await seen;
      times.push(performance.now() - started);
      await typed;
      // Rounds are paced; a learner does not type as fast as this loop.
      await sleep(300);
    }
  }
  return times;
}

/** Memory that labs hold, in KiB: private pages of their processes, and what the kernel keeps for them. */
function memory(): number {
  const info = readFileSync('/proc/meminfo', 'utf8');
  const kernel = ['Slab', 'KernelStack', 'PageTables', 'Percpu', 'Shmem'].map((key) =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(info)?.[1] ?? 0),
  );
  return kernel.reduce((a, b) => a + b, labMemoryKib());
}
