import type { Verdict } from '../contract/verdict.ts';
import { readTables, type Tables } from './iptables-save.ts';
import type { Round } from './round.ts';
import { unseen } from './unseen.ts';
import { broken } from './verdicts.ts';

type Where = Parameters<typeof readTables>[1] & { table: string; family: Parameters<typeof readTables>[2] };

/** Reads a place's tables and judges them; broken when what is wanted may be in what iptables cannot show. */
export async function judgeTables(
  round: Round,
  params: Where,
  { expected, judge }: { expected: string; judge(tables: Tables): Verdict },
): Promise<Verdict> {
  const read = await readTables(round, params, params.family);
  if (!read.ok) return unseen(expected, read);
  const verdict = judge(read.data);
  // What iptables can show may be all there is to see, but what it cannot show may be what is missing.
  if (verdict.verdict !== 'met' && read.data.unreadable.includes(params.table)) {
    return broken(expected, `table ${params.table} holds chains that only nft can show`);
  }
  return verdict;
}
