import type { Hello } from '../../../lab-agent/contract/agent-api.ts';
import { agents } from './agents.ts';
import type { AgentClient } from './client.ts';

/** What a kernel has does not change while people read; a machine that was mended is seen this late at the latest. */
const FRESH_MS = 10_000;
/** Longer than a greeting ever takes on one machine; a page does not wait for more. */
const PATIENCE_MS = 300;

const kept = new Map<string, { hello: Promise<Hello>; at: number }>();

/** Which of the kernel features `needs` no agent has that answers; none while nobody answers, or not soon enough. */
export async function lackingFeatures(
  needs: readonly string[],
  among: readonly AgentClient[] = agents(),
): Promise<string[]> {
  if (needs.length === 0) return [];
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never[]>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, []);
  });
  const answers = await Promise.race([Promise.allSettled(among.map(recentHello)), late]);
  clearTimeout(timer);
  const greetings = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  if (greetings.length === 0) return [];
  return needs.filter((name) => greetings.every(({ features }) => !features[name]));
}

function recentHello(agent: AgentClient): Promise<Hello> {
  const { url } = agent.address;
  const last = kept.get(url);
  if (last && Date.now() - last.at < FRESH_MS) return last.hello;
  const hello = agent.hello();
  kept.set(url, { hello, at: Date.now() });
  hello.catch(() => kept.delete(url));
  return hello;
}
