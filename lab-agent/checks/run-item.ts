import type { CheckItem, Expectation } from '../contract/checks/index.ts';
import type { Verdict } from '../contract/verdict.ts';
import { look } from './registry.ts';
import { resolve } from './resolve.ts';
import type { Round } from './round.ts';
import { firstLine } from './text.ts';
import { broken, met, notMet, outcome } from './verdicts.ts';

/** Beyond what the programs are given by their own limits: what is still waiting then has lost its lab. */
const SPARE_MS = 12_000;

/** One item: what is expected, or with `not` the opposite, which counts only while its baseline is met. */
export async function runItem(round: Round, item: CheckItem): Promise<Verdict> {
  const verdict = await runExpectation(round, item);
  if (!item.not) return verdict;
  const expected = `not: ${verdict.expected}`;
  if (verdict.verdict === 'broken') return broken(expected, verdict.why);
  if (verdict.verdict === 'met') return notMet(expected, `it is there: ${verdict.observed}`);
  if (!item.baseline) return broken(expected, 'there is no baseline that proves that the opposite could be seen');
  const baseline = await runExpectation(round, item.baseline);
  if (baseline.verdict === 'broken') return broken(expected, `the baseline (${baseline.expected}): ${baseline.why}`);
  if (baseline.verdict === 'met') return met(expected, verdict.observed);
  return notMet(expected, `cannot tell yet: ${baseline.expected} does not hold (${outcome(baseline)})`);
}

async function runExpectation(round: Round, expectation: Expectation): Promise<Verdict> {
  const name = asWritten(expectation);
  const node = 'node' in expectation.params ? expectation.params.node : undefined;
  if (node !== undefined && !round.hasNode(node)) return broken(name, `there is no node ${node} in this lab`);
  const limit = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Verdict>((resolve) => {
    timer = setTimeout(() => {
      limit.abort();
      resolve(broken(name, 'the lab did not answer in time'));
    }, limitMs(expectation));
  });
  try {
    return await Promise.race([lookAt(round, expectation, limit.signal), late]);
  } catch (error) {
    return broken(name, firstLine(error instanceof Error ? error.message : String(error)));
  } finally {
    clearTimeout(timer);
  }
}

async function lookAt(round: Round, expectation: Expectation, signal: AbortSignal): Promise<Verdict> {
  return look(round, expectation.kind, await resolve(round, expectation), signal);
}

/** Longer than any of the kind's own limits can add up to. */
function limitMs({ params }: Expectation): number {
  const within = 'within' in params ? params.within : 0;
  const times = 'count' in params && 'within' in params ? params.count : 1;
  return within * (times + 1) * 1000 + SPARE_MS;
}

/** For surprises, where no runner has put the expectation into words: `address: node m, dev eth0, is 10.0.0.1/24`. */
function asWritten({ kind, params }: Expectation): string {
  const given = Object.entries(params).filter(([, value]) => value !== undefined && value !== '');
  return `${kind}: ${given.map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`).join(', ')}`;
}
