import type { WireCheck } from '../contract/checks/index.ts';
import { type CheckResult, overall, type Verdict, type VerdictCause } from '../contract/verdict.ts';
import type { RunningLab } from '../providers/provider.ts';
import { Round } from './round.ts';
import { runItems } from './run-items.ts';

/**
 * Runs one check: its items, with `not` and its baseline. Always comes to an end and never throws: whatever goes wrong
 * makes an item `broken`, with why.
 */
export async function runCheck(lab: RunningLab, check: WireCheck, cause: VerdictCause): Promise<CheckResult> {
  const [result] = await runChecks(lab, [check], cause);
  return result as CheckResult;
}

/**
 * Runs several checks as one round, in which the same kernel state is read once. Results come in the order of the checks.
 * @param onResult called with each result as soon as it is there
 */
export async function runChecks(
  lab: RunningLab,
  checks: readonly WireCheck[],
  cause: VerdictCause,
  onResult?: (result: CheckResult) => void,
): Promise<CheckResult[]> {
  const started = performance.now();
  const results: CheckResult[] = [];
  const verdicts = checks.map((): Verdict[] => []);
  const missing = checks.map((check) => check.items.length);
  const work = checks.flatMap((check, c) => check.items.map((item, i) => ({ item, c, i })));
  await runItems(new Round(lab), work, ({ c, i }, verdict) => {
    (verdicts[c] as Verdict[])[i] = verdict;
    missing[c] = (missing[c] as number) - 1;
    if (missing[c] !== 0) return;
    const result = resultOf(checks[c] as WireCheck, verdicts[c] as Verdict[], cause, performance.now() - started);
    results[c] = result;
    onResult?.(result);
  });
  return results;
}

/** The verdict of a whole check from those of its items. `took` is in milliseconds. */
export function resultOf(check: WireCheck, items: readonly Verdict[], cause: VerdictCause, took: number): CheckResult {
  return { id: check.id, verdict: overall(items), items: [...items], cause, at: Date.now(), took: Math.round(took) };
}
