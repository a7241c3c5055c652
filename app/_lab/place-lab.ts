import type { CreateLab, Preparation } from '../../lab-agent/contract/agent-api.ts';
import { HoplabError } from '../../lab-agent/contract/errors.ts';
import type { LabDescription } from '../../lab-agent/contract/lab.ts';
import type { Topology } from '../../lab-agent/contract/topology.ts';
import { type LabPlace, type LabRow, openLabs, recordEnd, recordLab } from '../_progress/labs.ts';
import type { Database } from '../_server/database.ts';
import { toHoplabError } from '../_server/errors.ts';
import { log } from '../_server/log.ts';
import { roomiestAgent } from './agents/agents.ts';
import type { AgentClient } from './agents/client.ts';

/**
 * Finds or makes a learner's lab for a lesson. A lab belongs to (learner, lesson) and never moves; the agents' lists are
 * the truth about what lives.
 */
export type PlacedLab = { client: AgentClient; lab: LabDescription; row: LabRow };

export type WantedLab = {
  place: LabPlace;
  /** The topology's name in the course, and what it holds. */
  topology: string;
  load(): Promise<Topology>;
  /** Kernel features that its agent must have. */
  needs: readonly string[];
  /** Told when there is none and one is being built. */
  onBuilding(): void;
};

/** No lab yet: its agent is still making what a lab with such a cluster needs, or could not make it. */
export type Unprepared = { preparation: Preparation };

/** @throws HoplabError `unavailable`, `no-room`, `limit-reached`, `build-failed` */
export async function placeLab(
  db: Database,
  agents: readonly AgentClient[],
  wanted: WantedLab,
): Promise<PlacedLab | Unprepared> {
  const living = await findLab(db, agents, wanted.place);
  if (living) return living;
  const topology = await wanted.load();
  const client = await roomiestAgent(agents);
  await requireFeatures(client, wanted.needs);
  const { userId, course } = wanted.place;
  const request = { owner: userId, name: `${course}/${wanted.topology}`, topology };
  const preparation = topology.cluster && (await client.prepareCluster(request));
  if (preparation && preparation.state !== 'ready') return { preparation };
  wanted.onBuilding();
  const lab = await build(db, client, request);
  if ('preparation' in lab) return lab;
  const row = await recordLab(db, wanted.place, client.address.url, lab).catch(async (error: unknown) => {
    // A lab without a row would be nobody's: it could not be found again.
    await client.destroy(lab.id);
    throw error;
  });
  log('info', `built in ${Math.round(lab.buildMs)} ms for ${course}/${wanted.place.lesson}`, {
    lab: lab.id,
    learner: userId,
  });
  return { client, lab, row };
}

async function build(db: Database, client: AgentClient, request: CreateLab): Promise<LabDescription | Unprepared> {
  try {
    return await client.createLab(request);
  } catch (error) {
    const { code, message } = toHoplabError(error);
    // Ready a moment ago, but the template was made anew since, or the image thrown away.
    if (code === 'not-ready' && request.topology.cluster)
      return { preparation: { state: 'template', fraction: 0, stage: message } };
    if (code !== 'limit-reached' || !(await makeRoom(db, client, request.owner))) throw error;
    return await client.createLab(request);
  }
}

async function requireFeatures(client: AgentClient, needs: readonly string[]): Promise<void> {
  if (needs.length === 0) return;
  const { features } = await client.hello();
  const missing = needs.filter((name) => !features[name]);
  if (missing.length === 0) return;
  const hint = 'Run `npm run doctor` on the machine of the labs: it says how to mend each.';
  throw new HoplabError('unsupported', `The labs' machine lacks what this lesson needs: ${missing.join(', ')}.`, hint);
}

/** The learner's living lab for the lesson. Rows of labs that their agent does not know any more are closed. */
async function findLab(db: Database, agents: readonly AgentClient[], place: LabPlace): Promise<PlacedLab | undefined> {
  for (const row of await openLabs(db, place)) {
    const client = agents.find(({ address }) => address.url === row.agent);
    if (!client) continue;
    try {
      const lab = await client.lab(row.id);
      if (lab.owner === place.userId && lab.phase !== 'closing') return { client, lab, row };
    } catch (error) {
      const { code } = toHoplabError(error);
      // A silent agent is no proof that the lab is gone: building a second one would orphan the learner's work.
      if (code !== 'not-found' && code !== 'lab-gone') throw error;
      await recordEnd(db, row.id, 'gone');
    }
  }
  return undefined;
}

/** Ends the learner's lab that was used least recently. */
async function makeRoom(db: Database, client: AgentClient, owner: string): Promise<boolean> {
  const own = (await client.labs()).filter((lab) => lab.owner === owner && lab.phase !== 'building');
  // Idleness is counted from the last use, so the first to idle out was used least recently.
  const [oldest] = own.sort((a, b) => a.idleExpiresAt - b.idleExpiresAt);
  if (!oldest) return false;
  log('info', 'ended to make room for another lab of its learner', { lab: oldest.id, learner: owner });
  await client.destroy(oldest.id).catch((error: unknown) => {
    if (!(error instanceof HoplabError && error.code === 'not-found')) throw error;
  });
  await recordEnd(db, oldest.id, 'replaced');
  return true;
}
