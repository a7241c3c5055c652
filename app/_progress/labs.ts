import type { LabDescription } from '../../lab-agent/contract/lab.ts';
import type { Database } from '../_server/database.ts';

/** Whose labs are whose. What lives is the agent's to say; these rows outlive the labs. */
export type LabPlace = { userId: string; course: string; lesson: string };
export type LabRow = LabPlace & {
  id: string;
  agent: string;
  freshAt: Date;
  broughtTo: string | null;
};

const columns = {
  id: true,
  userId: true,
  course: true,
  lesson: true,
  agent: true,
  freshAt: true,
  broughtTo: true,
} as const;

/** Labs of a learner's lesson that were not seen to end, newest first. */
export async function openLabs(db: Database, place: LabPlace): Promise<LabRow[]> {
  const where = { ...place, endedAt: null };
  return await db.lab.findMany({ where, select: columns, orderBy: { createdAt: 'desc' } });
}

/** The lab with this id if it is this learner's. */
export async function labOf(db: Database, userId: string, id: string): Promise<LabRow | undefined> {
  const row = await db.lab.findUnique({ where: { id }, select: columns });
  return row && row.userId === userId ? row : undefined;
}

export async function recordLab(db: Database, place: LabPlace, agent: string, lab: LabDescription): Promise<LabRow> {
  const { id, topology, image } = lab;
  const expiresAt = new Date(lab.expiresAt);
  return await db.lab.create({ data: { ...place, id, agent, topology, image, expiresAt }, select: columns });
}

/** After a reset: verdicts from before say nothing of the fresh nodes. */
export async function recordFresh(db: Database, id: string, broughtTo: string | null): Promise<LabRow> {
  return await db.lab.update({ where: { id }, data: { freshAt: new Date(), broughtTo }, select: columns });
}

export async function recordExpiry(db: Database, id: string, expiresAt: number): Promise<void> {
  await db.lab.update({ where: { id }, data: { expiresAt: new Date(expiresAt) } });
}

export async function recordEnd(db: Database, id: string, endReason: string): Promise<void> {
  await db.lab.updateMany({ where: { id, endedAt: null }, data: { endedAt: new Date(), endReason } });
}
