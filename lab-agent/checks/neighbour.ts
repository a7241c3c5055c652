import { sameAddress } from './addresses.ts';
import type { Runner } from './registry.ts';
import { where } from './round.ts';
import { list } from './text.ts';
import { type Neighbour, readNeighbours } from './tool-json.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

/** Entries in these states stand for a question without an answer. */
const UNANSWERED = new Set(['failed', 'incomplete', 'none']);

export const checkNeighbour: Runner<'neighbour'> = async (round, params) => {
  const { to, dev, lladdr, state } = params;
  const details = [dev && `on ${dev}`, lladdr && `at ${lladdr}`, state && `as ${state}`].filter(Boolean);
  const expected = `the neighbour table ${where(params)} knows ${[to.says, ...details].join(' ')}`;
  const read = await readNeighbours(round, params);
  if (!read.ok) return unseen(expected, read);
  const same = read.data.filter((n) => n.dst !== undefined && sameAddress(n.dst, to.value));
  const hit = same.find(
    (n) =>
      (dev === undefined || n.dev === dev) &&
      (lladdr === undefined || n.lladdr?.toLowerCase() === lladdr.toLowerCase()) &&
      (state === undefined ? !UNANSWERED.has(stateOf(n)) : stateOf(n) === state),
  );
  if (hit) return met(expected, entryText(hit));
  if (same.length > 0) {
    const texts = same.map(entryText);
    return notMet(expected, `the entry is another: ${list(texts, '', 3)}`, texts[0]);
  }
  // Multicast entries come by themselves and are no neighbours.
  const known = read.data.filter((n) => stateOf(n) !== 'noarp').flatMap((n) => n.dst ?? []);
  return notMet(expected, `no entry for ${to.says} ${where(params)}; the table knows: ${list(known, 'nobody')}`);
};

const stateOf = (n: Neighbour): string => (n.state[0] ?? 'none').toLowerCase();

function entryText(n: Neighbour): string {
  return `${n.dst} dev ${n.dev ?? '?'}${n.lladdr ? ` lladdr ${n.lladdr}` : ''} ${stateOf(n)}`;
}
