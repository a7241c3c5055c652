import { toWire } from '../../../lab-agent/contract/checks/index.ts';
import type { CheckResult } from '../../../lab-agent/contract/verdict.ts';
import type { Lesson, LessonStep } from '../../_lessons/types.ts';
import type { CheckToSend } from '../agents/client.ts';
import type { ShownCheck } from '../wire.ts';
import { checkName } from './step-latch.ts';

/** The checks of a step as the agent takes them. */
export function checksToSend({ id, checks }: LessonStep): CheckToSend[] {
  return checks.map((check) => ({ id: checkName(id, check.id), items: check.items.map(toWire) }));
}

export type StepResult = { step: string; check: string; result: CheckResult };

/** Which steps and checks results are of; those that the lesson does not have (any more) are left out. */
export function placeResults({ steps }: Lesson, results: readonly CheckResult[]): StepResult[] {
  return results.flatMap((result) => {
    const [step = '', check = ''] = result.id.split('/');
    const known = steps.find(({ id }) => id === step)?.checks.some(({ id }) => id === check);
    return known ? [{ step, check, result }] : [];
  });
}

/** A result for the page, with the author's hint, in the page's language, beside each item that is not met. */
export function toShown(lesson: Lesson, { step, check, result }: StepResult): ShownCheck {
  const misses = lesson.steps.find(({ id }) => id === step)?.checks.find(({ id }) => id === check)?.misses ?? [];
  const { verdict, cause, at } = result;
  const items = result.items.map((item, i) => {
    const miss = misses[i];
    return { verdict: item, ...(item.verdict === 'not-met' && miss !== undefined ? { miss } : {}) };
  });
  return { step, check, verdict, items, at, cause };
}
