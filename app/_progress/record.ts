import type { Verdict, VerdictCause } from '../../lab-agent/contract/verdict.ts';
import type { Database } from '../_server/database.ts';

/**
 * Writes what learners do and reach. It knows nothing of when: the lab session decides that a verdict has changed or a
 * step is reached.
 */
export type Where = { userId: string; course: string; lesson: string; contentHash: string };
export type VerdictToRecord = {
  labId: string;
  step: string;
  check: string;
  verdict: Verdict['verdict'];
  cause: VerdictCause;
  items: readonly Verdict[];
};

/** Longest text of one item and most items kept: a row stays below 32 KiB whatever a lab prints. */
const MAX_TEXT = 500;
const MAX_ITEMS = 20;

export async function recordVerdict(db: Database, where: Where, { items, ...rest }: VerdictToRecord): Promise<void> {
  await db.verdictRecord.create({ data: { ...where, ...rest, observed: items.slice(0, MAX_ITEMS).map(shorten) } });
}

function shorten(item: Verdict): Record<string, string> {
  const cut = (text: string) => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT - 1)}…` : text);
  return Object.fromEntries(Object.entries(item).map(([key, value]) => [key, cut(String(value))]));
}

/** Once reached, always reached: the first time stays. */
export async function recordReached(db: Database, where: Where, step: string): Promise<void> {
  const { userId, course, lesson } = where;
  await db.stepReached.upsert({
    where: { userId_course_lesson_step: { userId, course, lesson, step } },
    create: { ...where, step },
    update: {},
  });
}

export type AnswerToRecord = { step: string; quiz: string; answer: string[]; right: boolean };

export async function recordAnswer(db: Database, where: Where, answer: AnswerToRecord): Promise<void> {
  await db.quizAnswer.create({ data: { ...where, ...answer } });
}

export type SolutionPlace = { userId: string; course: string; lesson: string; step: string; index: number };

export async function recordSolutionSeen(db: Database, place: SolutionPlace): Promise<void> {
  await db.solutionSeen.upsert({
    where: { userId_course_lesson_step_index: place },
    create: place,
    update: {},
  });
}

export async function recordPlace(
  db: Database,
  { userId, course, lesson, step }: { userId: string; course: string; lesson: string; step: string },
): Promise<void> {
  const key = { userId_course: { userId, course } };
  await db.lastPlace.upsert({ where: key, create: { userId, course, lesson, step }, update: { lesson, step } });
}
