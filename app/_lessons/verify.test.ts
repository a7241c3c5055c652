import { expect, test } from 'vitest';
import { checkItem } from '../../lab-agent/contract/checks/index.ts';
import type { CheckResult, Verdict } from '../../lab-agent/contract/verdict.ts';
import type { Lesson, LessonCheck } from './types.ts';
import { verifyLesson } from './verify.ts';

const check = (id: string, keep = false): LessonCheck => ({
  id,
  items: [checkItem.parse({ namespace: { node: 'k8s-m', name: id } })],
  says: [undefined],
  misses: [undefined],
  keep,
});

const lesson = (...checks: LessonCheck[]): Lesson => ({
  course: 'tests',
  slug: 'one',
  language: 'en',
  fallback: false,
  frontMatter: { title: 'T', summary: 'S', minutes: 1, topology: 'lab', needs: [], objectives: [] },
  hash: '',
  file: 'lesson.mdx',
  steps: [
    { id: 'make', title: 'Make', checks, hints: [], quizzes: [], solutions: [{ node: 'k8s-m', script: 'RED BLUE' }] },
  ],
});

/** A lab whose only state is a set of words: typing adds them. `broken` cannot be looked at. */
async function play(what: Lesson, holds: string[], broken: string[] = []) {
  const lines: string[] = [];
  let made = 0;
  let removed = 0;
  const makeLab = async () => {
    made++;
    const words = new Set(holds);
    const verdict = (id: string): Verdict => {
      if (broken.includes(id)) return { verdict: 'broken', expected: id, why: 'no kernel' };
      return words.has(id)
        ? { verdict: 'met', expected: id, observed: id }
        : { verdict: 'not-met', expected: id, observed: 'nothing' };
    };
    return {
      runChecks: async (checks: { id: string }[]) =>
        checks.map(({ id }): CheckResult => {
          return { id, verdict: verdict(id).verdict, items: [verdict(id)], cause: 'button', at: 0, took: 0 };
        }),
      type: async (_node: string, script: string) => script.split(' ').forEach((word) => void words.add(word)),
      [Symbol.asyncDispose]: async () => void removed++,
    };
  };
  await verifyLesson(what, {
    makeLab,
    say: (line) => lines.push(line.replace(/\d+ ms/, '… ms')),
    rounds: 2,
    waitMs: 0,
  });
  expect(removed).toBe(made);
  return lines.join('\n');
}

test('a step whose checks come true by its solution passes, in each fresh lab', async () => {
  expect(await play(lesson(check('RED'), check('lo', true)), ['lo'])).toMatchInlineSnapshot(`
    "ok   one #make (round 1, … ms)
    ok   one #make (round 2, … ms)
    tests/one: 2 passed, 0 failed"
  `);
});

test('met before the solution, not met after it, broken, or a guard that does not hold: each fails and says why', async () => {
  expect(await play(lesson(check('RED'), check('BLUE')), ['BLUE'])).toMatchInlineSnapshot(`
    "FAIL one #make (round 1, … ms)
         before the solution, BLUE is met (nothing was done yet):
           met: expected BLUE; observed BLUE
    FAIL one #make (round 2, … ms)
         before the solution, BLUE is met (nothing was done yet):
           met: expected BLUE; observed BLUE
    tests/one: 0 passed, 2 failed"
  `);
  expect(await play(lesson(check('GREEN')), [])).toMatchInlineSnapshot(`
    "FAIL one #make (round 1, … ms)
         after the solution, GREEN is not-met:
           not-met: expected GREEN; observed nothing
    FAIL one #make (round 2, … ms)
         after the solution, GREEN is not-met:
           not-met: expected GREEN; observed nothing
    tests/one: 0 passed, 2 failed"
  `);
  expect(await play(lesson(check('RED')), [], ['RED'])).toMatchInlineSnapshot(`
    "FAIL one #make (round 1, … ms)
         before the solution, RED is broken (nothing was done yet):
           broken: RED: no kernel
    FAIL one #make (round 2, … ms)
         before the solution, RED is broken (nothing was done yet):
           broken: RED: no kernel
    tests/one: 0 passed, 2 failed"
  `);
  expect(await play(lesson(check('RED'), check('lo', true)), [])).toMatchInlineSnapshot(`
    "FAIL one #make (round 1, … ms)
         before the solution, lo is not-met (it is a guard):
           not-met: expected lo; observed nothing
    FAIL one #make (round 2, … ms)
         before the solution, lo is not-met (it is a guard):
           not-met: expected lo; observed nothing
    tests/one: 0 passed, 2 failed"
  `);
});
