import { toWire } from '../../../lab-agent/contract/checks/index.ts';
import type { CheckResult, Verdict } from '../../../lab-agent/contract/verdict.ts';
import type { Lesson, LessonCheck, LessonStep } from '../../_lessons/types.ts';
import type { CheckToSend } from '../agents/client.ts';
import type { ShownCheck } from '../wire.ts';
import { checkName } from './step-latch.ts';

/** The checks of a step as the agent takes them. */
export function checksToSend({ id, checks }: LessonStep): CheckToSend[] {
  return checks.map((check) => ({ id: checkName(id, check.id), items: check.items.map(toWire) }));
}

export type StepResult = { step: string; check: string; result: CheckResult };

/**
 * Which steps and checks results are of, in the author's words; those that the lesson does not have (any more) are left out.
 */
export function placeResults(lesson: Lesson, results: readonly CheckResult[]): StepResult[] {
  return results.flatMap((result) => {
    const [step = '', check = ''] = result.id.split('/');
    const known = findCheck(lesson, step, check);
    return known ? [{ step, check, result: { ...result, items: inWordsOf(known, result.items) } }] : [];
  });
}

/** A result for the page in the page's language, with the author's hint beside each item that is not met. */
export function toShown(lesson: Lesson, { step, check, result }: StepResult): ShownCheck {
  const known = findCheck(lesson, step, check);
  const { verdict, cause, at } = result;
  const items = inWordsOf(known, result.items).map((item, i) => {
    const miss = known?.misses[i];
    return { verdict: item, ...(item.verdict === 'not-met' && miss !== undefined ? { miss } : {}) };
  });
  return { step, check, verdict, items, at, cause };
}

function findCheck({ steps }: Lesson, step: string, check: string): LessonCheck | undefined {
  return steps.find(({ id }) => id === step)?.checks.find(({ id }) => id === check);
}

/** What was expected, as the author says it; as the checker says it where the author does not. */
function inWordsOf(check: LessonCheck | undefined, items: readonly Verdict[]): Verdict[] {
  return items.map((item, i) => ({ ...item, expected: check?.says[i] ?? item.expected }));
}
