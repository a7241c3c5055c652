import { expect, test } from 'vitest';
import type { CheckResult } from '../../../lab-agent/contract/verdict.ts';
import type { Lesson, LessonCheck } from '../../_lessons/types.ts';
import { placeResults, toShown } from './shown-check.ts';

const lessonWith = (check: Partial<LessonCheck>) =>
  ({
    steps: [{ id: 'one', checks: [{ id: 'red', items: [], keep: false, says: [], misses: [], ...check }] }],
  }) as unknown as Lesson;
const result: CheckResult = {
  id: 'one/red',
  verdict: 'not-met',
  items: [
    { verdict: 'met', expected: '`wc -l` prints 2', observed: '2' },
    { verdict: 'not-met', expected: 'a ping', observed: 'no answer' },
  ],
  cause: 'button',
  at: 0,
  took: 1,
};

test('what is recorded and what is shown is in the words of the author, the page in its own language', () => {
  const [placed] = placeResults(lessonWith({ says: ['two of them'] }), [result, { ...result, id: 'one/gone' }]);
  expect(placed?.result.items.map((i) => i.expected)).toEqual(['two of them', 'a ping']);
  if (!placed) return;
  const shown = toShown(lessonWith({ says: ['두 개'], misses: ['never shown', '보세요'] }), placed);
  expect(shown.items).toEqual([
    { verdict: { verdict: 'met', expected: '두 개', observed: '2' } },
    { verdict: { verdict: 'not-met', expected: 'a ping', observed: 'no answer' }, miss: '보세요' },
  ]);
});
