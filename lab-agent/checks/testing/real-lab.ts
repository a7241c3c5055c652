import { type CheckItem, checkItem } from '../../contract/checks/index.ts';
import { parse } from '../../contract/parse.ts';
import type { TopologyInput } from '../../contract/topology.ts';
import type { Verdict } from '../../contract/verdict.ts';
import type { RunningLab } from '../../providers/provider.ts';
import { testLabs } from '../../providers/testing/test-labs.ts';
import { Round } from '../round.ts';
import { runItem } from '../run-item.ts';

/** For tests: a real lab that ends with its scope, and what a learner and a lesson do with it. */
export type RealLab = AsyncDisposable & {
  lab: RunningLab;
  /** Types commands on a node, as the learner would. @throws when one fails */
  type(node: string, script: string): Promise<string>;
  /** The verdict of one item, written as in a lesson. */
  check(written: Record<string, unknown>): Promise<Verdict>;
  /** What the verdicts of some items say, for a snapshot: outcome, expected, observed, nearest. Times are left out. */
  says(...written: Record<string, unknown>[]): Promise<string>;
};

/** An item as an author writes it, resolved. */
export const item = (written: Record<string, unknown>): CheckItem => parse(checkItem, written, 'the test');

export async function realLab(topology: Omit<TopologyInput, 'title'>): Promise<RealLab> {
  const labs = testLabs();
  const lab = await labs.build(topology);
  const check = (written: Record<string, unknown>) => runItem(new Round(lab), item(written));
  return {
    lab,
    check,
    async says(...written) {
      const verdicts: string[] = [];
      for (const one of written) verdicts.push(lines(await check(one)));
      return verdicts.join('\n');
    },
    async type(node, script) {
      const ran = await lab.runInside(node, `set -e\n${script}`, { timeoutMs: 20_000 });
      if (!ran.ok) throw new Error(ran.why);
      if (ran.code !== 0) throw new Error(`status ${ran.code}: ${ran.stderr}`);
      return ran.stdout;
    },
    [Symbol.asyncDispose]: () => labs[Symbol.asyncDispose](),
  };
}

function lines(verdict: Verdict): string {
  const rest = verdict.verdict === 'broken' ? [verdict.why] : [verdict.observed];
  if (verdict.verdict === 'not-met' && verdict.nearest) rest.push(`nearest: ${verdict.nearest}`);
  const text = [`${verdict.verdict}: ${verdict.expected}`, ...rest].join('\n    ');
  return text.replace(/ in [\d.]+ ms/g, ' in N ms').replace(/:\d{5}\b/g, ':PORT');
}
