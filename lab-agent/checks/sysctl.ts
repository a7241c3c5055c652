import type { Runner } from './registry.ts';
import { where } from './round.ts';
import { unseen } from './unseen.ts';
import { met, notMet } from './verdicts.ts';

export const checkSysctl: Runner<'sysctl'> = async (round, params) => {
  const { key, is } = params;
  const expected = `${key} ${where(params)} is ${is}`;
  const seen = await round.state(params, ['cat', '--', sysctlPath(key)]);
  if (!seen.ok) {
    // The learner sees the same: a setting of an interface or module that is not there (yet).
    if (!seen.missing && seen.why.includes('No such file or directory')) {
      return notMet(expected, `there is no setting ${key} ${where(params)}`);
    }
    return unseen(expected, seen);
  }
  const value = fields(seen.stdout);
  const observed = `${key} ${where(params)} is ${value || 'empty'}`;
  return value === fields(is) ? met(expected, observed) : notMet(expected, observed);
};

/** sysctl(8): when the first separator is a slash, slashes separate and dots are literal; else the other way round. */
export function sysctlPath(key: string): string {
  const swap = key.search(/[./]/) >= 0 && key[key.search(/[./]/)] === '.';
  const path = swap ? key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.')) : key;
  return `/proc/sys/${path}`;
}

/** Several values are separated by tabs in /proc and by spaces in lessons. */
const fields = (text: string): string => text.trim().split(/\s+/).join(' ');
