import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';
import { AgentClient } from '../app/_lab/agents/client.ts';
import { untilClusterReady } from '../app/_lab/agents/cluster-ready.ts';
import { TypedTerminal } from '../app/_lab/gateway/typed-terminal.ts';
import { parse } from '../lab-agent/contract/parse.ts';
import { topologySchema } from '../lab-agent/contract/topology.ts';
import { labMemoryKib, labProcessorSeconds } from './lab-usage.ts';
import { median, quantile, report, timed } from './report.ts';

/** Clusters without the pool: from cold to ready, what one costs, and many at once. */
const agent = new AgentClient(process.env.HOPLAB_AGENT_URL ?? '', process.env.HOPLAB_AGENT_TOKEN ?? '');
const file = 'content/kubernetes-networking/topologies/kans.yaml';
const topology = parse(topologySchema, parseYaml(readFileSync(file, 'utf8')), file);
const MANY = Number(process.env.HOPLAB_BENCH_CLUSTERS ?? 20);
const COLD_ROUNDS = 3;
const WATCH_S = 20;

const create = async (owner: string) => {
  const lab = await agent.createLab({ owner, name: 'bench', topology });
  await untilClusterReady(agent, lab);
  return agent.lab(lab.id);
};

while ((await agent.prepareCluster({ name: 'bench', topology })).state !== 'ready') await sleep(500);

const steps: Record<string, number[]> = { api: [], nodes: [], bgp: [], pods: [] };
for (let round = 0; round < COLD_ROUNDS; round++) {
  const { id, cluster = [] } = await create('cold');
  for (const { id: step, afterMs = Number.NaN } of cluster) steps[step]?.push(afterMs / 1000);
  await agent.destroy(id);
}
report('kans cold: kubectl answers', median(steps.api ?? []), 's', 3);
report('kans cold: nodes Ready and BGP Established', median(steps.bgp ?? []), 's', 8);
report('kans cold: all system pods ready', median(steps.pods ?? []), 's', 15);

const { id } = await create('used');
await using terminal = await TypedTerminal.open(agent, id, { node: 'k8s-m', name: 'bench' });
const pod = (name: string) => `kubectl run ${name} --image=nginx --overrides='{"spec":{"nodeName":"k8s-w1"}}'`;
const readyMs: number[] = [];
for (let i = 0; i < 5; i++) {
  const wait = `kubectl wait --for=condition=Ready pod/p${i} --timeout=60s`;
  readyMs.push((await timed(() => terminal.type(`${pod(`p${i}`)} && ${wait}`))).ms);
}
report('pod from apply to Ready', median(readyMs) / 1000, 's', 1.2);

const patchMs: number[] = [];
for (const mode of ['Never', 'Always', 'Never', 'Always']) {
  const patch = `calicoctl patch ippool default-ipv4-ippool -p '{"spec":{"ipipMode":"${mode}"}}'`;
  const started = performance.now();
  await terminal.type(patch);
  await untilRoutes(mode === 'Always' ? 'tunl0' : 'enp0s8');
  patchMs.push(performance.now() - started);
}
report('calicoctl patch of the IPIP mode: routes changed on all nodes', median(patchMs) / 1000, 's', 1);
await terminal.type('kubectl delete pod --all --now');

// Felix looks after what it wrote again and again for a while, as after every change.
await sleep(60_000);
report('idle cluster lab, anonymous memory', labMemoryKib() / 1024, 'MB', 700);
report('idle cluster lab, processor', await processorPercent(), '% of a core', 10);

const clusters = [id];
for (let i = 1; i < MANY; i++) clusters.push((await create(`many-${i}`)).id);
report(`${MANY} cluster labs at once, wholly ready`, MANY - clusters.length, 'missing', 0);
// Those that nobody looks at are frozen; the one with a terminal is used.
while ((await agent.labs()).filter(({ phase }) => phase === 'frozen').length < MANY - 1) await sleep(1000);
report(`${MANY - 1} frozen cluster labs and one idle, processor`, await processorPercent(), '% of a core', 10);
const getMs: number[] = [];
for (let i = 0; i < 100; i++) getMs.push((await timed(() => terminal.type('kubectl get pods -A >/dev/null'))).ms);
report(`${MANY} cluster labs at once, kubectl get pods in a used one, p99`, quantile(getMs, 0.99), 'ms', 500);
report('processes of labs', readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length, '');
await Promise.all(clusters.map((one) => agent.destroy(one)));
process.exit(0);

async function untilRoutes(dev: string): Promise<void> {
  const blocks = { 'k8s-m': '172.16.158.0/24', 'k8s-w1': '172.16.184.0/24', 'k8s-w2': '172.16.158.0/24' };
  const items = Object.entries(blocks).map(([node, to]) => ({
    expect: { kind: 'route', params: { node, to, dev } } as never,
  }));
  while ((await agent.runChecks(id, [{ id: 'routes', items }]))[0]?.verdict !== 'met') await sleep(20);
}

async function processorPercent(): Promise<number> {
  const before = labProcessorSeconds();
  await sleep(WATCH_S * 1000);
  return ((labProcessorSeconds() - before) / WATCH_S) * 100;
}
