import { setTimeout as sleep } from 'node:timers/promises';
import type { PrepareCluster } from '../../lab-agent/contract/agent-api.ts';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import type { AgentClient } from '../_lab/agents/client.ts';

const LOOK_AGAIN_MS = 1000;

/**
 * Waits until the agent has all that labs with this cluster need, saying on the way what it does; nothing for a topology
 * without one.
 * @throws HoplabError `build-failed` with what the agent says is wrong
 */
export async function untilPrepared(
  agent: Pick<AgentClient, 'prepareCluster'>,
  wanted: PrepareCluster,
  say: (line: string) => void,
): Promise<void> {
  if (!wanted.topology.cluster) return;
  let told = '';
  for (;;) {
    const { state, fraction, stage, problem } = await agent.prepareCluster(wanted);
    if (state === 'ready') return;
    if (state === 'failed') {
      throw new HoplabError('build-failed', `The cluster of ${wanted.name} could not be made.`, problem ?? stage);
    }
    // A line for every stage, not for every hundredth of it.
    const line = `     making the cluster's ${state}: ${stage}`;
    if (line !== told) say(`${line} (${Math.floor(fraction * 100)} %)`);
    told = line;
    await sleep(LOOK_AGAIN_MS);
  }
}
