import type { Verdict } from '../../../lab-agent/contract/verdict.ts';
import type { LessonStep } from '../../_lessons/types.ts';

type VerdictWord = Verdict['verdict'];

/** The name of a check on the wire to the agent. */
export const checkName = (step: string, check: string): string => `${step}/${check}`;

/**
 * When is a step reached? Each of its checks has been met at some time since the lab's nodes were fresh, and its guards
 * (`keep`) are met now. Knows one lab, and nothing of sockets or the database.
 */
export class StepLatch {
  readonly #met = new Set<string>();
  readonly #now = new Map<string, VerdictWord>();

  /** The verdict that is known last, for telling a change from a repetition. */
  last(step: string, check: string): VerdictWord | undefined {
    return this.#now.get(checkName(step, check));
  }

  /** @returns whether it differs from what was known */
  note(step: string, check: string, verdict: VerdictWord): boolean {
    const name = checkName(step, check);
    const changed = this.#now.get(name) !== verdict;
    this.#now.set(name, verdict);
    if (verdict === 'met') this.#met.add(name);
    return changed;
  }

  reached({ id, checks }: Pick<LessonStep, 'id' | 'checks'>): boolean {
    if (checks.length === 0) return false;
    return checks.every(({ id: check, keep }) => {
      const name = checkName(id, check);
      return keep ? this.#now.get(name) === 'met' : this.#met.has(name);
    });
  }
}
