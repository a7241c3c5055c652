import { type CheckItem, type Expectation, followsKernel } from '../contract/checks/index.ts';
import type { Verdict } from '../contract/verdict.ts';
import type { Round } from './round.ts';
import { runItem } from './run-item.ts';

/** Programs that send something at the same time, for one round: a lesson's step has fewer. */
const SENDERS_AT_ONCE = 4;

/**
 * Runs the items of a round as far side by side as their kinds allow: state all at once, for they share what they read;
 * senders a few at a time; captures last and alone, so that none sees another check's traffic.
 */
export async function runItems<W extends { item: CheckItem }>(
  round: Round,
  work: readonly W[],
  onVerdict: (work: W, verdict: Verdict) => void,
): Promise<void> {
  const run = async (one: W): Promise<void> => onVerdict(one, await runItem(round, one.item));
  const groups: Record<Manner, W[]> = { look: [], send: [], listen: [] };
  for (const one of work) groups[mannerOf(one.item)].push(one);
  await Promise.all([...groups.look.map(run), inTurns(groups.send, SENDERS_AT_ONCE, run)]);
  await inTurns(groups.listen, 1, run);
}

type Manner = 'look' | 'send' | 'listen';
const LOOKING: ReadonlySet<Expectation['kind']> = new Set(['sysctl', 'process', 'file']);

function mannerOf(item: CheckItem): Manner {
  const kinds = [item.kind, ...(item.baseline ? [item.baseline.kind] : [])];
  if (kinds.includes('capture')) return 'listen';
  return kinds.every((kind) => followsKernel(kind) || LOOKING.has(kind)) ? 'look' : 'send';
}

async function inTurns<W>(work: readonly W[], atOnce: number, run: (one: W) => Promise<void>): Promise<void> {
  const queue = [...work];
  const worker = async (): Promise<void> => {
    for (let one = queue.shift(); one !== undefined; one = queue.shift()) await run(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, queue.length) }, worker));
}
