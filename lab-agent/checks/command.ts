import { tooSlow, tryPattern } from './pattern.ts';
import type { Runner } from './registry.ts';
import { clip, lastLine } from './text.ts';
import { broken, met, notMet } from './verdicts.ts';

const MAX_BYTES = 256 * 1024;

/** Trusts the lab by nature: the node's own shell runs it, with whatever the learner installed. */
export const checkCommand: Runner<'command'> = async (round, { node, run, exit, matches, within }) => {
  const result = `ends with status ${exit}${matches ? ` and prints /${matches}/` : ''}`;
  const expected = `\`${clip(run, 200)}\` on ${node} ${result}`;
  const looked = await round.lab.runInside(node, run, { timeoutMs: within * 1000, maxBytes: MAX_BYTES });
  if (!looked.ok) return broken(expected, looked.why);
  const output = `${looked.stdout}\n${looked.stderr}`;
  const last = lastLine(output, 120);
  const observed = `it ended with status ${looked.code} and ${last ? `printed "${last}"` : 'printed nothing'}`;
  if (looked.code !== exit) return notMet(expected, observed);
  if (matches === undefined) return met(expected, observed);
  const hit = tryPattern(matches, output);
  if (hit === 'too-slow') return broken(expected, tooSlow(matches));
  return hit === 'yes' ? met(expected, observed) : notMet(expected, observed);
};
