import { expect, it } from 'vitest';
import type { LessonCheck } from '../../_lessons/types.ts';
import { StepLatch } from './step-latch.ts';

const check = (id: string, keep = false): LessonCheck => ({ id, keep, items: [], says: [], misses: [] });
const step = { id: 's', checks: [check('a'), check('b'), check('guard', true)] };

it('reaches a step whose checks were met at different times, while its guards hold', () => {
  const latch = new StepLatch();
  latch.note('s', 'guard', 'met');
  latch.note('s', 'a', 'met');
  latch.note('s', 'a', 'not-met');
  expect(latch.reached(step)).toBe(false);
  latch.note('s', 'b', 'met');
  expect(latch.reached(step)).toBe(true);
});

it('does not count a guard that held once', () => {
  const latch = new StepLatch();
  for (const id of ['a', 'b', 'guard']) latch.note('s', id, 'met');
  latch.note('s', 'guard', 'broken');
  expect(latch.reached(step)).toBe(false);
});

it('takes broken for not met, and the same check of another step for another', () => {
  const latch = new StepLatch();
  for (const id of ['a', 'guard']) latch.note('s', id, 'met');
  latch.note('s', 'b', 'broken');
  latch.note('t', 'b', 'met');
  expect(latch.reached(step)).toBe(false);
  expect(latch.reached({ id: 'text', checks: [] })).toBe(false);
});

it('tells a change from a repetition', () => {
  const latch = new StepLatch();
  expect(latch.note('s', 'a', 'not-met')).toBe(true);
  expect(latch.note('s', 'a', 'not-met')).toBe(false);
  expect(latch.note('s', 'a', 'met')).toBe(true);
});
