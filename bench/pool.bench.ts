import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse as parseYaml } from 'yaml';
import { AgentClient } from '../app/_lab/agents/client.ts';
import { TypedTerminal } from '../app/_lab/gateway/typed-terminal.ts';
import { parse } from '../lab-agent/contract/parse.ts';
import { topologySchema } from '../lab-agent/contract/topology.ts';
import { median, report, timed } from './report.ts';

/** A lab from the pool: request to prompt, and to kubectl's first answer. */
const agent = new AgentClient(process.env.HOPLAB_AGENT_URL ?? '', process.env.HOPLAB_AGENT_TOKEN ?? '');
const file = 'content/kubernetes-networking/topologies/kans.yaml';
const topology = parse(topologySchema, parseYaml(readFileSync(file, 'utf8')), file);
const ROUNDS = 3;
/** A lab has mostly waited longer than kubelets trust what they have seen (cluster/wake.ts), and must come round first. */
const WAITED_MS = 40_000;

while ((await agent.prepareCluster({ name: 'bench', topology })).state !== 'ready') await sleep(500);
const promptMs: number[] = [];
const answerMs: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  await untilPooled();
  await sleep(WAITED_MS);
  const started = performance.now();
  const { result: lab } = await timed(() => agent.createLab({ owner: 'pool', name: 'bench', topology }));
  await using terminal = await TypedTerminal.open(agent, lab.id, { node: 'k8s-m', name: 'bench' });
  promptMs.push(performance.now() - started);
  await terminal.type('kubectl get nodes');
  answerMs.push(performance.now() - started);
  if (!lab.cluster?.every(({ reached }) => reached)) throw new Error('the lab was not from the pool');
  await agent.destroy(lab.id);
}
report('from the pool: request to prompt with everything ready', median(promptMs), 'ms', 500);
report('from the pool: request to the answer of kubectl get nodes', median(answerMs), 'ms');
process.exit(0);

/** The agent says in its greeting how many labs wait. */
async function untilPooled(): Promise<void> {
  while ((await agent.hello()).room.pooled === 0) await sleep(500);
}
