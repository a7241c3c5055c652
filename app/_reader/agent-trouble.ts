import { agents } from '../_lab/agents/agents.ts';
import { toHoplabError } from '../_server/errors.ts';

/** Longer than a greeting ever takes on one machine; the page does not wait for a dead network. */
const PATIENCE_MS = 500;

/** Why no lab can start at the moment, in words; undefined while at least one agent answers. */
export async function agentTrouble(): Promise<string | undefined> {
  const all = agents();
  if (all.length === 0) return 'No lab agent is configured.';
  const slow = new Promise<'slow'>((resolve) => setTimeout(resolve, PATIENCE_MS, 'slow'));
  try {
    // A slow answer is no trouble yet: the lesson's own connection will say more.
    await Promise.race([Promise.any(all.map((agent) => agent.hello())), slow]);
    return undefined;
  } catch (error) {
    const [first] = error instanceof AggregateError ? error.errors : [error];
    const { message, hint } = toHoplabError(first);
    return [message, hint].filter(Boolean).join(' ');
  }
}
