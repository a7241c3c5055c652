import { setTimeout as sleep } from 'node:timers/promises';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import type { ClusterStep, LabDescription } from '../../../lab-agent/contract/lab.ts';
import type { AgentClient } from './client.ts';

/** A cluster takes ten seconds on an idle machine; one that takes this long will not come. */
const PATIENCE_MS = 240_000;
const LOOK_AGAIN_MS = 200;

type Asked = Pick<AgentClient, 'lab'>;

/**
 * Waits until a lab's cluster has reached all its steps; a lab without one is ready at once.
 * @param onSteps told of every change on the way
 * @throws HoplabError `timeout` that names the step it stopped at and what was seen of it
 */
export async function untilClusterReady(
  client: Asked,
  lab: Pick<LabDescription, 'id' | 'cluster'>,
  { onSteps, patienceMs = PATIENCE_MS }: { onSteps?(steps: ClusterStep[]): void; patienceMs?: number } = {},
): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let told = '';
  for (let { cluster } = lab; cluster; { cluster } = await client.lab(lab.id)) {
    const now = JSON.stringify(cluster);
    if (now !== told) onSteps?.(cluster);
    told = now;
    const missing = cluster.find(({ reached }) => !reached);
    if (!missing) return;
    if (Date.now() >= deadline) {
      throw new HoplabError(
        'timeout',
        `The cluster has not come up within ${patienceMs / 1000} s: ${missing.observed}.`,
        'Reset the lab and try again; if it fails again, the log of the agent says more.',
      );
    }
    await sleep(LOOK_AGAIN_MS);
  }
}
