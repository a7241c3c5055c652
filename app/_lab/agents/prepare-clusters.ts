import { setTimeout as sleep } from 'node:timers/promises';
import type { PrepareCluster } from '../../../lab-agent/contract/agent-api.ts';
import { listCourses, loadTopology } from '../../_lessons/index.ts';
import { toHoplabError } from '../../_server/errors.ts';
import { log } from '../../_server/log.ts';
import { agents } from './agents.ts';
import type { AgentClient } from './client.ts';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

/**
 * Tells every agent which clusters the lessons use, so that they are made before anybody opens such a lesson, and the
 * pool knows what to keep ready. An agent that does not answer yet is asked again until it does.
 */
export async function prepareClusters(among: readonly AgentClient[] = agents()): Promise<void> {
  const wanted = await clustersInUse();
  await Promise.all(among.map((agent) => tell(agent, wanted)));
}

/** The topologies with a cluster that some lesson uses. A lesson that cannot be read says so on its page. */
export async function clustersInUse(): Promise<PrepareCluster[]> {
  const found = new Map<string, PrepareCluster>();
  for (const { slug, lessons } of await listCourses()) {
    for (const name of new Set(lessons.map(({ frontMatter }) => frontMatter.topology))) {
      const topology = await loadTopology(slug, name);
      if (topology.cluster) found.set(`${slug}/${name}`, { name: `${slug}/${name}`, topology });
    }
  }
  return [...found.values()];
}

async function tell(agent: AgentClient, wanted: readonly PrepareCluster[]): Promise<void> {
  let pauseMs = FIRST_RETRY_MS;
  for (const one of wanted) {
    for (;;) {
      try {
        const { state, problem } = await agent.prepareCluster(one);
        if (state === 'failed') log('warn', `cluster of ${one.name}: ${problem ?? 'it could not be made'}`);
        break;
      } catch (error) {
        const { code, message } = toHoplabError(error);
        if (code !== 'unavailable') {
          log('warn', `cluster of ${one.name}: ${message}`);
          break;
        }
        await sleep(pauseMs, undefined, { ref: false });
        pauseMs = Math.min(pauseMs * 2, LAST_RETRY_MS);
      }
    }
  }
}
