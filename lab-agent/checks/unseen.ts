import type { Verdict } from '../contract/verdict.ts';
import type { Unseen } from './round.ts';
import { broken, notMet } from './verdicts.ts';

/** A missing namespace is the learner's to make: not met. A look that failed says nothing about the lab: broken. */
export function unseen(expected: string, seen: Unseen): Verdict {
  return seen.missing ? notMet(expected, seen.observed, seen.nearest) : broken(expected, seen.why);
}
