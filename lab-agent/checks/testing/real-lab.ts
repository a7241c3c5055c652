import type { TopologyInput } from '../../contract/topology.ts';
import type { Verdict } from '../../contract/verdict.ts';
import type { RunningLab } from '../../providers/provider.ts';
import { testLabs } from '../../providers/testing/test-labs.ts';
import { Round } from '../round.ts';
import { runItem } from '../run-item.ts';
import { item, lines } from './verdict-lines.ts';

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
