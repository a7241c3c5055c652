import type { Course, LessonSummary } from '../_lessons/types.ts';
import type { CourseProgress } from '../_progress/read.ts';

/** A lesson of a course as its card shows it. */
export type LessonState = { lesson: LessonSummary; reached: string[]; done: boolean };
/** Where to go on: the place left off, or the first lesson. `step` is undefined at a lesson's beginning. */
export type Onward = { lesson: LessonSummary; step: { id: string; title: string } | undefined; begun: boolean };

/** Steps that a lesson no longer has do not count. */
export function lessonStates(course: Course, progress: CourseProgress): LessonState[] {
  return course.lessons.map((lesson) => {
    const known = progress.lessons[lesson.slug]?.reached ?? {};
    const reached = lesson.steps.map((s) => s.id).filter((id) => id in known);
    return { lesson, reached, done: lesson.steps.length > 0 && reached.length === lesson.steps.length };
  });
}

/** The one button of a course: on from where one left off, or begin. Undefined for a course without lessons. */
export function onward(course: Course, progress: CourseProgress): Onward | undefined {
  const { lastPlace } = progress;
  const left = course.lessons.find((l) => l.slug === lastPlace?.lesson);
  if (left) return { lesson: left, step: left.steps.find((s) => s.id === lastPlace?.step), begun: true };
  const first = course.lessons[0];
  return first && { lesson: first, step: undefined, begun: false };
}
