import type { Hello } from '../../../lab-agent/contract/agent-api.ts';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { env } from '../../_server/env.ts';
import { toHoplabError } from '../../_server/errors.ts';
import { AgentClient } from './client.ts';

let clients: AgentClient[] | undefined;

/** The configured agents. */
export function agents(): AgentClient[] {
  clients ??= env().agents.map((url) => new AgentClient(url, env().agentToken));
  return clients;
}

/** @throws HoplabError `unavailable` when the agent is not configured any more */
export function agentAt(url: string, among: readonly AgentClient[] = agents()): AgentClient {
  const found = among.find(({ address }) => address.url === url);
  if (found) return found;
  const hint = 'Put it back into HOPLAB_AGENT_URL, or start the lab anew.';
  throw new HoplabError('unavailable', `The lab lives at agent ${url}, which this app does not know.`, hint);
}

/**
 * The agent with most room for a further lab.
 * @throws HoplabError `no-room`; what an agent said when none answers
 */
export async function roomiestAgent(among: readonly AgentClient[] = agents()): Promise<AgentClient> {
  if (among.length === 0) {
    const hint = 'Start Hoplab by `npm start`, or set HOPLAB_AGENT_URL.';
    throw new HoplabError('unavailable', 'No lab agent is configured.', hint);
  }
  const [only] = among;
  // One agent says by itself when it is full; asking first would cost every lab a round trip.
  if (among.length === 1 && only) return only;
  const answers = await Promise.allSettled(among.map((agent) => agent.hello()));
  const rooms = answers.flatMap((answer, i) => {
    const agent = among[i];
    return answer.status === 'fulfilled' && agent ? [{ agent, room: freeLabs(answer.value) }] : [];
  });
  const best = rooms.sort((a, b) => b.room - a.room)[0];
  if (best && best.room > 0) return best.agent;
  if (best) throw new HoplabError('no-room', 'All machines for labs are full.', 'Try again in a few minutes.');
  const failed = answers.find((answer) => answer.status === 'rejected');
  throw toHoplabError(failed?.reason);
}

const freeLabs = ({ room }: Hello): number => room.maxLabs - room.labs;
