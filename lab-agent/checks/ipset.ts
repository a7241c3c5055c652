import { canonicalNetwork } from './addresses.ts';
import type { Runner } from './registry.ts';
import type { Parameters as ParametersOf } from './resolve.ts';
import { nearestName, where } from './round.ts';
import { count, list } from './text.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';
import { fitsWildcard } from './wildcard.ts';

type Parameters = ParametersOf<'ipset'>;
type Set = { name: string; type: string; entries: string[] };

export const checkIpset: Runner<'ipset'> = async (round, params) => {
  const expected = `${expectation(params)}`;
  const seen = await round.state(params, ['ipset', 'save']);
  if (!seen.ok) return unseen(expected, seen);
  const all = parseSets(seen.stdout);
  const sets = all.filter((set) => fitsWildcard(params.name, set.name));
  if (sets.length === 0) {
    const names = all.map((set) => set.name);
    const observed = `there is no set ${params.name} ${where(params)}: ${list(names, 'none')}`;
    return notMet(expected, observed, nearestName(params.name.replaceAll('*', ''), names));
  }
  const hit = sets.find((set) => problemOf(set, params) === undefined);
  if (hit) return met(expected, `${hit.name} (${hit.type}) has ${entriesText(hit)}`);
  const observed = sets.map((set) => `${set.name} ${problemOf(set, params)}`);
  const elsewhere = all.find((set) => params.entry && holds(set, params.entry.value));
  return notMet(expected, list(observed, '', 4), elsewhere && `${params.entry?.value} in ${elsewhere.name}`);
};

/** Reads what `ipset save` prints (ipset(8)); entries may have options behind them. */
export function parseSets(text: string): Set[] {
  const sets = new Map<string, Set>();
  for (const line of text.split('\n')) {
    const [verb, name = '', third = ''] = line.split(' ');
    if (verb === 'create') sets.set(name, { name, type: third, entries: [] });
    else if (verb === 'add') sets.get(name)?.entries.push(third);
  }
  return [...sets.values()];
}

function problemOf(set: Set, { type, entry, count: wanted }: Parameters): string | undefined {
  if (type !== undefined && set.type !== type) return `is of type ${set.type}`;
  if (entry !== undefined && !holds(set, entry.value)) return `has ${entriesText(set)}`;
  return wanted !== undefined && set.entries.length !== wanted ? `has ${entriesText(set)}` : undefined;
}

const holds = (set: Set, entry: string): boolean => set.entries.some((e) => spelling(e) === spelling(entry));

/** The address in its one spelling, apart from what follows it: `10.0.0.1,tcp:80`. */
function spelling(entry: string): string {
  const [address = '', ...rest] = entry.split(',');
  return [canonicalNetwork(address), ...rest].join(',').toLowerCase();
}

const entriesText = ({ entries }: Set): string =>
  entries.length === 0 ? 'no entries' : `${count(entries.length, 'entry', 'entries')}: ${list(entries, '')}`;

function expectation(params: Parameters): string {
  const parts = [
    params.type && `is of type ${params.type}`,
    params.entry && `holds ${params.entry.says}`,
    params.count !== undefined && `has ${count(params.count, 'entry', 'entries')}`,
  ].filter((part) => typeof part === 'string');
  return `the set ${params.name} ${where(params)} ${list(parts, 'exists')}`;
}
