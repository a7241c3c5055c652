import type { Database } from '../_server/database.ts';

/** Times are milliseconds since the epoch. */
export type LessonProgress = { reached: Record<string, number> };
export type CourseProgress = {
  /** By lesson slug; a lesson without progress is absent. */
  lessons: Record<string, LessonProgress>;
  /** Where the learner left off in the course. */
  lastPlace: { lesson: string; step: string; at: number } | undefined;
};

/** What a learner has reached in a course: two queries. */
export async function readProgress(db: Database, userId: string, course: string): Promise<CourseProgress> {
  const [rows, place] = await Promise.all([
    db.stepReached.findMany({ where: { userId, course }, select: { lesson: true, step: true, at: true } }),
    db.lastPlace.findUnique({ where: { userId_course: { userId, course } } }),
  ]);
  const lessons: CourseProgress['lessons'] = {};
  for (const { lesson, step, at } of rows) {
    lessons[lesson] ??= { reached: {} };
    lessons[lesson].reached[step] = at.getTime();
  }
  return { lessons, lastPlace: place ? { lesson: place.lesson, step: place.step, at: place.at.getTime() } : undefined };
}

/** The steps of a lesson that a learner has ever reached. */
export async function readReached(
  db: Database,
  where: { userId: string; course: string; lesson: string },
): Promise<string[]> {
  const rows = await db.stepReached.findMany({ where, select: { step: true }, orderBy: { at: 'asc' } });
  return rows.map(({ step }) => step);
}

export type KnownVerdict = { step: string; check: string; verdict: string };

/** The verdicts recorded in a lab since its nodes were fresh, oldest first. */
export async function readVerdicts(db: Database, labId: string, since: Date): Promise<KnownVerdict[]> {
  return await db.verdictRecord.findMany({
    where: { labId, at: { gte: since } },
    select: { step: true, check: true, verdict: true },
    orderBy: { at: 'asc' },
  });
}

/** The questions of a lesson that a learner has answered rightly, as `step/quiz`. */
export async function readRightAnswers(
  db: Database,
  where: { userId: string; course: string; lesson: string },
): Promise<string[]> {
  const rows = await db.quizAnswer.findMany({
    where: { ...where, right: true },
    select: { step: true, quiz: true },
    distinct: ['step', 'quiz'],
  });
  return rows.map(({ step, quiz }) => `${step}/${quiz}`);
}
