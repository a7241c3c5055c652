import { type CheckItem, checkItem } from '../../contract/checks/index.ts';
import { parse } from '../../contract/parse.ts';
import type { Verdict } from '../../contract/verdict.ts';
import type { RunningLab } from '../../providers/provider.ts';
import { Round } from '../round.ts';
import { runItems } from '../run-items.ts';

/** For tests: an item as an author writes it, resolved. */
export const item = (written: Record<string, unknown>): CheckItem => parse(checkItem, written, 'the test');

/** For tests: what the verdicts of some items say, each as an author writes it; one round for all. */
export async function says(lab: RunningLab, ...written: Record<string, unknown>[]): Promise<string> {
  const verdicts: Verdict[] = [];
  const work = written.map((one, i) => ({ item: item(one), i }));
  await runItems(new Round(lab), work, ({ i }, verdict) => {
    verdicts[i] = verdict;
  });
  return verdicts.map(lines).join('\n');
}

/** What a verdict says, for a snapshot. Times and ports that a kernel chose are left out. */
export function lines(verdict: Verdict): string {
  const rest = verdict.verdict === 'broken' ? [verdict.why] : [verdict.observed];
  if (verdict.verdict === 'not-met' && verdict.nearest) rest.push(`nearest: ${verdict.nearest}`);
  const text = [`${verdict.verdict}: ${verdict.expected}`, ...rest].join('\n    ');
  return text.replace(/ in [\d.]+ ms/g, ' in N ms').replace(/:\d{5}\b/g, ':PORT');
}
