import * as z from 'zod';
import { HoplabError } from '../../../lab-agent/contract/errors.ts';
import { blockId } from '../../../lab-agent/contract/names.ts';
import type { Lesson, LessonStep } from '../../_lessons/index.ts';
import { tellReached } from '../../_progress/reached-news.ts';
import { readRightAnswers } from '../../_progress/read.ts';
import { recordAnswer, recordReached } from '../../_progress/record.ts';
import { database } from '../../_server/database.ts';
import { answering } from '../../_server/errors.ts';
import { requireLearner } from '../../_server/session.ts';
import { findStep } from '../find-step.ts';
import { readBody } from '../read-body.ts';
import { isRight } from './judge.ts';

const body = z.strictObject({
  course: z.string().max(64),
  lesson: z.string().max(64),
  lang: z.enum(['en', 'ko']).default('en'),
  step: blockId,
  quiz: blockId,
  answer: z.array(z.string().max(500)).min(1).max(20).describe('The texts of chosen options, or one typed text.'),
});

/** Judges an answer: `{ right, explain? }`, the explanation only once it is right. Every answer is recorded. */
export const POST = answering(async (request) => {
  const { id: userId } = await requireLearner(request.headers);
  const { answer, lang, ...place } = await readBody(request, body);
  const { lesson, step } = await findStep(place, lang);
  const quiz = step.quizzes.find(({ id }) => id === place.quiz);
  if (!quiz) throw new HoplabError('not-found', 'The step has no such question.', 'Reload the page.');
  const right = isRight(quiz, answer);
  const who = { userId, course: place.course, lesson: place.lesson, contentHash: lesson.hash };
  await recordAnswer(await database(), who, { step: step.id, quiz: quiz.id, answer, right });
  if (right) await reachByQuestions(who, lesson, step);
  return Response.json({ right, ...(right && quiz.explain !== undefined ? { explain: quiz.explain } : {}) });
});

/** A step that has questions and no checks is reached when all of them have been answered rightly. */
async function reachByQuestions(
  { contentHash, ...where }: { userId: string; course: string; lesson: string; contentHash: string },
  lesson: Lesson,
  { id, checks, quizzes }: LessonStep,
): Promise<void> {
  if (checks.length > 0) return;
  const db = await database();
  const answered = new Set(await readRightAnswers(db, where));
  if (!quizzes.every((quiz) => answered.has(`${id}/${quiz.id}`))) return;
  await recordReached(db, { ...where, contentHash: lesson.hash }, id);
  tellReached(where.userId);
}
