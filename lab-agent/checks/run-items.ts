import { type CheckItem, type Expectation, followedBy } from '../contract/checks/index.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { Round } from './round.ts';
import { runItem } from './run-item.ts';
import { trafficTurnsOf } from './traffic-turns.ts';

/**
 * Runs the items of a round as far side by side as their kinds allow: those that only look all at once, for they share what
 * they read; those that send or listen when it is their turn in the lab.
 */
export async function runItems<W extends { item: CheckItem }>(
  round: Round,
  work: readonly W[],
  onVerdict: (work: W, verdict: Verdict) => void,
): Promise<void> {
  const turns = trafficTurnsOf(round.lab);
  const run = async (one: W): Promise<void> => onVerdict(one, await runItem(round, one.item));
  await Promise.all(
    work.map((one) => {
      const manner = mannerOf(one.item);
      return manner === 'look' ? run(one) : turns[manner](() => run(one));
    }),
  );
}

type Manner = 'look' | 'send' | 'listen';
const LOOKING: ReadonlySet<Expectation['kind']> = new Set(['sysctl', 'process', 'file']);

function mannerOf(item: CheckItem): Manner {
  const kinds = [item.kind, ...(item.baseline ? [item.baseline.kind] : [])];
  if (kinds.includes('capture')) return 'listen';
  return kinds.every((kind) => followedBy(kind) !== undefined || LOOKING.has(kind)) ? 'look' : 'send';
}
