import type { Runner } from './registry.ts';
import { where } from './round.ts';
import { count as counted, list } from './text.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

export const checkProcess: Runner<'process'> = async (round, params) => {
  const least = params.count ?? 1;
  const what = least === 1 ? `a process ${params.name} runs` : `${least} processes ${params.name} run`;
  const expected = `${what} ${where(params)}`;
  const missing = await round.missingPlace(params);
  if (missing) return unseen(expected, missing);
  const all = await round.processes(params);
  const hits = all.filter((p) => p.name === params.name || p.args.includes(params.name));
  const observed = `${counted(hits.length, 'process', 'processes')} ${params.name} ${where(params)}`;
  if (hits.length >= least) return met(expected, observed);
  if (hits.length > 0) return notMet(expected, observed);
  const names = [...new Set(all.map((p) => p.name))];
  const near = names.find((n) => n.toLowerCase() === params.name.toLowerCase());
  return notMet(expected, `no process ${params.name} ${where(params)}; these run: ${list(names, 'none')}`, near);
};
