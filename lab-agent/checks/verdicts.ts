import type { Verdict } from '../contract/verdict.ts';
import { clip } from './text.ts';

/** Lab-made text in a verdict is cut here: a verdict is a sentence, not a log. */
const SENTENCE_CHARS = 600;

/** What was expected is there; `observed` says how it was seen. */
export function met(expected: string, observed: string): Verdict {
  return { verdict: 'met', expected: say(expected), observed: say(observed) };
}

/** It was looked at and is not there. `nearest` is the thing found that comes closest. */
export function notMet(expected: string, observed: string, nearest?: string): Verdict {
  const verdict = { verdict: 'not-met' as const, expected: say(expected), observed: say(observed) };
  return nearest ? { ...verdict, nearest: say(nearest) } : verdict;
}

/** It could not be looked at, and why. */
export function broken(expected: string, why: string): Verdict {
  return { verdict: 'broken', expected: say(expected), why: say(why) || 'no reason was given' };
}

/** Why a look failed or what it came to, for whoever has only a sentence to show. */
export function outcome(verdict: Verdict): string {
  return verdict.verdict === 'broken' ? verdict.why : verdict.observed;
}

function say(sentence: string): string {
  return clip(sentence, SENTENCE_CHARS);
}
