import { HoplabError } from '../../lab-agent/contract/errors.ts';
import { type Language, type Lesson, type LessonStep, loadLesson } from '../_lessons/index.ts';

export type StepPlace = { course: string; lesson: string; step: string };

/** A step of a lesson. @throws HoplabError `not-found` */
export async function findStep(
  { course, lesson: slug, step: id }: StepPlace,
  language: Language = 'en',
): Promise<{ lesson: Lesson; step: LessonStep }> {
  const lesson = await loadLesson(course, slug, language);
  const step = lesson.steps.find((candidate) => candidate.id === id);
  if (step) return { lesson, step };
  throw new HoplabError(
    'not-found',
    `The lesson has no step "${id}".`,
    'Reload the page: the lesson may have changed.',
  );
}
