import { expect, it } from 'vitest';
import type { Course, LessonSummary } from '../_lessons/types.ts';
import { lessonStates, onward } from './course-summary.ts';

const lesson = (slug: string, ...steps: string[]): LessonSummary => ({
  slug,
  frontMatter: { title: slug, summary: '', minutes: 5, topology: 't', needs: [], objectives: [] },
  steps: steps.map((id) => ({ id, title: id })),
});
const course: Course = { slug: 'c', title: 'C', summary: '', lessons: [lesson('one', 'a', 'b'), lesson('two', 'x')] };

it('counts the steps that the lesson has, and not those it had once', () => {
  const states = lessonStates(course, {
    lessons: { one: { reached: { a: 1, gone: 2 } }, two: { reached: { x: 3 } } },
    lastPlace: undefined,
  });
  expect(states.map(({ reached, done }) => [reached, done])).toEqual([
    [['a'], false],
    [['x'], true],
  ]);
});

it('goes on where one left off, and begins otherwise', () => {
  const at = (lessonSlug: string, step: string) =>
    onward(course, { lessons: {}, lastPlace: { lesson: lessonSlug, step, at: 1 } });
  expect(at('two', 'x')).toMatchObject({ lesson: { slug: 'two' }, step: { id: 'x' }, begun: true });
  expect(at('two', 'renamed')).toMatchObject({ lesson: { slug: 'two' }, step: undefined, begun: true });
  expect(at('removed', 'x')).toMatchObject({ lesson: { slug: 'one' }, begun: false });
  expect(onward({ ...course, lessons: [] }, { lessons: {}, lastPlace: undefined })).toBeUndefined();
});
